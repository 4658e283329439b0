#include "tests/live/readstream.h"
#include "tests/live/writtenstream.h"
#include "tests/support/runtest.h"

#include <atomic>
#include <thread>

using namespace shmpix;
using namespace shmpix::test;

using namespace std::chrono_literals;

namespace {

constexpr auto patience = 20s;

} // namespace

/// Frames that a writer overwrites while they are read, or never finishes.
class TestTornFrames : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void C2_stuckSequenceCostsNothing_data();
    void C2_stuckSequenceCostsNothing();
    void C2_frameThatComesAfterATornOneIsReadAtOnce();
    void tornFrameIsTriedThreeTimes();
    void tornFrameThatComesAgainIsRead();
    void C4_flatOutWriterDoesNotStarveItsReaders();
};

void TestTornFrames::C2_stuckSequenceCostsNothing_data()
{
    QTest::addColumn<quint32>("flags");
    // In two seconds, three each time, and some for looking up the name.
    QTest::addColumn<quint64>("mostTries");
    QTest::addRow("a writer that wakes") << 1U << quint64{3 * (20 + 10)};
    QTest::addRow("a writer that does not") << 0U << quint64{3 * (400 + 10)};
}

/// The writer begins to overwrite its newest frame, which no writer of ours does, and stops there.
void TestTornFrames::C2_stuckSequenceCostsNothing()
{
    QFETCH(quint32, flags);
    QFETCH(quint64, mostTries);
    HandmadeRing ring;
    ring.put<quint32>(104, flags);
    ring.sign();
    ring.putFrame(frameNumber(1, 10));
    ReadStream stream(ring);
    QCOMPARE(stream.nextNumber(), 10);
    ring.putFrame(frameNumber(2, 20));
    ring.put<quint64>(ring.entryOf(2), 3);
    QCOMPARE(stream.nextNumber(1200ms), -1); // until it takes the stream for idle
    const quint64 before = stream.reader.statistics().torn;
    QCOMPARE(stream.nextNumber(2000ms), -1);
    const quint64 tries = stream.reader.statistics().torn - before;
    QVERIFY2(tries > 0 && tries <= mostTries, qPrintable(QString::number(tries)));
    QCOMPARE(stream.reader.state(), StreamState::Open);
    ring.put<quint64>(ring.entryOf(2), 4);
    QCOMPARE(stream.nextNumber(patience), 20);
}

void TestTornFrames::C2_frameThatComesAfterATornOneIsReadAtOnce()
{
    HandmadeRing ring;
    ring.putFrame(frameNumber(1, 10));
    ring.put<quint64>(ring.entryOf(1), 1);
    ReadStream stream(ring);
    QCOMPARE(stream.nextNumber(), -1);
    QVERIFY(!stream.waits()); // it is known to be torn
    ring.putFrame(frameNumber(2, 20));
    QVERIFY(stream.waits());
    QCOMPARE(stream.nextNumber(), 20);
}

void TestTornFrames::tornFrameIsTriedThreeTimes()
{
    HandmadeRing ring;
    ring.putFrame(frameNumber(1, 10));
    ReadStream stream(ring);
    QVERIFY(stream.waits());
    int visits = 0;
    const auto frame = stream.reader.visit([&](const SlotEntry&, std::span<const std::byte>) -> Result<void> {
        // The ring makes a full round.
        ++visits;
        ring.putFrame(frameNumber(1 + 3 * quint64(visits), 10));
        return {};
    });
    QVERIFY_VALUE(frame);
    QVERIFY(!*frame);
    QCOMPARE(visits, 3);
    QCOMPARE(stream.reader.statistics().torn, 3U);
    QCOMPARE(stream.reader.statistics().frames, 0U);
}

/// This holds even if the visitor failed because of the torn frame.
void TestTornFrames::tornFrameThatComesAgainIsRead()
{
    HandmadeRing ring;
    ring.putFrame(frameNumber(1, 10));
    ReadStream stream(ring);
    QVERIFY(stream.waits());
    std::vector<quint64> seen;
    const auto frame =
        stream.reader.visit([&](const SlotEntry& entry, std::span<const std::byte>) -> Result<void> {
            seen.push_back(entry.number);
            if (seen.size() == 1) {
                ring.putFrame(frameNumber(4, 40));
                return Error{ErrorCode::BadData, QStringLiteral("Torn.")};
            }
            return {};
        });
    QVERIFY_VALUE(frame);
    QVERIFY(frame->has_value());
    QCOMPARE((*frame)->entry.number, 40U);
    QVERIFY((seen == std::vector<quint64>{10, 40}));
    QCOMPARE(stream.reader.statistics().torn, 1U);
    QCOMPARE(stream.reader.statistics().damaged, 0U);
}

void TestTornFrames::C4_flatOutWriterDoesNotStarveItsReaders()
{
    RingPlace place;
    std::atomic<bool> isOver = false;
    std::thread writer([&] {
        FrameWriter frames(place.writer());
        for (quint64 n = 1; !isOver; ++n) {
            const auto room = frames.begin(*parseLayout(QStringLiteral("128x128:gray8")));
            fillFrame(*room, n);
            frames.publish();
        }
    });
    std::atomic<int> violations = 0;
    const auto read = [&] {
        FrameReader reader(place.reader());
        std::vector<std::byte> bytes;
        const auto deadline = std::chrono::steady_clock::now() + patience;
        quint64 last = 0;
        while (reader.statistics().frames < 300 && std::chrono::steady_clock::now() < deadline) {
            const auto frame = reader.wait(deadline) ? reader.copy(bytes) : std::optional<FrameInfo>();
            if (!frame || (*frame && ((*frame)->serial <= last || !isFrame(bytes, (*frame)->serial)))) {
                ++violations;
            } else if (*frame) {
                last = (*frame)->serial;
            }
        }
        violations += reader.statistics().frames < 300 ? 1 : 0;
    };
    std::thread other(read);
    read();
    other.join();
    isOver = true;
    writer.join();
    QCOMPARE(violations.load(), 0);
}

int tst_tornframes(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestTornFrames>(argc, argv);
}

#include "tst_tornframes.moc"
