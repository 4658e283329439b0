#include "common/channel/livememory.h"
#include "common/channel/livepublisher.h"
#include "common/segment/posix/processinfo.h"
#include "common/segment/segment.h"
#include "tests/live/segmentstream.h"
#include "tests/support/expect.h"
#include "tests/support/runtest.h"
#include "tests/support/traces.h"

#include <QRandomGenerator>
#include <QRegularExpression>

#include <atomic>
#include <mutex>
#include <thread>

#include <unistd.h>

using namespace shmpix;
using namespace shmpix::test;

namespace {

const QString small = QStringLiteral("64x48:gray8");
const QString large = QStringLiteral("200x100:bgr8");

/// Writes frames flat out in a thread, and checks its segment after each.
class BusyWriter
{
public:
    explicit BusyWriter(const SegmentAddress& address)
        : m_thread([this, address](const std::stop_token& stop) { write(address, stop); })
    {
    }
    [[nodiscard]] quint64 frames() const { return m_frames; }
    [[nodiscard]] int renewals() const { return m_renewals; }
    [[nodiscard]] int errors() const { return m_errors; }

private:
    void write(const SegmentAddress& address, const std::stop_token& stop)
    {
        const auto publisher = LivePublisher::make({address});
        while (publisher && !stop.stop_requested()) {
            m_errors +=
                publish((*publisher)->frames(), m_frames % 2 == 0 ? small : large, m_frames + 1) ? 0 : 1;
            ++m_frames;
            if (const auto happened = (*publisher)->lookAfter()) {
                ++(*happened ? m_renewals : m_errors);
            }
        }
    }

    std::atomic<quint64> m_frames = 0;
    std::atomic<int> m_renewals = 0;
    std::atomic<int> m_errors = 0;
    std::jthread m_thread; // last, because it uses the others
};

/// Reads all the time and compares each frame with its pattern.
class BusyReader
{
public:
    explicit BusyReader(const SegmentAddress& address)
        : m_thread([this, address](const std::stop_token& stop) { read(address, stop); })
    {
    }
    [[nodiscard]] quint64 frames() const { return m_frames; }
    [[nodiscard]] quint64 newest() const { return m_newest; }
    [[nodiscard]] int violations() const { return m_violations; }

private:
    void read(const SegmentAddress& address, const std::stop_token& stop)
    {
        FrameReader reader(readableMemory(address));
        std::vector<std::byte> bytes;
        while (!stop.stop_requested()) {
            const bool isNew = reader.wait(std::chrono::steady_clock::now() + patience, stop);
            const auto frame = isNew ? reader.copy(bytes) : std::optional<FrameInfo>();
            if (frame && *frame) {
                m_violations += isFrame(bytes, (*frame)->entry.number) ? 0 : 1;
                m_newest = (*frame)->entry.number;
                ++m_frames;
            }
        }
    }

    std::atomic<quint64> m_frames = 0;
    std::atomic<quint64> m_newest = 0;
    std::atomic<int> m_violations = 0;
    std::jthread m_thread;
};

template <class Condition>
bool becomesTrue(Condition condition)
{
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!condition() && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::yield();
    }
    return condition();
}

} // namespace

/// The effects of other programs on a stream's segment while it is written and read.
class TestLiveSegments : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void B5_restartedWritersSegmentIsFollowed();
    void B6_segmentCutAtAnyMomentGivesNoFrameThatIsNone_data();
    void B6_segmentCutAtAnyMomentGivesNoFrameThatIsNone();
    void B6_readerProcessOutlivesCuts();
    void B6_cutStreamWithoutNewFramesIsEmptyAfterwards();
    void B7_longerSegmentIsTheSame();
    void B8_removedSegmentIsSharedAgainAndFollowed();
    void replacedSegmentIsLeftAloneUntilItIsGone();
    void B10_secondPublisherIsRefusedAndTheFirstNamed();
    void E5_readersMapReadOnly();
    void linkedFileIsFollowed();
    void addressThatCannotBeMappedIsRefused();
    void cleanup() { QCOMPARE(m_traces.takeFound(), QString()); }

private:
    Traces m_traces;
};

void TestLiveSegments::B5_restartedWritersSegmentIsFollowed()
{
    const QString address = m_traces.newAddress(QStringLiteral("posix"));
    FrameReader reader(readableMemory(parsed(address)));
    for (quint64 i = 1; i <= 4; ++i) {
        const auto publisher = LivePublisher::make({parsed(address)});
        EXPECT_SUCCESS(publisher);
        EXPECT_SUCCESS(publish((*publisher)->frames(), small, i));
        QCOMPARE(nextNumber(reader), i);
    }
    QCOMPARE(reader.statistics().sessions, 3U);
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (reader.state() != StreamState::Closed && std::chrono::steady_clock::now() < deadline) {
        QVERIFY(!reader.wait(deadline));
    }
    QCOMPARE(reader.state(), StreamState::Closed);
}

void TestLiveSegments::B6_segmentCutAtAnyMomentGivesNoFrameThatIsNone_data()
{
    QTest::addColumn<qint64>("bytes");
    QTest::addRow("0") << qint64{0};
    QTest::addRow("12") << qint64{12};
    QTest::addRow("a page - 1") << qint64{4095};
    QTest::addRow("a page") << qint64{4096};
    QTest::addRow("within a slot") << qint64{4096 + 8192 + 100};
    QTest::addRow("anywhere") << qint64{-1};
}

void TestLiveSegments::B6_segmentCutAtAnyMomentGivesNoFrameThatIsNone()
{
    QFETCH(qint64, bytes);
    const QString address = m_traces.newAddress(QStringLiteral("posix"));
    const QByteArray file = filesOf(address).first().toLocal8Bit();
    const BusyWriter writer(parsed(address));
    const BusyReader first(parsed(address));
    const BusyReader second(parsed(address));
    QRandomGenerator random(6);
    for (int round = 1; round <= 30; ++round) {
        const quint64 seen = first.frames();
        QVERIFY(becomesTrue([&] { return first.frames() > seen + 2 && second.frames() > 2; }));
        const auto renewals = writer.renewals();
        ::usleep(useconds_t(random.bounded(2000))); // at a random moment
        QCOMPARE(::truncate(file.constData(), bytes >= 0 ? bytes : random.bounded(4096 + 4 * 4096)), 0);
        QVERIFY(becomesTrue([&] { return writer.renewals() > renewals; }));
    }
    const quint64 last = writer.frames();
    QVERIFY(becomesTrue([&] { return first.newest() > last && second.newest() > last; }));
    QCOMPARE(first.violations(), 0);
    QCOMPARE(second.violations(), 0);
    QCOMPARE(writer.errors(), 0);
}

void TestLiveSegments::B6_readerProcessOutlivesCuts()
{
    const QString address = m_traces.newAddress(QStringLiteral("posix"));
    const QByteArray file = filesOf(address).first().toLocal8Bit();
    PeerProcess writer(QStringLiteral(SHMPIX_PEERS "/livepeer"),
                       {QStringLiteral("write"), address, QStringLiteral("0"), large});
    QCOMPARE(writer.waitForLine(QStringLiteral("writing")), QStringLiteral("writing"));
    PeerProcess reader(QStringLiteral(SHMPIX_PEERS "/livepeer"),
                       {QStringLiteral("read"), address, QStringLiteral("1000000"), QStringLiteral("60")});
    for (const off_t bytes : {0, 12, 4095, 4096 + 61440 + 100}) {
        QVERIFY(reader.waitForLine(QStringLiteral("frame ")).startsWith(QStringLiteral("frame ")));
        QCOMPARE(::truncate(file.constData(), bytes), 0);
        const QString said = writer.waitForLine(QStringLiteral("Another program truncated"));
        QVERIFY2(said.contains(address), qPrintable(said));
        // The new ring has a new session, so that the numbers of its frames begin again.
        const QString state = reader.waitForLine(QStringLiteral("state %1").arg(int(StreamState::Open)));
        QVERIFY(!state.isNull());
    }
    QVERIFY(reader.waitForLine(QStringLiteral("frame ")).startsWith(QStringLiteral("frame ")));
    writer.writeLine(QStringLiteral("end"));
    QCOMPARE(writer.exitCode(), 0);
    reader.kill();
}

/// A reader that comes now must not take zeros for the newest frame.
void TestLiveSegments::B6_cutStreamWithoutNewFramesIsEmptyAfterwards()
{
    const QString address = m_traces.newAddress(QStringLiteral("posix"));
    const QByteArray file = filesOf(address).first().toLocal8Bit();
    const auto publisher = LivePublisher::make({parsed(address)});
    EXPECT_SUCCESS(publisher);
    for (quint64 number = 1; number <= 4; ++number) {
        EXPECT_SUCCESS(publish((*publisher)->frames(), small, number));
    }
    QCOMPARE(::truncate(file.constData(), 4096 + 4096), 0); // the header, the entries, and one slot of four
    const auto happened = (*publisher)->lookAfter();
    QVERIFY(happened.has_value());
    EXPECT_SUCCESS(*happened);
    FrameReader reader(readableMemory(parsed(address)));
    QCOMPARE(nextNumber(reader, std::chrono::milliseconds(300)), 0U);
    QCOMPARE(reader.state(), StreamState::Open);
    QCOMPARE(reader.statistics().frames, 0U);
    QCOMPARE(reader.statistics().torn, 0U);
    EXPECT_SUCCESS(publish((*publisher)->frames(), small, 5));
    QCOMPARE(nextNumber(reader), 5U);
}

void TestLiveSegments::B7_longerSegmentIsTheSame()
{
    const QString address = m_traces.newAddress(QStringLiteral("posix"));
    const QByteArray file = filesOf(address).first().toLocal8Bit();
    const auto publisher = LivePublisher::make({parsed(address)});
    EXPECT_SUCCESS(publisher);
    EXPECT_SUCCESS(publish((*publisher)->frames(), small, 1));
    FrameReader before(readableMemory(parsed(address)));
    QCOMPARE(nextNumber(before), 1U);
    QCOMPARE(::truncate(file.constData(), 1 << 20), 0);
    QVERIFY(!(*publisher)->lookAfter());
    EXPECT_SUCCESS(publish((*publisher)->frames(), small, 2));
    FrameReader after(readableMemory(parsed(address)));
    QCOMPARE(nextNumber(before), 2U);
    QCOMPARE(nextNumber(after), 2U);
    QCOMPARE(before.ring()->generation, 1U);
}

void TestLiveSegments::B8_removedSegmentIsSharedAgainAndFollowed()
{
    const QString address = m_traces.newAddress(QStringLiteral("posix"));
    const QByteArray file = filesOf(address).first().toLocal8Bit();
    const auto publisher = LivePublisher::make({parsed(address)});
    EXPECT_SUCCESS(publisher);
    QVERIFY(!(*publisher)->lookAfter());
    EXPECT_SUCCESS(publish((*publisher)->frames(), small, 1));
    QVERIFY(!(*publisher)->lookAfter());
    FrameReader reader(readableMemory(parsed(address)));
    QCOMPARE(nextNumber(reader), 1U);
    QCOMPARE(::unlink(file.constData()), 0);
    const auto happened = (*publisher)->lookAfter();
    QVERIFY(happened.has_value());
    EXPECT_SUCCESS(*happened);
    EXPECT_CONTAINS(**happened, QStringLiteral("track=False"));
    QVERIFY(!(*publisher)->lookAfter());
    FrameReader fresh(readableMemory(parsed(address)));
    QCOMPARE(nextNumber(fresh), 1U); // it was taken along
    EXPECT_SUCCESS(publish((*publisher)->frames(), small, 2));
    QCOMPARE(nextNumber(reader), 2U);
    QCOMPARE(reader.statistics().sessions, 0U);
    QCOMPARE(reader.ring()->generation, 2U);
}

void TestLiveSegments::replacedSegmentIsLeftAloneUntilItIsGone()
{
    const QString address = m_traces.newAddress(QStringLiteral("posix"));
    const QString file = filesOf(address).first();
    const auto publisher = LivePublisher::make({parsed(address)});
    EXPECT_SUCCESS(publisher);
    EXPECT_SUCCESS(publish((*publisher)->frames(), small, 1));
    QVERIFY(QFile::remove(file));
    QFile theirs(file);
    QVERIFY(theirs.open(QIODevice::WriteOnly) && theirs.write("theirs") == 6);
    theirs.close();
    auto happened = (*publisher)->lookAfter();
    QVERIFY(happened.has_value());
    EXPECT_FAILURE(*happened, ErrorCode::NotOurs);
    QVERIFY(!(*publisher)->lookAfter()); // it is reported only once
    EXPECT_SUCCESS(publish((*publisher)->frames(), small, 2));
    QCOMPARE(QFile(file).size(), 6);
    QVERIFY(QFile::remove(file));
    happened = (*publisher)->lookAfter();
    QVERIFY(happened.has_value());
    EXPECT_SUCCESS(*happened);
    FrameReader reader(readableMemory(parsed(address)));
    QCOMPARE(nextNumber(reader), 2U);
}

void TestLiveSegments::B10_secondPublisherIsRefusedAndTheFirstNamed()
{
    const QString address = m_traces.newAddress(QStringLiteral("posix"));
    const auto publisher = LivePublisher::make({parsed(address)});
    EXPECT_SUCCESS(publisher);
    EXPECT_SUCCESS(publish((*publisher)->frames(), small, 1));
    const Finished second = runToEnd(QStringLiteral(SHMPIX_PEERS "/livepeer"),
                                     {QStringLiteral("write"), address, QStringLiteral("0"), small});
    const auto ticks = startTicks(::getpid());
    QVERIFY(ticks.has_value());
    // ps gets the same time in another way; both clocks count whole seconds.
    const Finished ps = runToEnd(QStringLiteral("ps"), {QStringLiteral("-o"), QStringLiteral("etimes="),
                                                        QStringLiteral("-p"), QString::number(::getpid())});
    const QDateTime since = QDateTime::currentDateTime().addSecs(-ps.out.trimmed().toInt());
    static const QRegularExpression pattern(
        QStringLiteral("is in use: tests_live \\(process ([0-9]+), started ([0-9-]{10} [0-9:]{8})\\) "
                       "shares a picture there"));
    const auto match = pattern.match(QString::fromUtf8(second.out));
    QVERIFY2(match.hasMatch(), second.out.constData());
    QCOMPARE(match.captured(1).toLongLong(), qint64(::getpid()));
    const QDateTime said = QDateTime::fromString(match.captured(2), QStringLiteral("yyyy-MM-dd HH:mm:ss"));
    QVERIFY2(std::abs(said.secsTo(since)) <= 3,
             qPrintable(match.captured(2) + QStringLiteral(", and ps: ") + since.toString()));
    FrameReader reader(readableMemory(parsed(address)));
    QCOMPARE(nextNumber(reader), 1U);
    EXPECT_SUCCESS(publish((*publisher)->frames(), small, 2));
    QCOMPARE(nextNumber(reader), 2U);
}

void TestLiveSegments::E5_readersMapReadOnly()
{
    const QString address = m_traces.newAddress(QStringLiteral("posix"));
    PeerProcess writer(QStringLiteral(SHMPIX_PEERS "/livepeer"),
                       {QStringLiteral("write"), address, QStringLiteral("100"), small});
    QCOMPARE(writer.waitForLine(QStringLiteral("writing")), QStringLiteral("writing"));
    FrameReader reader(readableMemory(parsed(address)));
    QVERIFY(nextNumber(reader) > 0);
    int found = 0;
    for (const QByteArray& line : procText(QStringLiteral("self/maps")).split('\n')) {
        if (line.endsWith(filesOf(address).first().toLocal8Bit())) {
            ++found;
            QVERIFY2(line.contains(" r--s "), line.constData());
        }
    }
    QCOMPARE(found, 1);
    writer.writeLine(QStringLiteral("end"));
    QCOMPARE(writer.exitCode(), 0);
}

/// A path of the user may be a link; the stream behind it is the same at each check.
void TestLiveSegments::linkedFileIsFollowed()
{
    const QString address = m_traces.newAddress(QStringLiteral("file"));
    const QString link = m_traces.newAddress(QStringLiteral("file"));
    const auto publisher = LivePublisher::make({parsed(address)});
    EXPECT_SUCCESS(publisher);
    EXPECT_SUCCESS(publish((*publisher)->frames(), small, 1));
    QVERIFY(QFile::link(filesOf(address).first(), filesOf(link).first()));
    const auto view = viewSegment(parsed(link));
    EXPECT_SUCCESS(view);
    QVERIFY((*view)->isCurrent());
    FrameReader reader(readableMemory(parsed(link)));
    QCOMPARE(nextNumber(reader), 1U);
    EXPECT_SUCCESS(publish((*publisher)->frames(), large, 2)); // in another file of the same name
    QVERIFY(!(*view)->isCurrent());
    QCOMPARE(nextNumber(reader), 2U);
    QVERIFY(QFile::remove(filesOf(link).first()));
}

void TestLiveSegments::addressThatCannotBeMappedIsRefused()
{
    for (const char* address : {"qt:somewhere", "systemv:/somewhere/else"}) {
        EXPECT_FAILURE(LivePublisher::make({parsed(QString::fromLatin1(address))}), ErrorCode::Usage);
        EXPECT_FAILURE(viewSegment(parsed(QString::fromLatin1(address))), ErrorCode::Usage);
    }
}

int tst_livesegments(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestLiveSegments>(argc, argv);
}

#include "tst_livesegments.moc"
