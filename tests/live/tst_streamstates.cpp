#include "tests/live/readstream.h"
#include "tests/live/writtenstream.h"
#include "tests/support/runtest.h"

#include <thread>

using namespace shmpix;
using namespace shmpix::test;

using namespace std::chrono_literals;

namespace {

constexpr auto patience = 20s;
constexpr quint32 closedState = 2;
constexpr quint32 movedState = 3;

} // namespace

/// A reader follows a stream whatever happens to its rings: FORMAT.md, "Life of a segment".
class TestStreamStates : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void B1_readerThatIsFirstWaits();
    void B2_ringThatIsNotFilledYetIsWaitedFor();
    void A13_somethingElseIsForeign();
    void A14_newerMajorVersionIsRefusedAndWaitedOut();
    void B3_closedStreamGivesItsLastFrame();
    void B3_nextStreamAfterAClosedOneIsRead();
    void B4_nextWriterAfterAKilledOneIsRead();
    void C10_sameCountersOfAnotherSessionAreNew();
    void B7_movedStreamIsFollowedWithoutReadingAFrameTwice();
    void B7_newReaderOfAMovedStreamReadsItsNewest();
    void B7_everyFrameOfAGrowingStreamIsRead();
    void movedStreamWithoutASuccessorCostsLittle();
    void B5_replacedRingIsNoticedWithoutAWord();
    void B8_removedRingIsReadOn();
    void removedRingWithSomethingElseInItsPlaceIsReadOn();
    void B6_cutRingIsLeft();
    void B6_cutRingGivesNoFrame();
    void unknownStateIsOpen();
    void waitingEndsInTime();
    void waitingEndsOnRequest();
    void B15_silentWriterIsNotGone();
};

void TestStreamStates::B1_readerThatIsFirstWaits()
{
    ReadStream stream;
    QVERIFY(!stream.waits());
    QCOMPARE(stream.reader.state(), StreamState::Absent);
    QCOMPARE(stream.reader.reason().code, ErrorCode::NotFound);
    HandmadeRing ring;
    ring.putFrame(frameNumber(1, 10));
    std::thread later([&] { stream.place.put(ring.shared()); });
    QCOMPARE(stream.nextNumber(patience), 10);
    later.join();
    QCOMPARE(stream.reader.state(), StreamState::Open);
    QCOMPARE(stream.reader.statistics().sessions, 0U);
}

void TestStreamStates::B2_ringThatIsNotFilledYetIsWaitedFor()
{
    HandmadeRing ring;
    ring.putFrame(frameNumber(1, 10));
    ring.put<quint32>(128, 0);
    ReadStream stream(ring);
    QCOMPARE(stream.nextNumber(), -1);
    QCOMPARE(stream.reader.state(), StreamState::Absent);
    QVERIFY(stream.reader.reason().text.contains(QStringLiteral("not been filled yet")));
    ring.put<quint32>(128, 1);
    QCOMPARE(stream.nextNumber(patience), 10);
}

void TestStreamStates::A13_somethingElseIsForeign()
{
    ReadStream stream;
    stream.place.put(std::make_shared<RingBytes>(4096));
    QVERIFY(!stream.waits());
    QCOMPARE(stream.reader.state(), StreamState::Foreign);
    HandmadeRing ring;
    ring.putFrame(frameNumber(1, 10));
    stream.place.put(ring.shared());
    QCOMPARE(stream.nextNumber(patience), 10);
}

void TestStreamStates::A14_newerMajorVersionIsRefusedAndWaitedOut()
{
    HandmadeRing newer;
    newer.put<quint16>(8, 2);
    newer.sign();
    ReadStream stream(newer);
    QVERIFY(!stream.waits());
    QCOMPARE(stream.reader.state(), StreamState::Refused);
    QVERIFY2(stream.reader.reason().text.contains(QStringLiteral("2.0")),
             qPrintable(stream.reader.reason().text));
    HandmadeRing ring;
    ring.putFrame(frameNumber(1, 10));
    stream.place.put(ring.shared());
    QCOMPARE(stream.nextNumber(patience), 10);
}

void TestStreamStates::B3_closedStreamGivesItsLastFrame()
{
    HandmadeRing ring;
    ring.putFrame(frameNumber(1, 10));
    ReadStream stream(ring);
    QCOMPARE(stream.nextNumber(), 10);
    ring.putFrame(frameNumber(2, 20));
    ring.put<quint32>(128, closedState);
    ring.put<quint32>(132, 3);
    stream.place.remove();
    QCOMPARE(stream.nextNumber(), 20);
    QVERIFY(stream.becomes(StreamState::Closed));
    QCOMPARE(stream.nextNumber(), -1);
}

void TestStreamStates::B3_nextStreamAfterAClosedOneIsRead()
{
    HandmadeRing ring;
    ring.putFrame(frameNumber(1, 10));
    ring.put<quint32>(128, closedState);
    ReadStream stream(ring);
    QCOMPARE(stream.nextNumber(), 10); // it was kept
    QCOMPARE(stream.reader.state(), StreamState::Closed);
    HandmadeRing next({}, 8);
    next.putFrame(frameNumber(1, 11));
    stream.place.put(next.shared());
    QCOMPARE(stream.nextNumber(patience), 11);
    QCOMPARE(stream.reader.state(), StreamState::Open);
    QCOMPARE(stream.reader.statistics().sessions, 1U);
}

/// The killed writer leaves a ring that says "open" and no longer changes.
void TestStreamStates::B4_nextWriterAfterAKilledOneIsRead()
{
    HandmadeRing ring;
    ring.putFrame(frameNumber(40, 10));
    ReadStream stream(ring);
    QCOMPARE(stream.nextNumber(), 10);
    HandmadeRing next({}, 8);
    next.putFrame(frameNumber(1, 11));
    stream.place.put(next.shared());
    QCOMPARE(stream.nextNumber(patience), 11);
    QCOMPARE(stream.reader.statistics().sessions, 1U);
    QCOMPARE(stream.reader.statistics().missed, 0U);
}

void TestStreamStates::C10_sameCountersOfAnotherSessionAreNew()
{
    HandmadeRing ring({}, 7);
    ring.putFrame(frameNumber(3, 10));
    ReadStream stream(ring);
    QCOMPARE(stream.nextNumber(), 10);
    HandmadeRing same({}, 7); // the same stream, which has moved
    same.putFrame(frameNumber(3, 10));
    stream.place.put(same.shared());
    QCOMPARE(stream.nextNumber(1s), -1);
    HandmadeRing other({}, 8);
    other.putFrame(frameNumber(3, 10));
    stream.place.put(other.shared());
    const auto frame = stream.next(patience);
    QVERIFY(frame.has_value());
    QCOMPARE(frame->session.toRfc4122(), QByteArray(16, '\10'));
    QCOMPARE(stream.reader.statistics().sessions, 1U);
    QCOMPARE(stream.reader.statistics().duplicates, 0U);
}

void TestStreamStates::B7_movedStreamIsFollowedWithoutReadingAFrameTwice()
{
    Stream written;
    ReadStream stream;
    QVERIFY_VALUE(written.write(small));
    stream.place.put(written.place.current());
    QCOMPARE(stream.nextNumber(), 1);
    QVERIFY_VALUE(written.writer.begin(*parseLayout(large))); // it has moved, and has no new frame yet
    stream.place.put(written.place.current());
    QCOMPARE(stream.nextNumber(200ms), -1);
    QCOMPARE(stream.reader.ring()->generation, 2U);
    written.writer.publish();
    QCOMPARE(stream.nextNumber(patience), 2);
    QCOMPARE(stream.reader.statistics().sessions, 0U);
    QCOMPARE(stream.reader.statistics().missed, 0U);
}

void TestStreamStates::B7_newReaderOfAMovedStreamReadsItsNewest()
{
    Stream written;
    QVERIFY_VALUE(written.write(small));
    QVERIFY_VALUE(written.writer.begin(*parseLayout(large)));
    ReadStream stream;
    stream.place.put(written.place.current());
    const auto frame = stream.next();
    QVERIFY(frame.has_value());
    QCOMPARE(frame->serial, 1U);
    QCOMPARE(layoutText(frame->entry.layout), small);
    QVERIFY(isFrame(stream.bytes, 1));
}

void TestStreamStates::B7_everyFrameOfAGrowingStreamIsRead()
{
    RingPlace place;
    FrameWriter writer(place.writer());
    FrameReader reader(place.reader());
    std::vector<std::byte> bytes;
    for (quint64 n = 1; n <= 40; ++n) {
        const PixelLayout layout = *parseLayout(QStringLiteral("%1x%2:bgr8").arg(n * 29).arg(41 - n));
        const auto room = writer.begin(layout);
        QVERIFY_VALUE(room);
        fillFrame(*room, n);
        writer.publish();
        QVERIFY(reader.wait(std::chrono::steady_clock::now() + patience));
        const auto frame = reader.copy(bytes);
        QVERIFY_VALUE(frame);
        QVERIFY(frame->has_value());
        QCOMPARE((*frame)->serial, n);
        QVERIFY((*frame)->entry.layout == layout);
        QVERIFY(isFrame(bytes, n));
    }
    QVERIFY(writer.ring()->generation > 5);
}

/// The writer died between the two steps: the reader looks the name up more and more rarely.
void TestStreamStates::movedStreamWithoutASuccessorCostsLittle()
{
    HandmadeRing ring;
    ring.putFrame(frameNumber(1, 10));
    ReadStream stream(ring);
    QCOMPARE(stream.nextNumber(), 10);
    ring.put<quint32>(128, movedState);
    stream.place.remove();
    QCOMPARE(stream.nextNumber(1500ms), -1);
    const int before = stream.place.openings;
    QCOMPARE(stream.nextNumber(2s), -1);
    const int openings = stream.place.openings - before;
    QVERIFY2(openings >= 1 && openings <= 10, qPrintable(QString::number(openings)));
    HandmadeRing next({}, 8);
    next.putFrame(frameNumber(1, 11));
    stream.place.put(next.shared());
    QCOMPARE(stream.nextNumber(patience), 11);
}

/// The writer was killed after the new ring got the name, and before it noted that in the old one.
void TestStreamStates::B5_replacedRingIsNoticedWithoutAWord()
{
    HandmadeRing ring;
    ring.putFrame(frameNumber(1, 10));
    ReadStream stream(ring);
    QCOMPARE(stream.nextNumber(), 10);
    HandmadeRing next;
    next.put<quint64>(72, 2);
    next.sign();
    next.putFrame(frameNumber(2, 20));
    stream.place.put(next.shared());
    QCOMPARE(stream.nextNumber(patience), 20);
    QCOMPARE(stream.reader.ring()->generation, 2U);
}

void TestStreamStates::B8_removedRingIsReadOn()
{
    HandmadeRing ring;
    ring.putFrame(frameNumber(1, 10));
    ReadStream stream(ring);
    QCOMPARE(stream.nextNumber(), 10);
    stream.place.remove();
    QCOMPARE(stream.nextNumber(1s), -1);
    QCOMPARE(stream.reader.state(), StreamState::Open);
    ring.putFrame(frameNumber(2, 20));
    QCOMPARE(stream.nextNumber(patience), 20);
}

void TestStreamStates::removedRingWithSomethingElseInItsPlaceIsReadOn()
{
    HandmadeRing ring;
    ring.putFrame(frameNumber(1, 10));
    ReadStream stream(ring);
    QCOMPARE(stream.nextNumber(), 10);
    stream.place.put(std::make_shared<RingBytes>(4096));
    QCOMPARE(stream.nextNumber(1s), -1);
    ring.putFrame(frameNumber(2, 20));
    QCOMPARE(stream.nextNumber(patience), 20);
}

void TestStreamStates::B6_cutRingIsLeft()
{
    HandmadeRing ring;
    ring.putFrame(frameNumber(1, 10));
    ReadStream stream(ring);
    QCOMPARE(stream.nextNumber(), 10);
    stream.place.remove();
    ring.shared()->isCut = true;
    QVERIFY(stream.becomes(StreamState::Absent));
    HandmadeRing next;
    next.putFrame(frameNumber(2, 20));
    stream.place.put(next.shared());
    QCOMPARE(stream.nextNumber(patience), 20);
}

/// The ring was cut while the frame was copied.
void TestStreamStates::B6_cutRingGivesNoFrame()
{
    HandmadeRing ring;
    ring.putFrame(frameNumber(1, 10));
    ReadStream stream(ring);
    QVERIFY(stream.waits());
    const auto frame = stream.reader.visit([&](const SlotEntry&, std::span<const std::byte>) -> Result<void> {
        ring.shared()->isCut = true;
        return {};
    });
    QVERIFY_VALUE(frame);
    QVERIFY(!*frame);
    QCOMPARE(stream.reader.statistics().frames, 0U);
}

void TestStreamStates::unknownStateIsOpen()
{
    HandmadeRing ring;
    ring.put<quint32>(128, 4711);
    ring.putFrame(frameNumber(1, 10));
    ReadStream stream(ring);
    QCOMPARE(stream.nextNumber(), 10);
    QCOMPARE(stream.reader.state(), StreamState::Open);
}

void TestStreamStates::waitingEndsInTime()
{
    const HandmadeRing ring;
    ReadStream stream(ring);
    QVERIFY(!stream.waits()); // opens it
    const auto before = std::chrono::steady_clock::now();
    QVERIFY(!stream.waits(300ms));
    QVERIFY(std::chrono::steady_clock::now() - before >= 300ms);
}

void TestStreamStates::waitingEndsOnRequest()
{
    const HandmadeRing ring;
    ReadStream stream(ring);
    QVERIFY(!stream.waits());
    std::stop_source stop;
    std::thread later([&stop] { stop.request_stop(); });
    QVERIFY(!stream.reader.wait(std::chrono::steady_clock::time_point::max(), stop.get_token()));
    later.join();
}

void TestStreamStates::B15_silentWriterIsNotGone()
{
    HandmadeRing ring;
    ring.putFrame(frameNumber(1, 10));
    ring.put<quint64>(144, 1);
    ReadStream stream(ring);
    QCOMPARE(stream.nextNumber(), 10);
    QCOMPARE(stream.nextNumber(1500ms), -1);
    QCOMPARE(stream.reader.state(), StreamState::Open);
    QCOMPARE(stream.reader.heartbeat(), 1);
    ring.putFrame(frameNumber(2, 20));
    QCOMPARE(stream.nextNumber(patience), 20);
}

int tst_streamstates(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestStreamStates>(argc, argv);
}

#include "tst_streamstates.moc"
