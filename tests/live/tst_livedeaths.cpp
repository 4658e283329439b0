#include "common/channel/livememory.h"
#include "common/channel/livepublisher.h"
#include "common/segment/posix/hiddenfiles.h"
#include "tests/live/segmentstream.h"
#include "tests/support/expect.h"
#include "tests/support/runtest.h"
#include "tests/support/traces.h"

#include <csignal>
#include <memory>
#include <vector>

using namespace shmpix;
using namespace shmpix::test;

namespace {

const QString small = QStringLiteral("64x48:gray8");
const QString large = QStringLiteral("100x100:gray8");

} // namespace

/// Writers that are killed and readers that are stopped.
class TestLiveDeaths : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void C1_writerKilledAtAnyInstructionOfAFrameLeavesAWholeOne_data();
    void C1_writerKilledAtAnyInstructionOfAFrameLeavesAWholeOne();
    void C5_nextWriterAfterAKilledOneNeedsNoCleaningUp();
    void B11_numberOfADeadOwnerSaysNothing();
    void C7_stoppedReaderHoldsNobodyUp();
    void cleanup() { QCOMPARE(m_traces.takeFound(), QString()); }

private:
    Traces m_traces;
};

void TestLiveDeaths::C1_writerKilledAtAnyInstructionOfAFrameLeavesAWholeOne_data()
{
    QTest::addColumn<QString>("layout");
    QTest::addColumn<int>("kills");
    QTest::addRow("a frame in the same ring") << small << 20;
    QTest::addRow("a larger frame, in another ring") << large << 12;
}

void TestLiveDeaths::C1_writerKilledAtAnyInstructionOfAFrameLeavesAWholeOne()
{
    QFETCH(QString, layout);
    QFETCH(int, kills);
    const QString address = m_traces.newAddress(QStringLiteral("posix"));
    const auto runFor = [&](qint64 instructions) {
        return runToEnd(QStringLiteral(SHMPIX_PEERS "/livefaults"),
                        {QStringLiteral("die"), address, QString::number(instructions), small, layout});
    };
    constexpr qint64 toTheEnd = qint64{1} << 40;
    const Finished whole = runFor(toTheEnd);
    QVERIFY2(whole.out.startsWith("ended after "), (whole.out + whole.err).constData());
    const qint64 count = whole.out.mid(12).trimmed().toLongLong();
    QVERIFY2(count > 1000, whole.out.constData());
    int firsts = 0;
    FrameReader follower(readableMemory(parsed(address)));
    for (int i = 0; i < kills; ++i) {
        // The number of instructions depends on what the previous writer left.
        const qint64 at = i == kills - 1 ? toTheEnd : count * i / (kills - 1);
        const Finished killed = runFor(at);
        QVERIFY2(i == kills - 1 ? killed.out.startsWith("ended") : killed.out == "killed\n",
                 (killed.out + killed.err).constData());
        const QByteArray where = QByteArray::number(at) + " of " + QByteArray::number(count);
        FrameReader reader(readableMemory(parsed(address)));
        const quint64 number = nextNumber(reader, patience);
        QVERIFY2(number == 1 || number == 2, where.constData());
        firsts += number == 1 ? 1 : 0;
        const quint64 followed = nextNumber(follower, patience);
        QVERIFY2(followed == number, (where + ": " + QByteArray::number(followed)).constData());
    }
    QVERIFY2(firsts > 1 && firsts < kills, qPrintable(QString::number(firsts)));
    QCOMPARE(follower.statistics().damaged, 0U);
    QCOMPARE(follower.statistics().sessions, quint64(kills) - 1);
    // The last writer is taken over like the others, and its hidden files are removed.
    const auto publisher = LivePublisher::make({parsed(address)});
    EXPECT_SUCCESS(publisher);
    EXPECT_SUCCESS(publish((*publisher)->frames(), small, 77));
    QCOMPARE(nextNumber(follower, patience), 77U);
}

void TestLiveDeaths::C5_nextWriterAfterAKilledOneNeedsNoCleaningUp()
{
    const QString address = m_traces.newAddress(QStringLiteral("posix"));
    FrameReader reader(readableMemory(parsed(address)));
    for (int i = 0; i < 5; ++i) {
        PeerProcess writer(QStringLiteral(SHMPIX_PEERS "/livepeer"),
                           {QStringLiteral("write"), address, QStringLiteral("0"), small, large});
        QCOMPARE(writer.waitForLine(QStringLiteral("writing")), QStringLiteral("writing"));
        QVERIFY(nextNumber(reader, patience) > 0);
        writer.kill();
        while (nextNumber(reader, std::chrono::milliseconds(0)) > 0) { // the frames that it left
        }
    }
    QVERIFY(reader.statistics().sessions >= 4);
    const auto publisher = LivePublisher::make({parsed(address)});
    EXPECT_SUCCESS(publisher);
    EXPECT_SUCCESS(publish((*publisher)->frames(), small, 77));
    QCOMPARE(nextNumber(reader, patience), 77U);
}

/// The number may belong to another program by now: only the lock says whether the owner is alive.
void TestLiveDeaths::B11_numberOfADeadOwnerSaysNothing()
{
    const QString address = m_traces.newAddress(QStringLiteral("posix"));
    {
        PeerProcess writer(QStringLiteral(SHMPIX_PEERS "/livepeer"),
                           {QStringLiteral("write"), address, QStringLiteral("100"), small});
        QCOMPARE(writer.waitForLine(QStringLiteral("writing")), QStringLiteral("writing"));
        writer.kill();
        QFile record(QString::fromLocal8Bit(recordOf(hiddenStems(SegmentPath(parsed(address))).front())));
        QVERIFY(record.open(QIODevice::ReadWrite));
        QByteArray text = record.readAll();
        text.replace("pid " + QByteArray::number(writer.pid()), "pid 1");
        const QByteArray alive = "pid " + QByteArray::number(QCoreApplication::applicationPid());
        text.replace(0, text.indexOf('\n'), alive);
        QVERIFY(record.resize(0) && record.seek(0) && record.write(text) == text.size());
    }
    const auto publisher = LivePublisher::make({parsed(address)});
    EXPECT_SUCCESS(publisher);
    EXPECT_SUCCESS(publish((*publisher)->frames(), small, 77));
}

/// The writer waits for nobody, and the other seven readers see its frames.
void TestLiveDeaths::C7_stoppedReaderHoldsNobodyUp()
{
    const QString address = m_traces.newAddress(QStringLiteral("posix"));
    const auto publisher = LivePublisher::make({parsed(address)});
    EXPECT_SUCCESS(publisher);
    FrameWriter& frames = (*publisher)->frames();
    EXPECT_SUCCESS(publish(frames, small, 1));
    std::vector<std::unique_ptr<PeerProcess>> readers;
    for (int i = 0; i < 8; ++i) {
        readers.push_back(std::make_unique<PeerProcess>(
            QStringLiteral(SHMPIX_PEERS "/livepeer"),
            QStringList{QStringLiteral("read"), address, QStringLiteral("20"), QStringLiteral("60")}));
        QVERIFY(
            readers.back()->waitForLine(QStringLiteral("frame 1 ")).startsWith(QStringLiteral("frame 1 ")));
    }
    const auto stopped = pid_t(readers[0]->pid());
    QCOMPARE(::kill(stopped, SIGSTOP), 0);
    // Each frame waits for the seven running readers, and not for the stopped one.
    quint64 number = 1;
    while (number < 20) {
        EXPECT_SUCCESS(publish(frames, small, ++number));
        for (std::size_t i = 1; i < readers.size(); ++i) {
            const QString line = readers[i]->waitForLine(QStringLiteral("frame "));
            QVERIFY2(line.startsWith(QStringLiteral("frame %1 %1 ").arg(number)), qPrintable(line));
        }
    }
    for (std::size_t i = 1; i < readers.size(); ++i) {
        QVERIFY(readers[i]->waitForLine(QStringLiteral("done ")).contains(QStringLiteral("missed 0")));
        QCOMPARE(readers[i]->exitCode(), 0);
    }
    // I3: it continues with the newest frame.
    QCOMPARE(::kill(stopped, SIGCONT), 0);
    const QString line = readers[0]->waitForLine(QStringLiteral("frame "));
    QVERIFY2(line.startsWith(QStringLiteral("frame 20 ")) || line.startsWith(QStringLiteral("frame 2 ")),
             qPrintable(line));
    readers[0]->kill();
}

int tst_livedeaths(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestLiveDeaths>(argc, argv);
}

#include "tst_livedeaths.moc"
