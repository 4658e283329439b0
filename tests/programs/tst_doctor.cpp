#include "tests/support/pictures.h"
#include "tests/support/programs.h"
#include "tests/support/uniquekey.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMap>
#include <QTest>

using namespace shmpix::test;

namespace {

QString text(const char* utf8)
{
    return QString::fromUtf8(utf8);
}

QString program(const char* name)
{
    return QStringLiteral(SHMPIX_BIN "/") + text(name);
}

QJsonObject report(const QString& key, const QString& protocol = {})
{
    QStringList words = {text("--doctor"), key, text("--json")};
    if (!protocol.isEmpty()) {
        words += {text("--protocol"), protocol};
    }
    return QJsonDocument::fromJson(runToEnd(program("shmpix-receiver"), words).out).object();
}

QJsonObject programFor(const QJsonObject& report, const QString& peer, const QString& role)
{
    for (const QJsonValue value : report.value(text("programs")).toArray()) {
        const QJsonObject object = value.toObject();
        if (object.value(text("peer")).toString() == peer && object.value(text("role")).toString() == role) {
            return object;
        }
    }
    return {};
}

/// Writes a program's text to a file and, where it has to be compiled, compiles it. Gives what to start.
QStringList made(const QString& peer, const QString& code)
{
    const QString file = temporaryFolder() + QLatin1Char('/') + uniqueName();
    const bool isCSharp = peer == QLatin1String("csharp");
    QFile source(file + (isCSharp ? text(".cs") : text(".py")));
    if (!source.open(QIODevice::WriteOnly)) {
        return {};
    }
    source.write(code.toUtf8());
    source.close();
    if (!isCSharp) {
        return {text("/usr/bin/python3"), source.fileName()}; // the system's: another one may lack NumPy
    }
    QStringList words{text("-out:") + file, source.fileName()};
    if (code.contains(text("Shmpix.cs"))) {
        words << text("-r:System.Core") << text(SHMPIX_SOURCE "/interop/csharp/Shmpix.cs");
    }
    const Finished compiled = runToEnd(text("mcs"), words);
    if (compiled.exitCode != 0) {
        qWarning("%s%s", compiled.out.constData(), compiled.err.constData());
        return {};
    }
    return {text("mono"), file};
}

/// A C# program shares and saves a file as it is, and live frames from and to a BMP; the others decode any.
QString endingFor(const QString& peer, const QString& protocol)
{
    const bool isBmp = protocol == QLatin1String("bmp") || protocol == QLatin1String("live");
    return peer == QLatin1String("csharp") && isBmp ? text("bmp") : text("png");
}

} // namespace

/// --doctor in both programs, and the programs that it prints: pasted, they work.
class DoctorTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void bothProgramsPrintTheSameWithoutADisplay();
    void theTextHasNamesCodeAndTheReason();
    void whatIsThereIsSaid();
    void jsonHasAllOfIt();
    void anyKeyIsExplained_data();
    void anyKeyIsExplained();
    void mistakesAreRefused();
    void whatAPastedProgramSharesIsLoaded_data();
    void whatAPastedProgramSharesIsLoaded();
    void whatIsSharedIsReadByAPastedProgram_data() { addPrograms(); }
    void whatIsSharedIsReadByAPastedProgram();
    void pastedQtProgramsWork_data();
    void pastedQtProgramsWork();

private:
    struct QtCase
    {
        QString key;
        QString peer;
        QString protocol;
    };
    static void addPrograms();
    void compileQtPrograms();

    QImage m_image;
    QMap<QString, QtCase> m_qtCases;
    QString m_qtProgram;
};

void DoctorTest::initTestCase()
{
    m_image = photo(320, 200);
    compileQtPrograms();
}

void DoctorTest::bothProgramsPrintTheSameWithoutADisplay()
{
    QProcessEnvironment noDisplay = QProcessEnvironment::systemEnvironment();
    for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}) {
        noDisplay.remove(text(name));
    }
    const QString key = uniqueName();
    for (const QStringList& words :
         {QStringList{text("--doctor"), key}, {text("--doctor"), key, text("--json")}}) {
        const Finished sender = runToEnd(program("shmpix-sender"), words, 60000, noDisplay);
        const Finished receiver = runToEnd(program("shmpix-receiver"), words, 60000, noDisplay);
        QCOMPARE(sender.exitCode, 0);
        QCOMPARE(receiver.exitCode, 0);
        QCOMPARE(sender.out, receiver.out);
        QCOMPARE(sender.err + receiver.err, QByteArray());
    }
}

void DoctorTest::theTextHasNamesCodeAndTheReason()
{
    const Finished done = runToEnd(program("shmpix-receiver"), {text("--doctor"), text("图片")});
    const QString out = QString::fromUtf8(done.out);
    for (const char* part : {"Nothing is shared under posix:/图片", "SharedMemory(name=\"图片\")",
                             "QNativeIpcKey(\"/图片\", QNativeIpcKey::Type::PosixRealtime)",
                             "MemoryMappedFile.CreateFromFile(\"/dev/shm/图片\"", "Python before 3.13",
                             "A name that every program takes: shmpix-", "#include <QSharedMemory>",
                             "--- NumPy: read, npy", "using System.IO.MemoryMappedFiles;"}) {
        QVERIFY2(out.contains(text(part)), qPrintable(text(part) + text(" is not in\n") + out));
    }
}

void DoctorTest::whatIsThereIsSaid()
{
    const QString key = uniqueName();
    const QString file = temporaryFolder() + text("/there.png");
    QVERIFY(m_image.save(file));
    HeadlessSender sender({text("--key"), key, file});
    QVERIFY(!sender.waitForLine(text("shared ")).isNull());
    const QJsonObject there = report(key);
    QVERIFY(there.value(text("there")).toBool());
    QVERIFY2(there.value(text("state")).toString().contains(text("There is a segment of")),
             qPrintable(there.value(text("state")).toString()));
    const QJsonObject other = report(text("qt:") + key);
    QVERIFY(!other.value(text("there")).toBool());
    QCOMPARE(other.value(text("instead")).toString(), text("posix:/") + key);
    QVERIFY(!other.value(text("cause")).toString().isEmpty());
    QVERIFY(!other.value(text("fix")).toString().isEmpty());
    const Finished failed = runReceiver({text("--key"), text("qt:") + key});
    QCOMPARE(failed.exitCode, 3);
    QCOMPARE(failed.err.count('\n'), 1);
    QVERIFY2(QString::fromUtf8(failed.err).contains(text("Load posix:/") + key), failed.err.constData());
}

void DoctorTest::jsonHasAllOfIt()
{
    const QJsonObject object = report(text("my_share_mem"), text("png"));
    QCOMPARE(object.value(text("key")).toString(), text("my_share_mem"));
    QCOMPARE(object.value(text("address")).toString(), text("posix:/my_share_mem"));
    const QJsonArray names = object.value(text("names")).toArray();
    QCOMPARE(names.size(), 11);
    for (const QJsonValue name : names) {
        const QString peer = name[text("peer")].toString();
        QVERIFY2(!name[text("name")].toString().isEmpty() && !name[text("code")].toString().isEmpty() &&
                     !name[text("title")].toString().isEmpty() && !name[text("address")].toString().isEmpty(),
                 qPrintable(peer));
        for (const QString& role : {text("share"), text("read")}) {
            const QJsonObject found = programFor(object, peer, role);
            const QString code = found.value(text("code")).toString();
            QVERIFY2(code.count(QLatin1Char('\n')) > 8, qPrintable(peer + role + code));
            QVERIFY2(!code.contains(QLatin1Char('@')), qPrintable(code));
            const QString protocol = found.value(text("protocol")).toString();
            QCOMPARE(protocol, peer == QLatin1String("numpy") ? text("npy") : text("png"));
            QCOMPARE(found.value(text("note")).toString().contains(text("cannot speak png")),
                     peer == QLatin1String("numpy"));
        }
    }
}

void DoctorTest::anyKeyIsExplained_data()
{
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("says");
    QTest::newRow("F1_slash inside") << text("a/b") << text("slash");
    QTest::newRow("F1_dots") << text("..") << text("cannot be a key");
    QTest::newRow("F3_too long") << QString(256, QLatin1Char('k')) << text("256 bytes");
    QTest::newRow("F5_leading dash") << text("-rf") << text("posix:/-rf");
    QTest::newRow("F5_line break and glob") << text("a\n*'\"b") << text("Nothing is shared");
    QTest::newRow("NUL") << text("posix:/a%00b") << text("NUL");
    QTest::newRow("Windows") << text("windows:shmpix-none") << text("posix:/shmpix-none");
    QTest::newRow("relative file") << text("file:a") << text("full path");
}

void DoctorTest::anyKeyIsExplained()
{
    QFETCH(QString, key);
    QFETCH(QString, says);
    const Finished plain = runToEnd(program("shmpix-sender"), {text("--doctor=") + key});
    QCOMPARE(plain.exitCode, 0);
    const QString first = QString::fromUtf8(plain.out).section(QLatin1Char('\n'), 0, 0);
    QVERIFY2(first.contains(says), qPrintable(first));
    QCOMPARE(plain.err, QByteArray());
    const Finished json = runToEnd(program("shmpix-sender"), {text("--doctor=") + key, text("--json")});
    QCOMPARE(json.out.count('\n'), 1);
    QCOMPARE(QJsonDocument::fromJson(json.out).object().value(text("key")).toString(), key);
}

void DoctorTest::mistakesAreRefused()
{
    for (const char* name : {"shmpix-sender", "shmpix-receiver"}) {
        const Finished empty = runToEnd(program(name), {text("--doctor"), QString()});
        QCOMPARE(empty.exitCode, 2);
        QVERIFY2(empty.err.contains("key is empty"), empty.err.constData());
        QCOMPARE(runToEnd(program(name), {text("--doctor")}).exitCode, 2);
    }
}

void DoctorTest::addPrograms()
{
    QTest::addColumn<QString>("peer");
    QTest::addColumn<QString>("protocol");
    QTest::addColumn<QString>("key"); ///< %1 is a unique name
    const auto add = [](const char* peer, std::initializer_list<const char*> protocols,
                        const char* key = "%1") {
        for (const char* protocol : protocols) {
            QTest::addRow("%s %s %s", peer, protocol, key) << text(peer) << text(protocol) << text(key);
        }
    };
    add("python", {"rawsize", "datastream", "png", "bmp", "jpeg"});
    add("python", {"rawsize"}, "file:%2/%1");
    add("python", {"rawsize"}, "F5_ %1 \"'\\\n");
    add("numpy", {"npy", "rawsize", "live"});
    add("numpy", {"npy"}, "file:%2/%1");
    add("opencv", {"bmp", "datastream", "png", "jpeg", "rawsize"});
    add("opencv", {"bmp"}, "F4_图片%1");
    add("csharp", {"bmp", "datastream", "png", "live"});
    add("csharp", {"bmp"}, "F5_ %1 \"'\\\n图");
}

void DoctorTest::whatAPastedProgramSharesIsLoaded_data()
{
    addPrograms();
}

void DoctorTest::whatAPastedProgramSharesIsLoaded()
{
    QFETCH(QString, peer);
    QFETCH(QString, protocol);
    QFETCH(QString, key);
    key.replace(text("%1"), uniqueName()).replace(text("%2"), temporaryFolder());
    const QJsonObject pasted = programFor(report(key, protocol), peer, text("share"));
    QCOMPARE(pasted.value(text("protocol")).toString(), protocol);
    QCOMPARE(pasted.value(text("note")).toString(), QString());
    const QStringList command = made(peer, pasted.value(text("code")).toString());
    QVERIFY(!command.isEmpty());
    const QString file = temporaryFolder() + text("/in.") + endingFor(peer, protocol);
    QVERIFY(m_image.save(file));
    PeerProcess sharing(command.value(0), command.mid(1) + QStringList{file});
    QVERIFY2(!sharing.waitForLine(text("shared ")).isNull(), qPrintable(sharing.standardError()));
    const QString saved = temporaryFolder() + text("/out.png");
    const Finished loaded =
        runReceiver({text("--key"), key, text("--protocol"), protocol, text("--save"), saved});
    QVERIFY2(loaded.exitCode == 0, loaded.err.constData());
    QVERIFY2(largestDifference(QImage(saved), m_image) <= (protocol == QLatin1String("jpeg") ? 60 : 0),
             qPrintable(difference(QImage(saved), m_image)));
    sharing.writeLine({});
    QVERIFY2(sharing.exitCode() == 0, qPrintable(sharing.standardError()));
    QCOMPARE(runReceiver({text("--key"), key}).exitCode, 3);
}

void DoctorTest::whatIsSharedIsReadByAPastedProgram()
{
    QFETCH(QString, peer);
    QFETCH(QString, protocol);
    QFETCH(QString, key);
    key.replace(text("%1"), uniqueName()).replace(text("%2"), temporaryFolder());
    const QString file = temporaryFolder() + text("/in.png");
    QVERIFY(m_image.save(file));
    HeadlessSender sender({text("--key"), key, text("--protocol"), protocol, file});
    QVERIFY2(!sender.waitForLine(text("shared ")).isNull(), qPrintable(sender.standardError()));
    const QStringList command =
        made(peer, programFor(report(key, protocol), peer, text("read")).value(text("code")).toString());
    QVERIFY(!command.isEmpty());
    const QString saved = temporaryFolder() + text("/read.") + endingFor(peer, protocol);
    const Finished read = runToEnd(command.value(0), command.mid(1) + QStringList{saved});
    QVERIFY2(read.exitCode == 0, read.err.constData());
    QVERIFY2(largestDifference(QImage(saved), m_image) <= (protocol == QLatin1String("jpeg") ? 60 : 0),
             qPrintable(difference(QImage(saved), m_image)));
    QCOMPARE(runReceiver({text("--key"), key}).exitCode, 0); // it is still shared
}

/// All of them as one program, so that the compiler runs once; each main() becomes a function.
void DoctorTest::compileQtPrograms()
{
    const QString systemv = text("systemv:") + temporaryFolder() + QLatin1Char('/');
    for (const char* protocol : {"datastream", "png", "rawsize"}) {
        m_qtCases.insert(text("setKey, ") + text(protocol),
                         {text("qt:") + uniqueName(), text("qt-key"), text(protocol)});
    }
    m_qtCases.insert(text("F5_setKey with quotes"),
                     {text("qt:\"\\\n") + uniqueName(), text("qt-key"), text("datastream")});
    m_qtCases.insert(text("setNativeKey"),
                     {systemv + uniqueName(), text("qt-native-key"), text("datastream")});
#if QT_VERSION >= QT_VERSION_CHECK(6, 6, 0)
    m_qtCases.insert(text("POSIX"), {uniqueName(), text("qt-posix"), text("datastream")});
    m_qtCases.insert(text("System V"), {systemv + uniqueName(), text("qt-systemv"), text("datastream")});
#endif
    QString code;
    QString choice;
    int number = 0;
    for (auto entry = m_qtCases.begin(); entry != m_qtCases.end(); ++entry, ++number) {
        const QJsonObject about = report(entry->key, entry->protocol);
        for (const QString& role : {text("share"), text("read")}) {
            const QString name = role + QString::number(number);
            QString part = programFor(about, entry->peer, role).value(text("code")).toString();
            code +=
                part.replace(text("int main("), text("int ") + name + QLatin1Char('(')) + QLatin1Char('\n');
            choice += QStringLiteral(
                          "if (argc > 1 && QByteArray(argv[1]) == \"%1\") return %1(argc - 1, argv + 1);\n")
                          .arg(name);
        }
    }
    code += text("int main(int argc, char* argv[]) {\n") + choice + text("return 9;\n}\n");
    QFile source(temporaryFolder() + text("/pasted.cpp"));
    QVERIFY(source.open(QIODevice::WriteOnly));
    source.write(code.toUtf8());
    source.close();
    m_qtProgram = temporaryFolder() + text("/pasted");
    const Finished compiled = runToEnd(
        text("sh"),
        {text("-c"),
         text(
             "exec c++ -std=c++17 -fPIC -Wall -Werror -o \"$1\" \"$0\" $(pkg-config --cflags --libs Qt6Gui)"),
         source.fileName(), m_qtProgram},
        120000);
    QVERIFY2(compiled.exitCode == 0, compiled.err.constData());
}

void DoctorTest::pastedQtProgramsWork_data()
{
    QTest::addColumn<int>("number");
    int number = 0;
    for (auto entry = m_qtCases.begin(); entry != m_qtCases.end(); ++entry) {
        QTest::newRow(qPrintable(entry.key())) << number++;
    }
}

void DoctorTest::pastedQtProgramsWork()
{
    QFETCH(int, number);
    const QtCase wanted = std::next(m_qtCases.begin(), number).value();
    const QString file = temporaryFolder() + text("/in.png");
    QVERIFY(m_image.save(file));
    const QString saved = temporaryFolder() + text("/qt.png");
    {
        PeerProcess sharing(m_qtProgram, {text("share%1").arg(number), file});
        QVERIFY2(!sharing.waitForLine(text("shared 320x200")).isNull(), qPrintable(sharing.standardError()));
        const Finished loaded = runReceiver(
            {text("--key"), wanted.key, text("--protocol"), wanted.protocol, text("--save"), saved});
        QVERIFY2(loaded.exitCode == 0, loaded.err.constData());
        QVERIFY2(samePixels(QImage(saved), m_image), qPrintable(difference(QImage(saved), m_image)));
        sharing.writeLine({});
        QCOMPARE(sharing.exitCode(), 0);
        QCOMPARE(runReceiver({text("--key"), wanted.key}).exitCode, 3);
    }
    HeadlessSender sender({text("--key"), wanted.key, text("--protocol"), wanted.protocol, file});
    QVERIFY2(!sender.waitForLine(text("shared ")).isNull(), qPrintable(sender.standardError()));
    const Finished read = runToEnd(m_qtProgram, {text("read%1").arg(number), saved});
    QVERIFY2(read.exitCode == 0, read.err.constData());
    QVERIFY2(samePixels(QImage(saved), m_image), qPrintable(difference(QImage(saved), m_image)));
    QCOMPARE(runReceiver({text("--key"), wanted.key}).exitCode, 0);
}

QTEST_GUILESS_MAIN(DoctorTest)
#include "tst_doctor.moc"
