#include "common/doctor/keynames.h"
#include "common/segment/posix/segmentpath.h"
#include "tests/doctor/diagnosed.h"
#include "tests/support/expect.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/traces.h"
#include "tests/support/uniquekey.h"

#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>

#include <sys/stat.h>
#include <unistd.h>

using namespace shmpix;
using namespace shmpix::test;

/// Why nothing could be loaded, if there is nothing else to load: the cause and the fix.
class TestFailureCauses : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void F4_aNameThatPythonCannotTakeIsNamed();
    void F3_aNameThatIsTooLongGetsAShorterOne();
    void F2_aNulIsRefusedAndANameProposed();
    void E1_anotherUsersSegmentIsNamedWithItsMode_data();
    void E1_anotherUsersSegmentIsNamedWithItsMode();
    void aSegmentWithoutASizeIsWaitedFor();
    void Z9_aSegmentThatIsBeingFilledIsWaitedForAsLongAsIsAsked_data()
    {
        addSchemes({QStringLiteral("posix"), QStringLiteral("file")});
    }
    void Z9_aSegmentThatIsBeingFilledIsWaitedForAsLongAsIsAsked();
    void aKeyFileWithoutMemoryIsNamed_data();
    void aKeyFileWithoutMemoryIsNamed();
    void aNameThatPythonRemovedIsExplained();
    void whereThereIsNoMoreToSayNothingIsSaid();
    void cleanup() { QCOMPARE(m_traces.takeFound(), QString()); }

private:
    void shareUnder(const QString& address)
    {
        EXPECT_SUCCESS(share(m_publisher, m_traces.watched(address), picture(QStringLiteral("odd"))));
    }

    Traces m_traces;
    QString m_python;
    Publisher m_publisher;
};

void TestFailureCauses::initTestCase()
{
    m_python = pythonWithNumpy();
    QVERIFY2(!m_python.isEmpty(), "no Python here can import numpy and PIL");
}

void TestFailureCauses::F4_aNameThatPythonCannotTakeIsNamed()
{
    const QString key = uniqueName() + QString::fromUtf8("-图片");
    const auto found = diagnosisOf(key);
    EXPECT_INSTEAD(found, QString());
    EXPECT_CONTAINS(found->cause, QStringLiteral("Python before 3.13"));
    EXPECT_CONTAINS(found->fix, portableName(key));
}

void TestFailureCauses::F3_aNameThatIsTooLongGetsAShorterOne()
{
    const QString key(256, QLatin1Char('k'));
    const auto found = diagnosisOf(key);
    EXPECT_INSTEAD(found, QString());
    EXPECT_CONTAINS(found->cause, QStringLiteral("256 bytes"));
    EXPECT_CONTAINS(found->fix, portableName(key));
}

void TestFailureCauses::F2_aNulIsRefusedAndANameProposed()
{
    const QString key = QStringLiteral("a") + QChar(0) + QLatin1Char('b');
    const auto found = diagnosisOf(key);
    EXPECT_INSTEAD(found, QString());
    EXPECT_CONTAINS(found->cause, QStringLiteral("NUL"));
    EXPECT_CONTAINS(found->fix, portableName(key));
}

void TestFailureCauses::E1_anotherUsersSegmentIsNamedWithItsMode_data()
{
    addSchemes();
}

void TestFailureCauses::E1_anotherUsersSegmentIsNamedWithItsMode()
{
    QFETCH(QString, scheme);
    if (::geteuid() != 0) { // this one is not ours, whoever we are
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
    // The lasting fix, as chmod affects only one segment.
    EXPECT_CONTAINS(line, QStringLiteral("--mode 0644"));
    m_publisher.stop();
}

/// The sender was stopped in the middle: it holds the lease that makes readers wait.
void TestFailureCauses::Z9_aSegmentThatIsBeingFilledIsWaitedForAsLongAsIsAsked()
{
    QFETCH(QString, scheme);
    const QString address = m_traces.newAddress(scheme);
    shareUnder(address);
    const QString file = QFile::decodeName(SegmentPath(parsed(address)).file);
    m_publisher.keep();
    m_publisher.stop(); // a mapping would prevent the lease
    PeerProcess filling(QStringLiteral("python3"),
                        {QStringLiteral("-c"),
                         QStringLiteral("import fcntl, signal, sys\n"
                                        "signal.signal(signal.SIGIO, signal.SIG_IGN)\n"
                                        "file = open(sys.argv[1], 'r+b')\n"
                                        "fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)\n"
                                        "print('filling', flush=True)\n"
                                        "sys.stdin.readline()"),
                         file});
    QCOMPARE(filling.readLine(), QStringLiteral("filling"));
    QElapsedTimer timer;
    timer.start();
    const auto loaded = contents(address, {.patience = std::chrono::milliseconds(200)});
    QVERIFY2(timer.elapsed() < 1500, qPrintable(QString::number(timer.elapsed())));
    EXPECT_FAILURE(loaded, ErrorCode::TimedOut);
    EXPECT_CONTAINS(loaded.error().text, QStringLiteral("has not finished filling it"));
    QVERIFY(!loaded.error().text.contains(QStringLiteral("another key")));
    filling.writeLine(QString());
    QCOMPARE(filling.exitCode(), 0);
    shareUnder(address);
    m_publisher.stop();
}

void TestFailureCauses::aSegmentWithoutASizeIsWaitedFor()
{
    const QString key = uniqueName();
    const Foreign segment(key, {});
    const auto found = diagnosisOf(key);
    EXPECT_INSTEAD(found, QString());
    EXPECT_CONTAINS(found->cause, QStringLiteral("has no size yet"));
    EXPECT_CONTAINS(found->fix, QStringLiteral("Load again"));
}

void TestFailureCauses::aKeyFileWithoutMemoryIsNamed_data()
{
    QTest::addColumn<QString>("scheme");
    QTest::newRow("qt") << QStringLiteral("qt");
    QTest::newRow("systemv") << QStringLiteral("systemv");
}

void TestFailureCauses::aKeyFileWithoutMemoryIsNamed()
{
    QFETCH(QString, scheme);
    // A key contains 24 bits of the key file's identity, so that memory left by a killed program may have the
    // same key. Then use the next file, while this one keeps its identity.
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

/// A typical reader attaches and ends, and its resource tracker then removes the name.
void TestFailureCauses::aNameThatPythonRemovedIsExplained()
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

void TestFailureCauses::whereThereIsNoMoreToSayNothingIsSaid()
{
    for (const QString& scheme :
         {QStringLiteral("posix"), QStringLiteral("file"), QStringLiteral("qt"), QStringLiteral("systemv")}) {
        const QString address = m_traces.newAddress(scheme);
        QCOMPARE(diagnosisOf(address).value_or(Diagnosis()).cause, QString());
    }
}

int tst_failurecauses(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestFailureCauses>(argc, argv);
}

#include "tst_failurecauses.moc"
