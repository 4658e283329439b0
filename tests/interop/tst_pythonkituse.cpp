#include "tests/interop/kitpeer.h"
#include "tests/support/pictures.h"
#include "tests/support/programs.h"
#include "tests/support/runtest.h"
#include "tests/support/traces.h"
#include "tests/support/uniquekey.h"

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>
#include <QTest>

#include <memory>

using namespace shmpix::test;

/// interop/python/shmpix.py in scripts: the arrays that it accepts, the segments that it makes, replaces and
/// removes, and its command.
class tst_PythonKitUse : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();

    void H2_arraysAreConvertedOrRefusedWithTheFix_data();
    void H2_arraysAreConvertedOrRefusedWithTheFix();
    void H3_noNativeSizesInTheSources_data();
    void H3_noNativeSizesInTheSources();

    void aKilledWriterIsTakenOver_data() { addSchemes(); }
    void aKilledWriterIsTakenOver();
    void aLivingOwnerIsNotReplaced_data() { addSchemes(); }
    void aLivingOwnerIsNotReplaced();
    void noRoomIsAnErrorAndNoSignal();

    void theCommandSharesAndCleansUp();
    void theLoadersVocabulary();
    void clearAllTakesWhatEndedProgramsOfOursLeft();
    void failuresHaveTheExitCodesOfThePrograms_data();
    void failuresHaveTheExitCodesOfThePrograms();

private:
    static void addSchemes();

    std::unique_ptr<KitPeer> m_kit;  ///< with NumPy, Pillow and OpenCV
    std::unique_ptr<KitPeer> m_bare; ///< with none of them
};

void tst_PythonKitUse::initTestCase()
{
    QVERIFY2(!pythonWithOpenCv().isEmpty(), "no Python here can import numpy, PIL and cv2");
    m_kit = startPythonKit();
    m_bare = startPythonKit(Packages::Hidden);
}

void tst_PythonKitUse::addSchemes()
{
    QTest::addColumn<QString>("scheme");
    for (const char* scheme : {"posix", "file", "qt", "systemv"}) {
        QTest::newRow(scheme) << QString::fromLatin1(scheme);
    }
}

void tst_PythonKitUse::H2_arraysAreConvertedOrRefusedWithTheFix_data()
{
    QTest::addColumn<QString>("protocol");
    QTest::addColumn<QString>("order");
    QTest::addColumn<QString>("sent");
    QTest::addColumn<QString>("expected"); ///< an array, or words from the refusal
    const auto row = [](const char* name, const char* sent, const char* expected,
                        const char* protocol = "datastream", const char* order = "rgb") {
        QTest::newRow(name) << QString::fromLatin1(protocol) << QString::fromLatin1(order)
                            << QString::fromLatin1(sent) << QString::fromLatin1(expected);
    };
    row("not contiguous", "a[::3, ::2]", "a[::3, ::2]");
    row("Fortran order", "np.asfortranarray(a)", "a");
    row("negative strides", "a[::-1, ::-1]", "a[::-1, ::-1]");
    row("BGR by a negative stride", "a[:, :, ::-1]", "a[:, :, ::-1]");
    row("BGR by order", "np.ascontiguousarray(a[:, :, ::-1])", "a", "datastream", "bgr");
    row("BGR by order, as pixels", "a[:, :, ::-1]", "a", "rawsize", "bgr");
    row("big-endian", "(a.astype('>u2') * 257)", "a", "png");
    row("big-endian, npy", "(a[:, :, 0].astype('>u2') * 257)", "a[:, :, 0]", "npy");
    row("bool", "a[:, :, 1] > 99", "((a[:, :, 1] > 99) * np.uint8(255))");
    row("h x w", "a[:, :, 0]", "a[:, :, 0]", "bmp");
    row("h x w x 1", "a[:, :, :1]", "a[:, :, 0]", "bmp");
    row("read-only", "np.frombuffer(a.tobytes(), np.uint8).reshape(a.shape)", "a");
    row("float", "a / 255.0", "(a * 255).clip(0, 255).astype(np.uint8)");
    row("int64", "a.astype(np.int64)", "a.astype(np.uint8)");
    row("int16", "a.astype(np.int16)", "a.clip(0, 255).astype(np.uint8)");
    row("c x h x w", "np.moveaxis(a, -1, 0)", "np.moveaxis(a, 0, -1)");
    row("two channels", "a[:, :, :2]", "1, 3 or 4 channels");
    row("one number", "np.uint8(7)", "height x width");
    row("nothing", "a[:0]", "is empty");
    row("objects", "np.array([[None]])", "astype(np.uint8)");
}

void tst_PythonKitUse::H2_arraysAreConvertedOrRefusedWithTheFix()
{
    QFETCH(QString, protocol);
    QFETCH(QString, order);
    QFETCH(QString, sent);
    QFETCH(QString, expected);
    const QString address = uniqueAddress(QStringLiteral("posix"));
    const QString file = newFile(QStringLiteral(".png"));
    QVERIFY(picture(QStringLiteral("odd")).save(file));
    const QString answer =
        m_kit->ask({QStringLiteral("array"), address, protocol, order, file, sent, expected});
    if (answer.startsWith(QLatin1String("error"))) {
        QVERIFY2(answer.contains(expected), qPrintable(answer));
        QCOMPARE(runReceiver({QStringLiteral("--key"), address}).exitCode, 3);
        return;
    }
    QCOMPARE(answer, QStringLiteral("ok "));
    QByteArray error;
    const QImage result = received(address, QString(), error);
    COMPARE_PICTURES(result, QImage(file));
    QCOMPARE(m_kit->ask({QStringLiteral("close"), address}), QStringLiteral("ok "));
}

void tst_PythonKitUse::H3_noNativeSizesInTheSources_data()
{
    QTest::addColumn<QString>("file");
    for (const char* file : {"shmpix.py", "read_picture.py", "write_picture.py"}) {
        QTest::newRow(file) << pythonKitFolder() + QLatin1Char('/') + QLatin1String(file);
    }
}

/// A long has 8 bytes on Linux and 4 on Windows. In a format that begins with < > or = the size is the same
/// everywhere.
void tst_PythonKitUse::H3_noNativeSizesInTheSources()
{
    QFETCH(QString, file);
    const QString text = QString::fromUtf8(bytesOfFile(file));
    QVERIFY(!text.isEmpty());
    static const QRegularExpression call(
        QStringLiteral("struct\\.(?:un)?pack(?:_from|_into)?\\(\\s*\"([^\"]*)\"|struct\\.\\w+\\((?!\\s*\")"));
    auto found = call.globalMatch(text);
    while (found.hasNext()) {
        const auto match = found.next();
        QVERIFY2(!match.captured(1).isEmpty() && QStringLiteral("<>=").contains(match.captured(1).front()),
                 qPrintable(match.captured(0)));
    }
}

void tst_PythonKitUse::aKilledWriterIsTakenOver()
{
    QFETCH(QString, scheme);
    Traces traces;
    const QString address = traces.newAddress(scheme);
    const QString file = fileOfPicture(QStringLiteral("odd"));
    const QStringList write{QStringLiteral("write"), address, QStringLiteral("datastream"), file, QString()};
    const auto isOk = [](const QString& answer) { return answer.startsWith(QLatin1String("ok ")); };
    {
        const auto killed = startPythonKit(Packages::Hidden);
        QVERIFY(isOk(killed->ask(write)));
        killed->kill();
    }
    { // left by another program with the kit, which is killed
        const auto killed = startPythonKit(Packages::Hidden);
        const QString answer = killed->ask(write);
        QVERIFY2(isOk(answer), qPrintable(answer));
        killed->kill();
    }
    { // left by the sender, which is killed
        PeerProcess sender(QStringLiteral(SHMPIX_BIN "/shmpix-sender"),
                           {QStringLiteral("--headless"), QStringLiteral("--key"), address, file});
        QVERIFY2(!sender.waitForLine(QStringLiteral("shared ")).isNull(), qPrintable(sender.standardError()));
        traces.watch(sender);
        sender.kill();
    }
    const QString answer = m_kit->ask(write);
    QVERIFY2(isOk(answer), qPrintable(answer));
    QByteArray error;
    const QImage result = received(address, QString(), error);
    COMPARE_PICTURES(result, QImage(file));
    QCOMPARE(m_kit->ask({QStringLiteral("close"), address}), QStringLiteral("ok "));
    QCOMPARE(runReceiver({QStringLiteral("--key"), address}).exitCode, 3);
    // For systemv: keys, the kit cannot find out who made the lock, and leaves it.
    traces.watch(*m_kit);
    static_cast<void>(traces.takeFound());
}

void tst_PythonKitUse::aLivingOwnerIsNotReplaced()
{
    QFETCH(QString, scheme);
    const QString file = fileOfPicture(QStringLiteral("1x1"));
    const QString theirs = uniqueAddress(scheme);
    const QStringList write{QStringLiteral("write"), theirs, QStringLiteral("png"), file, QString()};
    QVERIFY(m_kit->ask(write).startsWith(QLatin1String("ok ")));
    QCOMPARE(runSender({QStringLiteral("--key"), theirs, QStringLiteral("--replace"), file}).exitCode, 4);
    const QString other = m_bare->ask(write);
    QVERIFY2(other.startsWith(QLatin1String("error 4 ")) &&
                 other.contains(QStringLiteral("(process %1)").arg(m_kit->pid())),
             qPrintable(other));
    QCOMPARE(m_kit->ask({QStringLiteral("close"), theirs}), QStringLiteral("ok "));

    const QString ours = uniqueAddress(scheme);
    JsonSender sender({QStringLiteral("--key"), ours, file});
    QVERIFY(sender.shares());
    const QString answer =
        m_kit->ask({QStringLiteral("write"), ours, QStringLiteral("png"), file, QString()});
    QVERIFY2(answer.startsWith(QLatin1String("error 4 ")) && answer.contains(QLatin1String("shmpix-sender")),
             qPrintable(answer));
    QCOMPARE(runReceiver({QStringLiteral("--key"), ours}).exitCode, 0);
}

void tst_PythonKitUse::noRoomIsAnErrorAndNoSignal()
{
    const auto limited = startPythonKit(Packages::Hidden);
    const QString address = uniqueAddress(QStringLiteral("posix"));
    const auto write = [&](const char* name) {
        return limited->ask({QStringLiteral("write"), address, QStringLiteral("rawsize"),
                             fileOfPicture(QString::fromLatin1(name)), QString()});
    };
    QVERIFY(write("1x1").startsWith(QLatin1String("ok ")));
    QCOMPARE(limited->ask({QStringLiteral("limit"), QStringLiteral("50000")}), QStringLiteral("ok "));
    const QString answer = write("odd");
    QVERIFY2(answer.startsWith(QLatin1String("error 6 There is not enough space")), qPrintable(answer));
    QByteArray error; // the last picture stays
    const QImage result = received(address, QString(), error);
    COMPARE_PICTURES(result, picture(QStringLiteral("1x1")));
    QCOMPARE(limited->ask({QStringLiteral("close"), address}), QStringLiteral("ok "));
}

void tst_PythonKitUse::theCommandSharesAndCleansUp()
{
    const QString key = uniqueName();
    const QString file = fileOfPicture(QStringLiteral("alpha"));
    PeerProcess command(pythonWithOpenCv(),
                        {pythonKitFolder() + QLatin1String("/shmpix.py"), QStringLiteral("share"), key, file,
                         QStringLiteral("--protocol"), QStringLiteral("png")});
    QVERIFY2(!command.waitForLine(QStringLiteral("shared 257x129 as png under posix:/") + key).isNull(),
             qPrintable(command.standardError()));
    QCOMPARE(QFileInfo(QStringLiteral("/dev/shm/") + key).permissions() &
                 (QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther),
             QFile::Permissions());
    QByteArray error;
    const QImage result = received(key, QString(), error);
    COMPARE_PICTURES(result, QImage(file));
    const Finished listed = runPythonKit({QStringLiteral("list")});
    QVERIFY2(listed.out.contains("png        posix:/" + key.toUtf8() + '\n'), listed.out.constData());
    command.terminate();
    QCOMPARE(command.exitCode(), 0);
    QCOMPARE(runReceiver({QStringLiteral("--key"), key}).exitCode, 3);
}

/// A segment for the largest picture holds smaller pictures, whose size is communicated in another way.
void tst_PythonKitUse::theLoadersVocabulary()
{
    const QString key = uniqueName();
    const QString path = QStringLiteral("/dev/shm/") + key;
    const QString file = fileOfPicture(QStringLiteral("odd"));
    const QString layout = QStringLiteral("333x127:bgr8");
    const auto line = [](const QStringList& arguments) {
        const Finished finished = runPythonKit(arguments);
        return QString::fromUtf8(finished.exitCode == 0 ? finished.out : finished.err).trimmed();
    };
    QCOMPARE(line({QStringLiteral("create"), key}),
             QStringLiteral("created posix:/%1: 24883200 bytes").arg(key));
    QCOMPARE(QFileInfo(path).size(), qint64{3840} * 2160 * 3);
    QCOMPARE(line({QStringLiteral("load"), key, file}), QStringLiteral("loaded ") + layout);
    QCOMPARE(QFileInfo(path).size(), qint64{3840} * 2160 * 3);
    const QImage image(file);
    QByteArray error;
    QImage result = received(key, layout, error);
    COMPARE_PICTURES(result, image);
    const struct
    {
        const char* code;
        QImage wanted;
    } flips[] = {{"1", image.mirrored(true, false)},
                 {"0", image.mirrored(true, true)},
                 {"-1", image}}; // each flips the result of the previous one
    for (const auto& flip : flips) {
        QCOMPARE(line({QStringLiteral("flip"), QStringLiteral("--layout"), layout, key, QStringLiteral("--"),
                       QString::fromLatin1(flip.code)}),
                 QStringLiteral("flipped ") + layout);
        result = received(key, layout, error);
        COMPARE_PICTURES(result, flip.wanted);
    }
    const QString saved = newFile(QStringLiteral(".png"));
    const Finished save =
        runPythonKit({QStringLiteral("save"), key, saved, QStringLiteral("--layout"), layout});
    QVERIFY2(save.exitCode == 0, save.err.constData());
    COMPARE_PICTURES(QImage(saved), image);
    // The program that made it has ended: clear removes this segment and no other.
    const QString other = uniqueName();
    QFile foreign(QStringLiteral("/dev/shm/") + other);
    QVERIFY(foreign.open(QIODevice::WriteOnly) && foreign.write("theirs") == 6);
    foreign.close();
    QCOMPARE(line({QStringLiteral("clear"), key}), QStringLiteral("cleared posix:/") + key);
    QVERIFY(!QFileInfo::exists(path));
    QCOMPARE(runPythonKit({QStringLiteral("clear"), other}).exitCode, 4);
    QVERIFY(foreign.exists());
    QVERIFY(foreign.remove());
}

/// Uses a separate folder because clear-all would remove what killed programs of other tests left.
void tst_PythonKitUse::clearAllTakesWhatEndedProgramsOfOursLeft()
{
    const QString folder = newFile(QString());
    QVERIFY(QDir().mkpath(folder));
    const auto python = [&](const char* statements) {
        const Finished finished =
            runToEnd(pythonWithOpenCv(),
                     {QStringLiteral("-c"),
                      QStringLiteral("import os, sys; sys.path.insert(0, sys.argv[1]); import shmpix\n"
                                     "shmpix._SHM_FOLDER = sys.argv[2]\n") +
                          QLatin1String(statements),
                      pythonKitFolder(), folder});
        return QString::fromUtf8(finished.out + finished.err).trimmed();
    };
    QCOMPARE(python("shmpix.create('left', 100, keep=True)\n"
                    "shmpix.create('open', 100)\n" // removed when this one ends
                    "open(sys.argv[2] + '/foreign', 'w').write('x')"),
             QString());
    const auto files = [&folder] { return QDir(folder).entryList(QDir::Files | QDir::Hidden, QDir::Name); };
    QCOMPARE(files().mid(1), QStringList({QStringLiteral("foreign"), QStringLiteral("left")}));
    QCOMPARE(python("shmpix.create('mine', 5)\nprint(shmpix.clear_all())"),
             QStringLiteral("['left', 'mine']"));
    QCOMPARE(files(), QStringList(QStringLiteral("foreign")));
}

void tst_PythonKitUse::failuresHaveTheExitCodesOfThePrograms_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("code");
    const QString file = fileOfPicture(QStringLiteral("1x1"));
    const QString missing = uniqueName();
    const QString ownFile = QStringLiteral("file:") + newTextFile();
    const auto row = [](const char* name, int code, const QStringList& arguments) {
        QTest::newRow(name) << arguments << code;
    };
    row("unknown command", 2, {QStringLiteral("paint")});
    row("bad key", 2, {QStringLiteral("share"), QStringLiteral("a/b"), file});
    row("bad layout", 2,
        {QStringLiteral("save"), missing, QStringLiteral("x.png"), QStringLiteral("--layout"),
         QStringLiteral("640:bgr8")});
    row("nothing there", 3, {QStringLiteral("save"), missing, QStringLiteral("x.png")});
    row("no such file", 3, {QStringLiteral("share"), missing, QStringLiteral("/no/such.png")});
    row("not ours", 4, {QStringLiteral("clear"), ownFile});
    row("no picture", 5, {QStringLiteral("save"), ownFile, QStringLiteral("x.png")});
    row("nothing in time", 7,
        {QStringLiteral("save"), missing, QStringLiteral("x.png"), QStringLiteral("--timeout"),
         QStringLiteral("0.1")});
}

void tst_PythonKitUse::failuresHaveTheExitCodesOfThePrograms()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, code);
    const Finished finished = runPythonKit(arguments);
    QVERIFY2(finished.exitCode == code, finished.err.constData());
    QVERIFY2(finished.err.contains("shmpix"), finished.err.constData());
    QVERIFY2(!finished.err.contains("Traceback"), finished.err.constData());
}

int tst_pythonkituse(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, tst_PythonKitUse>(argc, argv);
}

#include "tst_pythonkituse.moc"
