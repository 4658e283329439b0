#include "tests/support/pictures.h"
#include "tests/support/programs.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
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

} // namespace

/// --doctor in both programs; tst_snippets runs the programs that it prints.
class TestDoctor : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void bothProgramsPrintTheSameWithoutADisplay();
    void theTextHasNamesCodeAndTheReason();
    void whatIsThereIsSaid();
    void jsonHasAllOfIt();
    void Z2_whatAProgramCannotReadIsNotOffered();
    void Z2_theProgramsReadWhatIsThere();
    void anyKeyIsExplained_data();
    void anyKeyIsExplained();
    void mistakesAreRefused();
};

void TestDoctor::bothProgramsPrintTheSameWithoutADisplay()
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

void TestDoctor::theTextHasNamesCodeAndTheReason()
{
    const Finished done = runToEnd(program("shmpix-receiver"), {text("--doctor"), text("图片")});
    const QString out = QString::fromUtf8(done.out);
    for (const char* part : {"Nothing is shared under posix:/图片", "SharedMemory(name=\"图片\")",
                             "QNativeIpcKey(\"/图片\", QNativeIpcKey::Type::PosixRealtime)",
                             "MemoryMappedFile.CreateFromFile(\"/dev/shm/图片\"", "Python before 3.13",
                             "A name that every program accepts: shmpix-", "#include <QSharedMemory>",
                             "--- NumPy: read, npy", "using System.IO.MemoryMappedFiles;"}) {
        QVERIFY2(out.contains(text(part)), qPrintable(text(part) + text(" is not in\n") + out));
    }
}

void TestDoctor::whatIsThereIsSaid()
{
    const QString key = uniqueName();
    const QString file = temporaryFolder() + text("/there.png");
    QVERIFY(photo(320, 200).save(file));
    HeadlessSender sender({text("--key"), key, file});
    QVERIFY(!sender.waitForLine(text("shared ")).isNull());
    const QJsonObject there = report(key);
    QVERIFY(there.value(text("there")).toBool());
    QVERIFY2(there.value(text("state")).toString().contains(text(" is a segment of ")),
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

void TestDoctor::jsonHasAllOfIt()
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
        if (peer.endsWith(QLatin1String("windows"))) {
            continue; // these programs do not run here
        }
        for (const QString& role : {text("share"), text("read")}) {
            const QJsonObject found = programFor(object, peer, role);
            QCOMPARE(found.value(text("protocol")).toString(), text("png"));
            const QString code = found.value(text("code")).toString();
            if (name[text("memory")].toString() != QLatin1String("same")) {
                QCOMPARE(code, QString());
                QCOMPARE(found.value(text("insteadKey")).toString(), name[text("address")].toString());
                QCOMPARE(found.value(text("insteadProtocol")).toString(), text("png"));
                continue;
            }
            QVERIFY2(code.count(QLatin1Char('\n')) > 8, qPrintable(peer + role + code));
            QVERIFY2(!code.contains(QLatin1Char('@')), qPrintable(code));
            QCOMPARE(found.value(text("kit")).toString(),
                     peer == QLatin1String("numpy") ? text("interop/python/shmpix.py") : QString());
        }
    }
}

void TestDoctor::Z2_whatAProgramCannotReadIsNotOffered()
{
    const QJsonObject object = report(text("my_share_mem"), text("live"));
    const QJsonObject found = programFor(object, text("qt-posix"), text("read"));
    QCOMPARE(found.value(text("code")).toString(), QString());
    QCOMPARE(found.value(text("insteadKey")).toString(), text("my_share_mem"));
    QCOMPARE(found.value(text("insteadProtocol")).toString(), text("datastream"));
    const QString out =
        QString::fromUtf8(runToEnd(program("shmpix-sender"),
                                   {text("--doctor"), text("my_share_mem"), text("--protocol"), text("live")})
                              .out);
    for (const char* part :
         {"--- Qt ≥ 6.6, POSIX: read, live\n"
          "This program cannot read the protocol live. Share as datastream instead.\n",
          "--- Qt, setKey: read, live\nThis program cannot open posix:/my_share_mem. "
          "Share as datastream under the key qt:my_share_mem instead.\n",
          "--- Python: read, live\nPlace interop/python/shmpix.py next to the program.\n"}) {
        QVERIFY2(out.contains(text(part)), qPrintable(text(part) + text(" is not in\n") + out));
    }
}

/// Without a requested protocol, the doctor uses the protocol of the shared picture.
void TestDoctor::Z2_theProgramsReadWhatIsThere()
{
    const QString key = uniqueName();
    const QString file = temporaryFolder() + text("/there.png");
    QVERIFY(photo(320, 200).save(file));
    const auto protocolOfPython = [&key](const char* role) {
        return programFor(report(key), text("python"), text(role)).value(text("protocol")).toString();
    };
    QCOMPARE(protocolOfPython("read"), text("rawsize"));
    for (const QStringList& words : {QStringList(), {text("--protocol"), text("png")}}) {
        HeadlessSender sender(QStringList{text("--key"), key} + words + QStringList{file});
        QVERIFY(!sender.waitForLine(text("shared ")).isNull());
        const QString shared = words.isEmpty() ? text("live") : text("png");
        QCOMPARE(protocolOfPython("read"), shared);
        QCOMPARE(protocolOfPython("share"), text("rawsize"));
        const QString state = report(key).value(text("state")).toString();
        QVERIFY2(state.endsWith(text("shared as %1.").arg(shared)), qPrintable(state));
    }
}

void TestDoctor::anyKeyIsExplained_data()
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

void TestDoctor::anyKeyIsExplained()
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

void TestDoctor::mistakesAreRefused()
{
    for (const char* name : {"shmpix-sender", "shmpix-receiver"}) {
        const Finished empty = runToEnd(program(name), {text("--doctor"), QString()});
        QCOMPARE(empty.exitCode, 2);
        QVERIFY2(empty.err.contains("key is empty"), empty.err.constData());
        QCOMPARE(runToEnd(program(name), {text("--doctor")}).exitCode, 2);
    }
}

int tst_doctor(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestDoctor>(argc, argv);
}

#include "tst_doctor.moc"
