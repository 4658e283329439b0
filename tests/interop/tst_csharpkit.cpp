#include "tests/interop/kitpeer.h"
#include "tests/support/pictures.h"
#include "tests/support/programs.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"

#include <QFileInfo>
#include <QTest>

#include <memory>

using namespace shmpix::test;

/// interop/csharp/Shmpix.cs, compiled by mcs and run by Mono, against the built programs.
class tst_CSharpKit : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();

    void whatItWritesIsLoaded_data() { addHops(); }
    void whatItWritesIsLoaded();
    void whatIsSharedIsReadByIt_data() { addHops(); }
    void whatIsSharedIsReadByIt();
    void writingAgainReplacesThePicture();
    void hostileBytesEndInAPictureOrASentence();
    void aKilledWriterIsTakenOver();
    void aLivingOwnerIsNotReplaced();
    void refusalsSayWhatToDo_data();
    void refusalsSayWhatToDo();
    void H4_aNamedMapOnLinuxIsRefusedInWords();
    void H4_itsSegmentIsTheFileThatOthersOpen();
    void windowsMapsHaveLiveFramesToo();
    void theCommandSharesAndSaves();
    void systemDrawingsBitmapIsTheSameForAll();

private:
    static void addHops();
    [[nodiscard]] std::unique_ptr<KitPeer> startKit() const;

    QString m_folder; ///< contains the compiled programs
    std::unique_ptr<KitPeer> m_kit;
};

namespace {

const QString mono = QStringLiteral("mono");
const QString kitSource = QStringLiteral(SHMPIX_SOURCE "/interop/csharp/Shmpix.cs");
const QString peersFolder = QStringLiteral(SHMPIX_SOURCE "/tests/interop/peers/");

QString bmpOfPicture(const QString& name)
{
    const QString path = temporaryFolder() + QLatin1String("/picture-") + name + QLatin1String(".bmp");
    QImage image = picture(name);
    if (image.hasAlphaChannel()) {
        // BMP files from Qt have no alpha, but ours do.
        const QString address = QStringLiteral("file:") + path;
        const QString png = fileOfPicture(name);
        const Finished shared =
            runSender({QStringLiteral("--key"), address, QStringLiteral("--protocol"), QStringLiteral("bmp"),
                       QStringLiteral("--keep"), QStringLiteral("--for"), QStringLiteral("0"),
                       QStringLiteral("--replace"), png});
        return shared.exitCode == 0 ? path : QString();
    }
    return image.save(path) ? path : QString();
}

/// Reads the picture in a BMP file with alpha, which QImage does not read.
QImage loadedBmp(const QString& path)
{
    QByteArray error;
    return received(QStringLiteral("file:") + path, QString(), error);
}

} // namespace

void tst_CSharpKit::initTestCase()
{
    m_folder = temporaryFolder() + QLatin1Char('/');
    const auto compile = [this](const QString& program, const QStringList& arguments) {
        return compileCSharp(m_folder + program, arguments);
    };
    QCOMPARE(
        compile(QStringLiteral("CSharpKit.exe"), {kitSource, peersFolder + QLatin1String("CSharpKit.cs")}),
        QByteArray());
    QCOMPARE(compile(QStringLiteral("Shmpix.exe"), {QStringLiteral("-define:SHMPIX_MAIN"), kitSource}),
             QByteArray());
    QCOMPARE(compile(QStringLiteral("BitmapWriter.exe"),
                     {QStringLiteral("-r:System.Drawing"), peersFolder + QLatin1String("BitmapWriter.cs")}),
             QByteArray());
    m_kit = startKit();
}

void tst_CSharpKit::cleanupTestCase()
{
    m_kit->endInput();
    QCOMPARE(m_kit->exitCode(), 0);
}

std::unique_ptr<KitPeer> tst_CSharpKit::startKit() const
{
    return std::make_unique<KitPeer>(mono, QStringList{m_folder + QLatin1String("CSharpKit.exe")});
}

void tst_CSharpKit::addHops()
{
    QTest::addColumn<QString>("scheme");
    QTest::addColumn<QString>("protocol");
    QTest::addColumn<QString>("format");
    QTest::addColumn<QString>("picture");
    const auto add = [](const char* scheme, const char* protocol, const char* format, const char* picture) {
        QTest::addRow("%s %s %s %s", scheme, protocol, format, picture)
            << QString::fromLatin1(scheme) << QString::fromLatin1(protocol) << QString::fromLatin1(format)
            << QString::fromLatin1(picture);
    };
    for (const char* scheme : {"posix", "file"}) {
        for (const char* protocol : {"bmp", "rawsize"}) {
            for (const char* picture : {"odd", "grey", "palette", "alpha", "1x1"}) {
                add(scheme, protocol, "", picture);
            }
        }
    }
    add("posix", "pixels", "bgra8", "alpha");
    add("posix", "pixels", "rgba8", "alpha");
    add("posix", "pixels", "gray8", "grey");
    for (const char* format : {"rgbx8", "bgrx8", "rgb8", "bgr8", "bgr8,stride=1111", "bgr8,bottom-up",
                               "rgbx8,stride=-1400,offset=176400", "bgra8,offset=9"}) {
        add("posix", "pixels", format, "odd"); // 333 x 127
    }
}

void tst_CSharpKit::whatItWritesIsLoaded()
{
    QFETCH(QString, scheme);
    QFETCH(QString, protocol);
    QFETCH(QString, format);
    QFETCH(QString, picture);
    const QString address = uniqueAddress(scheme);
    const QString answer =
        m_kit->ask({QStringLiteral("write"), address, protocol, bmpOfPicture(picture), format});
    QVERIFY2(answer.startsWith(QLatin1String("ok ")), qPrintable(answer));
    QByteArray error;
    const QImage result = received(address, answer.section(QLatin1Char(' '), 2), error);
    QVERIFY2(!result.isNull(), error.constData());
    COMPARE_PICTURES(result, QImage(fileOfPicture(picture)));
    QCOMPARE(m_kit->ask({QStringLiteral("close"), address}), QStringLiteral("ok "));
    QCOMPARE(runReceiver({QStringLiteral("--key"), address}).exitCode, 3);
}

void tst_CSharpKit::whatIsSharedIsReadByIt()
{
    QFETCH(QString, scheme);
    QFETCH(QString, protocol);
    QFETCH(QString, format);
    QFETCH(QString, picture);
    const QString address = uniqueAddress(scheme);
    QStringList arguments{QStringLiteral("--key"), address, QStringLiteral("--protocol"), protocol,
                          fileOfPicture(picture)};
    if (!format.isEmpty()) {
        arguments << QStringLiteral("--layout") << format;
    }
    JsonSender sender(arguments);
    QVERIFY2(sender.shares(), qPrintable(sender.standardError()));
    const QString layout = format.isEmpty() ? QString() : sender.field(QStringLiteral("pixelLayout"));
    const QString saved = newFile(QStringLiteral(".bmp"));
    const QString answer =
        m_kit->ask({QStringLiteral("read"), address, QStringLiteral("auto"), layout, saved});
    QVERIFY2(answer.startsWith(QLatin1String("ok ")), qPrintable(answer));
    COMPARE_PICTURES(loadedBmp(saved), QImage(fileOfPicture(picture)));
}

void tst_CSharpKit::writingAgainReplacesThePicture()
{
    const QString address = uniqueAddress(QStringLiteral("posix"));
    for (const char* name : {"odd", "palette", "odd"}) {
        const QString answer = m_kit->ask({QStringLiteral("write"), address, QStringLiteral("bmp"),
                                           bmpOfPicture(QLatin1String(name)), QString()});
        QVERIFY2(answer.startsWith(QLatin1String("ok ")), qPrintable(answer));
        QByteArray error;
        const QImage result = received(address, QString(), error);
        COMPARE_PICTURES(result, picture(QLatin1String(name)));
    }
    QCOMPARE(m_kit->ask({QStringLiteral("close"), address}), QStringLiteral("ok "));
}

void tst_CSharpKit::hostileBytesEndInAPictureOrASentence()
{
    QCOMPARE(m_kit->ask({QStringLiteral("hostile"), QStringLiteral("20261121")}), QStringLiteral("ok "));
}

void tst_CSharpKit::aKilledWriterIsTakenOver()
{
    const QString address = uniqueAddress(QStringLiteral("posix"));
    const QString file = bmpOfPicture(QStringLiteral("odd"));
    const QStringList write{QStringLiteral("write"), address, QStringLiteral("bmp"), file, QString()};
    const auto killed = startKit();
    QVERIFY(killed->ask(write).startsWith(QLatin1String("ok ")));
    const QString monosOwn = QStringLiteral("/dev/shm/mono.%1").arg(killed->pid());
    killed->kill();
    QFile::remove(monosOwn); // nobody else removes this file
    {
        PeerProcess sender(QStringLiteral(SHMPIX_BIN "/shmpix-sender"),
                           {QStringLiteral("--headless"), QStringLiteral("--key"), address, file});
        QVERIFY2(!sender.waitForLine(QStringLiteral("shared ")).isNull(), qPrintable(sender.standardError()));
        sender.kill();
    }
    const QString answer = m_kit->ask(write);
    QVERIFY2(answer.startsWith(QLatin1String("ok ")), qPrintable(answer));
    QCOMPARE(m_kit->ask({QStringLiteral("close"), address}), QStringLiteral("ok "));
    QVERIFY(!QFileInfo::exists(pathOfAddress(address)));
}

void tst_CSharpKit::aLivingOwnerIsNotReplaced()
{
    const QString address = uniqueAddress(QStringLiteral("posix"));
    const QString file = bmpOfPicture(QStringLiteral("1x1"));
    const QStringList write{QStringLiteral("write"), address, QStringLiteral("bmp"), file, QString()};
    QVERIFY(m_kit->ask(write).startsWith(QLatin1String("ok ")));
    QCOMPARE(runSender({QStringLiteral("--key"), address, QStringLiteral("--replace"), file}).exitCode, 4);
    QCOMPARE(m_kit->ask({QStringLiteral("close"), address}), QStringLiteral("ok "));
    JsonSender sender({QStringLiteral("--key"), address, file});
    QVERIFY(sender.shares());
    const QString answer = m_kit->ask(write);
    QVERIFY2(answer.startsWith(QLatin1String("error 4 ")) && answer.contains(QLatin1String("is in use")),
             qPrintable(answer));
    QCOMPARE(runReceiver({QStringLiteral("--key"), address}).exitCode, 0);
}

void tst_CSharpKit::refusalsSayWhatToDo_data()
{
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("protocol");
    QTest::addColumn<QString>("layout");
    QTest::addColumn<int>("code");
    const QString text = QStringLiteral("file:") + newTextFile();
    const QString folder = QStringLiteral("file:") + temporaryFolder();
    const auto row = [](const char* name, const QString& key, const char* protocol, const char* layout,
                        int code) {
        QTest::newRow(name) << key << QString::fromLatin1(protocol) << QString::fromLatin1(layout) << code;
    };
    row("no key", QString(), "auto", "", 2);
    row("slash in the key", QStringLiteral("a/b"), "auto", "", 2);
    row("System V", QStringLiteral("qt:abc"), "auto", "", 2);
    row("nothing there", QStringLiteral("shmpix-test-nothing"), "auto", "", 3);
    row("a folder is no segment", folder, "auto", "", 4);
    row("no picture", text, "auto", "", 5);
    row("unknown protocol", text, "jpeg", "", 2);
    row("pixels without a layout", text, "pixels", "", 2);
    row("no layout", text, "pixels", "wide", 2);
    row("unknown format", text, "pixels", "2x2:gray64f", 2);
    row("stride below a row", text, "pixels", "2x2:bgr8,stride=5", 5);
    row("before the segment", text, "pixels", "2x2:bgr8,stride=-6", 5);
    row("behind the segment", text, "pixels", "2x2:bgr8,offset=99999999999", 5);
    row("too large", text, "pixels", "65536x65536:rgba8", 5);
    row("wraps 64 bits", text, "pixels", "60000x2:gray8,stride=999999999999999", 5);
}

void tst_CSharpKit::refusalsSayWhatToDo()
{
    QFETCH(QString, key);
    QFETCH(QString, protocol);
    QFETCH(QString, layout);
    QFETCH(int, code);
    const QString answer =
        m_kit->ask({QStringLiteral("read"), key, protocol, layout, newFile(QStringLiteral(".bmp"))});
    QVERIFY2(answer.startsWith(QStringLiteral("error %1 ").arg(code)) && answer.endsWith(QLatin1Char('.')),
             qPrintable(answer));
}

void tst_CSharpKit::H4_aNamedMapOnLinuxIsRefusedInWords()
{
    const QString key = QStringLiteral("windows:") + uniqueName();
    const QStringList requests[] = {
        {QStringLiteral("read"), key, QStringLiteral("auto"), QString(), newFile(QStringLiteral(".bmp"))},
        {QStringLiteral("write"), key, QStringLiteral("bmp"), bmpOfPicture(QStringLiteral("1x1")),
         QString()}};
    for (const QStringList& request : requests) {
        const QString answer = m_kit->ask(request);
        QVERIFY2(answer.startsWith(QLatin1String("error 2 Named maps exist only on Windows")) &&
                     answer.contains(QLatin1String("plain name")),
                 qPrintable(answer));
    }
}

void tst_CSharpKit::H4_itsSegmentIsTheFileThatOthersOpen()
{
    const QString key = uniqueName();
    QVERIFY(m_kit
                ->ask({QStringLiteral("write"), key, QStringLiteral("bmp"),
                       bmpOfPicture(QStringLiteral("odd")), QString()})
                .startsWith(QLatin1String("ok ")));
    const QFileInfo file(QStringLiteral("/dev/shm/") + key);
    QVERIFY(file.isFile());
    QCOMPARE(file.permissions() &
                 (QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther),
             QFile::Permissions());
    QCOMPARE(m_kit->ask({QStringLiteral("close"), key}), QStringLiteral("ok "));
    QVERIFY(!QFileInfo::exists(file.filePath()));
}

/// Mono supports the named maps of Windows within one process.
void tst_CSharpKit::windowsMapsHaveLiveFramesToo()
{
    const auto kit = startKit();
    QCOMPARE(kit->ask({QStringLiteral("maps"), uniqueName()}),
             QStringLiteral("ok 8x8:gray8 1 1 0 same, 8x8:bgr8 2 2 0 same, 200x100:rgba8 3 3 0 same, "
                            "8x8:gray8 4 4 0 same, end"));
    kit->endInput();
    QCOMPARE(kit->exitCode(), 0);
}

void tst_CSharpKit::theCommandSharesAndSaves()
{
    const QString key = uniqueName();
    const QString program = m_folder + QLatin1String("Shmpix.exe");
    PeerProcess command(mono, {program, QStringLiteral("share"), key, bmpOfPicture(QStringLiteral("odd")),
                               QStringLiteral("--protocol"), QStringLiteral("pixels"),
                               QStringLiteral("--layout"), QStringLiteral("bgra8")});
    QVERIFY2(!command.waitForLine(QStringLiteral("shared 333x127 as pixels (333x127:bgra8)")).isNull(),
             qPrintable(command.standardError()));
    const QString saved = newFile(QStringLiteral(".bmp"));
    const Finished save = runToEnd(mono, {program, QStringLiteral("save"), key, saved,
                                          QStringLiteral("--layout"), QStringLiteral("333x127:bgra8")});
    QVERIFY2(save.exitCode == 0, save.err.constData());
    COMPARE_PICTURES(loadedBmp(saved), picture(QStringLiteral("odd")));
    command.writeLine(QString());
    QCOMPARE(command.exitCode(), 0);
    QCOMPARE(runToEnd(mono, {program, QStringLiteral("save"), key, saved}).exitCode, 3);
}

/// A C# program without the kit saves an 8-bit bitmap of System.Drawing as BMP into a mapped file.
void tst_CSharpKit::systemDrawingsBitmapIsTheSameForAll()
{
    const QString key = uniqueName();
    const QString path = QStringLiteral("/dev/shm/") + key;
    PeerProcess writer(mono, {m_folder + QLatin1String("BitmapWriter.exe"), path});
    QCOMPARE(writer.waitForLine(QStringLiteral("shared ")), QStringLiteral("shared 1921078"));
    QImage wanted(1600, 1200, QImage::Format_RGB888);
    for (int y = 0; y < wanted.height(); ++y) {
        uchar* pixel = wanted.scanLine(y);
        for (int x = 0; x < wanted.width(); ++x) {
            const int i = (x * 3 + y * 5) & 255;
            *pixel++ = static_cast<uchar>(i);
            *pixel++ = static_cast<uchar>(255 - i);
            *pixel++ = static_cast<uchar>(i * 7);
        }
    }
    QByteArray error;
    const QImage ours = received(key, QString(), error);
    QVERIFY2(!ours.isNull(), error.constData());
    COMPARE_PICTURES(ours, wanted);

    const QString saved = newFile(QStringLiteral(".png"));
    const Finished opencv =
        runToEnd(pythonWithOpenCv(), {peersFolder + QLatin1String("opencv_reader.py"), path, saved});
    QVERIFY2(opencv.exitCode == 0, opencv.err.constData());
    COMPARE_PICTURES(QImage(saved), wanted);

    const QString kits = newFile(QStringLiteral(".bmp"));
    QCOMPARE(m_kit->ask({QStringLiteral("read"), key, QStringLiteral("auto"), QString(), kits}),
             QStringLiteral("ok 1600x1200 Rgb888x"));
    COMPARE_PICTURES(loadedBmp(kits), wanted);
    writer.writeLine(QString());
    QCOMPARE(writer.exitCode(), 0);
    QVERIFY(!QFileInfo::exists(path));
}

int tst_csharpkit(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, tst_CSharpKit>(argc, argv);
}

#include "tst_csharpkit.moc"
