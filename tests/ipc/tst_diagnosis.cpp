#include "common/channel/keydoctor.h"
#include "common/segment/keynames.h"
#include "tests/ipc/expect.h"
#include "tests/ipc/stockqtpeer.h"
#include "tests/ipc/traces.h"
#include "tests/support/pictures.h"
#include "tests/support/uniquekey.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>

#include <sys/stat.h>
#include <unistd.h>

using namespace shmpix;
using namespace shmpix::test;

/// Why nothing could be loaded, with what really stands there: the sentence, the fix and what to load
/// instead.
class DiagnosisTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void aQtKeyIsFoundForAPosixName();
    void aPosixNameIsFoundForAQtKey_data();
    void aPosixNameIsFoundForAQtKey();
    void aQtBuiltForPosixMemoryIsFound();
    void anotherTemporaryFolderIsFound();
    void thePrefixOfPlatformSafeKeyIsFound_data();
    void thePrefixOfPlatformSafeKeyIsFound();
    void otherCapitalsAreFound_data();
    void otherCapitalsAreFound();
    void F4_theAsciiNameOfAKeyIsFound();
    void F4_aNameThatPythonCannotTakeIsNamed();
    void F1_aPathIsTakenForWhatItIs_data();
    void F1_aPathIsTakenForWhatItIs();
    void F3_aNameThatIsTooLongGetsAShorterOne();
    void F2_aNulIsRefusedAndANameProposed();
    void E1_anotherUsersSegmentIsNamedWithItsMode_data();
    void E1_anotherUsersSegmentIsNamedWithItsMode();
    void aSegmentWithoutASizeIsWaitedFor();
    void aKeyFileWhereAProgramRunsIsFound();
    void aKeyFileWithoutMemoryIsNamed_data();
    void aKeyFileWithoutMemoryIsNamed();
    void aNameThatPythonRemovedIsExplained();
    void aNameOfWindowsIsItsNameHere();
    void whereThereIsNoMoreToSayNothingIsSaid();
    void thePathOfAKeyFileIsSystemVMemory();
    void cleanup() { QCOMPARE(m_traces.takeFound(), QString()); }

private:
    [[nodiscard]] static std::optional<Diagnosis> diagnosisOf(const QString& key)
    {
        const auto address = SegmentAddress::parse(key);
        if (!address) {
            return diagnoseFailure(key, address.error());
        }
        const auto loaded = load(key);
        return loaded ? Diagnosis{QStringLiteral("It could be loaded."), {}, {}}
                      : diagnoseFailure(key, loaded.error());
    }
    void shareUnder(const QString& address)
    {
        EXPECT_SUCCESS(share(m_publisher, m_traces.watched(address), picture(QStringLiteral("odd"))));
    }

    /// A foreign POSIX segment, gone with the test function.
    class Foreign
    {
    public:
        explicit Foreign(const QString& name, const QByteArray& bytes = "bytes")
            : m_file(QStringLiteral("/dev/shm/") + name)
        {
            if (!m_file.open(QIODevice::WriteOnly) || m_file.write(bytes) != bytes.size()) {
                qFatal("cannot write %s", qPrintable(m_file.fileName()));
            }
            m_file.close();
        }
        ~Foreign() { m_file.remove(); }
        [[nodiscard]] QString path() const { return m_file.fileName(); }

    private:
        QFile m_file;
    };

    Traces m_traces;
    QString m_python;
    Publisher m_publisher;
};

#define EXPECT_INSTEAD(diagnosis, wanted)                                                                    \
    do {                                                                                                     \
        QVERIFY2((diagnosis).has_value(), "no diagnosis");                                                   \
        QCOMPARE((diagnosis)->instead, QString(wanted));                                                     \
        QVERIFY2((diagnosis)->cause.endsWith(QLatin1Char('.')), qPrintable((diagnosis)->cause));             \
        QVERIFY2((diagnosis)->fix.endsWith(QLatin1Char('.')), qPrintable((diagnosis)->fix));                 \
    } while (false)

void DiagnosisTest::initTestCase()
{
    m_python = pythonWithNumpy();
    QVERIFY2(!m_python.isEmpty(), "no Python here can import numpy and PIL");
}

void DiagnosisTest::aQtKeyIsFoundForAPosixName()
{
    const QString key = uniqueName();
    StockQtPeer peer(key);
    m_traces.watch(peer);
    peer.writeLine(QStringLiteral("share-image ") + fileOf(picture(QStringLiteral("odd"))));
    QVERIFY(!peer.waitForLine(QStringLiteral("share-image ")).contains(QStringLiteral("failed")));
    const auto found = diagnosisOf(key);
    EXPECT_INSTEAD(found, QStringLiteral("qt:") + key);
    EXPECT_CONTAINS(found->cause, QStringLiteral("System V"));
    EXPECT_CONTAINS(found->fix, QStringLiteral("Load qt:") + key);
    EXPECT_SUCCESS(load(found->instead));
    peer.writeLine(QStringLiteral("end"));
    QCOMPARE(peer.exitCode(), 0);
}

void DiagnosisTest::aPosixNameIsFoundForAQtKey_data()
{
    QTest::addColumn<QString>("prefix");
    for (const char* prefix : {"qt:", "qt:/", "systemv:/tmp/", "file:/tmp/"}) {
        QTest::newRow(prefix) << QString::fromLatin1(prefix);
    }
}

void DiagnosisTest::aPosixNameIsFoundForAQtKey()
{
    QFETCH(QString, prefix);
    const QString key = uniqueName();
    shareUnder(QStringLiteral("posix:/") + key);
    const auto found = diagnosisOf(prefix + key);
    EXPECT_INSTEAD(found, QStringLiteral("posix:/") + key);
    EXPECT_CONTAINS(found->cause, QStringLiteral("POSIX"));
    m_publisher.stop();
}

void DiagnosisTest::aQtBuiltForPosixMemoryIsFound()
{
    const QString key = uniqueName();
    const QString native = QFileInfo(filesOf(QStringLiteral("qt:") + key).first()).fileName();
    const Foreign segment(native);
    EXPECT_INSTEAD(diagnosisOf(key), QStringLiteral("posix:/") + native);
    EXPECT_INSTEAD(diagnosisOf(QStringLiteral("qt:") + key), QStringLiteral("posix:/") + native);
}

void DiagnosisTest::anotherTemporaryFolderIsFound()
{
    const QString key = uniqueName();
    shareUnder(QStringLiteral("qt:") + key);
    const QString keyFile = filesOf(QStringLiteral("qt:") + key).first();
    QVERIFY2(keyFile.startsWith(QLatin1String("/tmp/")), qPrintable(keyFile));
    qputenv("TMPDIR", temporaryFolder().toLocal8Bit());
    const auto found = diagnosisOf(QStringLiteral("qt:") + key);
    qunsetenv("TMPDIR");
    EXPECT_INSTEAD(found, QStringLiteral("systemv:") + keyFile);
    EXPECT_CONTAINS(found->cause, QStringLiteral("temporary files"));
    m_publisher.stop();
}

void DiagnosisTest::thePrefixOfPlatformSafeKeyIsFound_data()
{
    QTest::addColumn<bool>("typedPrefix");
    QTest::newRow("forgotten") << false;
    QTest::newRow("too much") << true;
}

void DiagnosisTest::thePrefixOfPlatformSafeKeyIsFound()
{
    QFETCH(bool, typedPrefix);
    const QString plain = uniqueName();
    const QString prefixed = QStringLiteral("shm_") + plain;
    const Foreign segment(typedPrefix ? plain : prefixed);
    const auto found = diagnosisOf(typedPrefix ? prefixed : plain);
    EXPECT_INSTEAD(found, QStringLiteral("posix:/") + (typedPrefix ? plain : prefixed));
    EXPECT_CONTAINS(found->cause, QStringLiteral("platformSafeKey"));
}

void DiagnosisTest::otherCapitalsAreFound_data()
{
    QTest::addColumn<QString>("scheme");
    QTest::newRow("posix") << QStringLiteral("posix");
    QTest::newRow("file") << QStringLiteral("file");
}

void DiagnosisTest::otherCapitalsAreFound()
{
    QFETCH(QString, scheme);
    const QString address = uniqueAddress(scheme);
    shareUnder(address);
    const QString name = SegmentAddress::parse(address)->name();
    QString other = name;
    other.replace(QLatin1String("shmpix-test"), QLatin1String("Shmpix-TEST"));
    const auto found = diagnosisOf(QString(address).replace(name, other));
    EXPECT_INSTEAD(found, address);
    EXPECT_CONTAINS(found->cause, QStringLiteral("apitals"));
    m_publisher.stop();
}

void DiagnosisTest::F4_theAsciiNameOfAKeyIsFound()
{
    const QString key = uniqueName() + QString::fromUtf8("-图片");
    const Foreign segment(portableName(key));
    EXPECT_INSTEAD(diagnosisOf(key), QStringLiteral("posix:/") + portableName(key));
}

void DiagnosisTest::F4_aNameThatPythonCannotTakeIsNamed()
{
    const QString key = uniqueName() + QString::fromUtf8("-图片");
    const auto found = diagnosisOf(key);
    EXPECT_INSTEAD(found, QString());
    EXPECT_CONTAINS(found->cause, QStringLiteral("Python before 3.13"));
    EXPECT_CONTAINS(found->fix, portableName(key));
}

void DiagnosisTest::F1_aPathIsTakenForWhatItIs_data()
{
    QTest::addColumn<QString>("scheme");
    QTest::newRow("of a POSIX object") << QStringLiteral("posix");
    QTest::newRow("of a mapped file") << QStringLiteral("file");
    QTest::newRow("of a key file") << QStringLiteral("systemv");
}

void DiagnosisTest::F1_aPathIsTakenForWhatItIs()
{
    QFETCH(QString, scheme);
    const QString address = uniqueAddress(scheme);
    shareUnder(address);
    const auto found = diagnosisOf(filesOf(address).first());
    EXPECT_INSTEAD(found,
                   scheme == QLatin1String("posix") ? SegmentAddress::parse(address)->name() : address);
    EXPECT_SUCCESS(load(found->instead));
    m_publisher.stop();
}

void DiagnosisTest::F3_aNameThatIsTooLongGetsAShorterOne()
{
    const QString key(256, QLatin1Char('k'));
    const auto found = diagnosisOf(key);
    EXPECT_INSTEAD(found, QString());
    EXPECT_CONTAINS(found->cause, QStringLiteral("256 bytes"));
    EXPECT_CONTAINS(found->fix, portableName(key));
}

void DiagnosisTest::F2_aNulIsRefusedAndANameProposed()
{
    const QString key = QStringLiteral("a") + QChar(0) + QLatin1Char('b');
    const auto found = diagnosisOf(key);
    EXPECT_INSTEAD(found, QString());
    EXPECT_CONTAINS(found->cause, QStringLiteral("NUL"));
    EXPECT_CONTAINS(found->fix, portableName(key));
}

void DiagnosisTest::E1_anotherUsersSegmentIsNamedWithItsMode_data()
{
    addSchemes();
}

void DiagnosisTest::E1_anotherUsersSegmentIsNamedWithItsMode()
{
    QFETCH(QString, scheme);
    if (::geteuid() != 0) { // whoever we are, this one is not ours
        const auto found = diagnosisOf(QStringLiteral("file:/etc/shadow"));
        EXPECT_INSTEAD(found, QString());
        EXPECT_CONTAINS(found->cause, QStringLiteral("root (mode 0640)"));
        return;
    }
    QCOMPARE(::chmod(qPrintable(temporaryFolder()), 0711), 0);
    const QString address = uniqueAddress(scheme);
    shareUnder(address);
    const auto diagnosed = runToEnd(
        channelPeer(), {QStringLiteral("as"), QStringLiteral("65534"), QStringLiteral("diagnose"), address});
    const QString line = QString::fromUtf8(diagnosed.out);
    EXPECT_CONTAINS(line, address + QStringLiteral(" belongs to user root (mode 0600)"));
    EXPECT_CONTAINS(line, QStringLiteral("runs as nobody"));
    EXPECT_CONTAINS(line, QStringLiteral("same user"));
    m_publisher.stop();
}

void DiagnosisTest::aSegmentWithoutASizeIsWaitedFor()
{
    const QString key = uniqueName();
    const Foreign segment(key, {});
    const auto found = diagnosisOf(key);
    EXPECT_INSTEAD(found, QString());
    EXPECT_CONTAINS(found->cause, QStringLiteral("has no size yet"));
    EXPECT_CONTAINS(found->fix, QStringLiteral("Load again"));
}

void DiagnosisTest::aKeyFileWhereAProgramRunsIsFound()
{
    const QString name = uniqueName();
    const QString keyFile = temporaryFolder() + QLatin1Char('/') + name;
    shareUnder(QStringLiteral("systemv:") + keyFile);
    PeerProcess program(
        QStringLiteral("/bin/sh"),
        {QStringLiteral("-c"), QStringLiteral("cd \"$0\" && echo there && exec cat"), temporaryFolder()});
    QCOMPARE(program.readLine(), QStringLiteral("there"));
    const auto found = diagnosisOf(name);
    EXPECT_INSTEAD(found, QStringLiteral("systemv:") + keyFile);
    EXPECT_CONTAINS(found->cause, QStringLiteral("setNativeKey"));
    EXPECT_CONTAINS(found->cause, QString::number(program.pid()));
    m_publisher.stop();
}

void DiagnosisTest::aKeyFileWithoutMemoryIsNamed_data()
{
    QTest::addColumn<QString>("scheme");
    QTest::newRow("qt") << QStringLiteral("qt");
    QTest::newRow("systemv") << QStringLiteral("systemv");
}

void DiagnosisTest::aKeyFileWithoutMemoryIsNamed()
{
    QFETCH(QString, scheme);
    // A key is made of 24 bits of the key file's identity, so that memory that some killed program has left
    // may have the same one: then the next file is taken, while this one keeps its identity.
    std::vector<std::unique_ptr<QFile>> files;
    QString address;
    do {
        address = uniqueAddress(scheme);
        files.push_back(std::make_unique<QFile>(filesOf(address).first()));
        QVERIFY(files.back()->open(QIODevice::WriteOnly));
    } while (openSegment(parsed(address)).has_value() && files.size() < 100);
    const auto found = diagnosisOf(address);
    for (const auto& file : files) {
        QVERIFY(file->remove());
    }
    EXPECT_INSTEAD(found, QString());
    EXPECT_CONTAINS(found->cause, files.back()->fileName());
    EXPECT_CONTAINS(found->cause, QStringLiteral("no memory belongs to it"));
}

/// A reader as people write it attaches and ends, and with it the name: its resource tracker removes it.
void DiagnosisTest::aNameThatPythonRemovedIsExplained()
{
    const QString key = uniqueName();
    PeerProcess writer(m_python,
                       {QStringLiteral("-c"),
                        QStringLiteral("import sys\n"
                                       "from multiprocessing import resource_tracker\n"
                                       "from multiprocessing.shared_memory import SharedMemory\n"
                                       "m = SharedMemory(name=sys.argv[1], create=True, size=5000)\n"
                                       "resource_tracker.unregister(m._name, 'shared_memory')\n"
                                       "print('there', flush=True)\n"
                                       "sys.stdin.readline()\n"
                                       "m.close()\n"),
                        key});
    QCOMPARE(writer.readLine(), QStringLiteral("there"));
    QVERIFY(QFileInfo::exists(QStringLiteral("/dev/shm/") + key));
    const auto reader =
        runToEnd(m_python, {QStringLiteral("-c"),
                            QStringLiteral("import sys\n"
                                           "from multiprocessing.shared_memory import SharedMemory\n"
                                           "SharedMemory(name=sys.argv[1]).close()\n"),
                            key});
    QVERIFY2(reader.exitCode == 0, reader.err.constData());
    QTRY_VERIFY(!QFileInfo::exists(QStringLiteral("/dev/shm/") + key));
    QElapsedTimer timer;
    timer.start();
    const auto found = diagnosisOf(key);
    QVERIFY2(timer.elapsed() < 3000, qPrintable(QString::number(timer.elapsed())));
    EXPECT_INSTEAD(found, QString());
    EXPECT_CONTAINS(found->cause, QStringLiteral("(process %1) still has").arg(writer.pid()));
    EXPECT_CONTAINS(found->cause, QStringLiteral("resource tracker"));
    EXPECT_CONTAINS(found->fix, QStringLiteral("track=False"));
    writer.writeLine({});
    QCOMPARE(writer.exitCode(), 0);
}

void DiagnosisTest::aNameOfWindowsIsItsNameHere()
{
    const QString key = uniqueName();
    shareUnder(QStringLiteral("posix:/") + key);
    EXPECT_INSTEAD(diagnosisOf(QStringLiteral("windows:") + key), QStringLiteral("posix:/") + key);
    m_publisher.stop();
}

void DiagnosisTest::whereThereIsNoMoreToSayNothingIsSaid()
{
    for (const QString& scheme :
         {QStringLiteral("posix"), QStringLiteral("file"), QStringLiteral("qt"), QStringLiteral("systemv")}) {
        const QString address = m_traces.newAddress(scheme);
        QCOMPARE(diagnosisOf(address).value_or(Diagnosis()).cause, QString());
    }
}

void DiagnosisTest::thePathOfAKeyFileIsSystemVMemory()
{
    const QString address = uniqueAddress(QStringLiteral("systemv"));
    shareUnder(address);
    EXPECT_INSTEAD(diagnosisOf(QStringLiteral("file:") + filesOf(address).first()), address);
    m_publisher.stop();
}

QTEST_GUILESS_MAIN(DiagnosisTest)
#include "tst_diagnosis.moc"
