#include "common/base/checksums.h"
#include "tests/live/readstream.h"
#include "tests/live/writtenstream.h"
#include "tests/support/runtest.h"

#include <limits>
#include <thread>

using namespace shmpix;
using namespace shmpix::test;

/// How a reader handles a ring, step by step, whatever its writer does or leaves undone: FORMAT.md, "Order".
class TestFrameReader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void frameComesOutAsItLies();
    void newestWinsAndTheOthersAreCounted();
    void frameComesOnce();
    void C8_numbersThatRepeatAreCounted();
    void C8_framesThatGoBackAreNew();
    void C8_framesNearTheLargestNumbersAreRead_data();
    void C8_framesNearTheLargestNumbersAreRead();
    void C8_wakeWordThatWrapsWakes();
    void C1_frameThatIsBeingMadeLeavesTheOneBefore();
    void C9_whatChangesAfterTheCheckHasNoEffect();
    void C9_entryThatChangesUnderTheVisitorHasNoEffect();
    void C11_publishingInTheFutureHasNoAge_data();
    void C11_publishingInTheFutureHasNoAge();
    void A16_damagedFrameIsDroppedAlone();
    void A17_entryThatCannotBeIsDroppedAlone();
    void visitorsErrorIsGivenOn();
    void visitingBeforeWaitingGivesNothing();
};

void TestFrameReader::frameComesOutAsItLies()
{
    HandmadeRing ring({3, 320, 1024, 5, 200}); // of a later version
    HandmadeFrame made = frameNumber(8, 123);
    made.offset = 3;
    made.bytes = 20;
    made.captured = 55;
    made.text = "a text";
    ring.putFrame(made);
    ReadStream stream(ring);
    const auto frame = stream.next();
    QVERIFY(frame.has_value());
    QCOMPARE(frame->serial, 8U);
    QCOMPARE(frame->session.toRfc4122(), QByteArray(16, '\7'));
    QCOMPARE(frame->entry.number, 123U);
    QCOMPARE(layoutText(frame->entry.layout), QStringLiteral("4x2:gray8,offset=3"));
    QCOMPARE(frame->entry.bytes, 20);
    QCOMPARE(frame->entry.captured, 55);
    QCOMPARE(frame->entry.metadata, QByteArray("a text"));
    QCOMPARE(test::textOf(stream.bytes).toHex(), handmadePixels(made).toHex());
    QCOMPARE(stream.reader.ring()->minor, quint16{3});
}

void TestFrameReader::newestWinsAndTheOthersAreCounted()
{
    HandmadeRing ring;
    ReadStream stream(ring);
    ring.putFrame(frameNumber(1, 10));
    QCOMPARE(stream.nextNumber(), 10);
    for (quint64 n = 2; n <= 9; ++n) {
        ring.putFrame(frameNumber(n, n * 10));
    }
    QCOMPARE(stream.nextNumber(), 90);
    QCOMPARE(stream.reader.statistics().frames, 2U);
    QCOMPARE(stream.reader.statistics().missed, 7U);
}

void TestFrameReader::frameComesOnce()
{
    HandmadeRing ring;
    ReadStream stream(ring);
    QCOMPARE(stream.nextNumber(), -1);
    ring.putFrame(frameNumber(1, 10));
    QCOMPARE(stream.nextNumber(), 10);
    QCOMPARE(stream.nextNumber(), -1);
    QVERIFY(!stream.waits());
    const auto again = stream.reader.copy(stream.bytes);
    QVERIFY_VALUE(again);
    QVERIFY(!*again);
}

void TestFrameReader::C8_numbersThatRepeatAreCounted()
{
    HandmadeRing ring;
    ReadStream stream(ring);
    const quint64 last = std::numeric_limits<quint64>::max();
    quint64 n = 0;
    for (const quint64 number : {last - 1, last, last, quint64{0}, quint64{1}, quint64{1}}) {
        ring.putFrame(frameNumber(++n, number));
        QCOMPARE(stream.nextNumber(), qint64(number));
    }
    QCOMPARE(stream.reader.statistics().duplicates, 2U);
    QCOMPARE(stream.reader.statistics().frames, 6U);
    QCOMPARE(stream.reader.statistics().missed, 0U); // the source determines the numbers
}

void TestFrameReader::C8_framesThatGoBackAreNew()
{
    HandmadeRing ring;
    ReadStream stream(ring);
    ring.putFrame(frameNumber(100, 1));
    QCOMPARE(stream.nextNumber(), 1);
    ring.putFrame(frameNumber(5, 2));
    QCOMPARE(stream.nextNumber(), 2);
    ring.putFrame(frameNumber(7, 3));
    QCOMPARE(stream.nextNumber(), 3);
    QCOMPARE(stream.reader.statistics().missed, 1U);
}

void TestFrameReader::C8_framesNearTheLargestNumbersAreRead_data()
{
    QTest::addColumn<quint64>("first");
    QTest::addRow("2^32") << (quint64{1} << 32) - 2;
    QTest::addRow("2^31") << (quint64{1} << 31) - 2;
    QTest::addRow("2^62") << (quint64{1} << 62) - 2;
}

void TestFrameReader::C8_framesNearTheLargestNumbersAreRead()
{
    QFETCH(quint64, first);
    HandmadeRing ring;
    ReadStream stream(ring);
    for (quint64 n = first; n < first + 5; ++n) {
        ring.putFrame(frameNumber(n, n));
        const auto frame = stream.next();
        QVERIFY(frame.has_value());
        QCOMPARE(frame->serial, n);
        QCOMPARE(frame->entry.number, n);
    }
    QCOMPARE(stream.reader.statistics().missed, 0U);
}

void TestFrameReader::C8_wakeWordThatWrapsWakes()
{
    Stream written;
    QVERIFY_VALUE(written.write(small));
    const auto ring = written.place.current();
    qToLittleEndian(~quint32{0}, ring->span().subspan(132).data());
    ReadStream stream;
    stream.place.put(ring);
    QCOMPARE(stream.nextNumber(), 1);
    // Nobody looks between the frames; only a wake-up or a check after a tenth of a second reveals the next.
    std::thread later([&written] { static_cast<void>(written.write(small)); });
    QCOMPARE(stream.nextNumber(std::chrono::seconds(20)), 2);
    later.join();
    QCOMPARE(test::at<quint32>(ring, 132), 0U);
}

void TestFrameReader::C1_frameThatIsBeingMadeLeavesTheOneBefore()
{
    HandmadeRing ring;
    ring.putFrame(frameNumber(1, 10));
    ring.put<quint64>(ring.entryOf(2), 3); // its writer was killed here
    ring.putBytes(ring.pixelsOf(2), "half");
    ReadStream stream(ring);
    QCOMPARE(stream.nextNumber(), 10);
    QCOMPARE(test::textOf(stream.bytes).toHex(), handmadePixels(frameNumber(1, 10)).toHex());
    QCOMPARE(stream.nextNumber(), -1);
    QCOMPARE(stream.reader.statistics().torn, 0U);
}

void TestFrameReader::C9_whatChangesAfterTheCheckHasNoEffect()
{
    HandmadeRing ring({0, 256, 512, 5, 64});
    ring.putFrame(frameNumber(1, 10));
    ReadStream stream(ring);
    QCOMPARE(stream.nextNumber(), 10);
    ring.putBytes(0, QByteArray(128, '\xff'));
    ring.putFrame(frameNumber(2, 20));
    const auto frame = stream.next();
    QVERIFY(frame.has_value());
    QCOMPARE(frame->entry.number, 20U);
    QCOMPARE(stream.reader.ring()->slots, 5U);
}

/// The peer does not announce its write: the copy that was checked is what counts.
void TestFrameReader::C9_entryThatChangesUnderTheVisitorHasNoEffect()
{
    HandmadeRing ring;
    ring.putFrame(frameNumber(1, 10));
    ReadStream stream(ring);
    QVERIFY(stream.waits());
    std::size_t size = 0;
    const auto frame =
        stream.reader.visit([&](const SlotEntry&, std::span<const std::byte> bytes) -> Result<void> {
            ring.putBytes(ring.entryOf(1) + 8, QByteArray(504, '\xff'));
            size = bytes.size();
            return {};
        });
    QVERIFY_VALUE(frame);
    QVERIFY(frame->has_value());
    QCOMPARE((*frame)->entry.number, 10U);
    QCOMPARE((*frame)->entry.bytes, 8);
    QCOMPARE(size, 8U);
}

void TestFrameReader::C11_publishingInTheFutureHasNoAge_data()
{
    QTest::addColumn<quint64>("published");
    QTest::addColumn<bool>("isKnown");
    QTest::addRow("unknown") << quint64{0} << false;
    QTest::addRow("long ago") << quint64{1} << true;
    QTest::addRow("in 29 years") << (quint64{1} << 60) << false;
    QTest::addRow("2^63 - 1") << quint64(std::numeric_limits<qint64>::max()) << false;
    QTest::addRow("2^63") << (quint64{1} << 63) << false;
    QTest::addRow("2^64 - 1") << ~quint64{0} << false;
}

void TestFrameReader::C11_publishingInTheFutureHasNoAge()
{
    QFETCH(quint64, published);
    QFETCH(bool, isKnown);
    HandmadeRing ring;
    HandmadeFrame made = frameNumber(1, 10);
    made.published = published;
    made.captured = published;
    ring.putFrame(made);
    ReadStream stream(ring);
    QCOMPARE(stream.nextNumber(), 10);
    QCOMPARE(stream.reader.statistics().age >= 0, isKnown);
    QVERIFY(stream.reader.statistics().age >= -1);
}

void TestFrameReader::A16_damagedFrameIsDroppedAlone()
{
    HandmadeRing ring;
    ReadStream stream(ring);
    for (quint64 n = 1; n <= 4; ++n) {
        HandmadeFrame made = frameNumber(n, n * 10);
        made.flags = 2;
        const QByteArray pixels = handmadePixels(made);
        made.checksum = crc32(0, spanOf(pixels)) + (n == 2 ? 1 : 0);
        ring.putFrame(made);
        QCOMPARE(stream.nextNumber(), n == 2 ? -1 : qint64(n) * 10);
        QCOMPARE(stream.error.has_value(), n >= 2);
    }
    QCOMPARE(stream.error->code, ErrorCode::BadData);
    QVERIFY2(stream.error->text.startsWith(QStringLiteral("Frame 20 is damaged")),
             qPrintable(stream.error->text));
    QCOMPARE(stream.reader.statistics().damaged, 1U);
    QCOMPARE(stream.reader.statistics().frames, 3U);
    QCOMPARE(stream.reader.statistics().missed, 0U);
}

void TestFrameReader::A17_entryThatCannotBeIsDroppedAlone()
{
    HandmadeRing ring;
    ReadStream stream(ring);
    HandmadeFrame made = frameNumber(1, 10);
    made.bytes = 65; // the ring's slots have 64
    ring.putFrame(made);
    QCOMPARE(stream.nextNumber(), -1);
    QCOMPARE(stream.error->code, ErrorCode::BadData);
    QVERIFY(!stream.waits()); // it is not offered again
    ring.putFrame(frameNumber(2, 20));
    QCOMPARE(stream.nextNumber(), 20);
    QCOMPARE(stream.reader.statistics().damaged, 1U);
}

void TestFrameReader::visitorsErrorIsGivenOn()
{
    HandmadeRing ring;
    ring.putFrame(frameNumber(1, 10));
    ReadStream stream(ring);
    QVERIFY(stream.waits());
    const auto frame = stream.reader.visit([](const SlotEntry&, std::span<const std::byte>) {
        return Result<void>(Error{ErrorCode::NoSpace, QStringLiteral("No room.")});
    });
    QVERIFY(!frame);
    QCOMPARE(frame.error().code, ErrorCode::NoSpace);
    QVERIFY(!stream.waits());
}

void TestFrameReader::visitingBeforeWaitingGivesNothing()
{
    HandmadeRing ring;
    ring.putFrame(frameNumber(1, 10));
    ReadStream stream(ring);
    const auto frame = stream.reader.copy(stream.bytes);
    QVERIFY_VALUE(frame);
    QVERIFY(!*frame);
    QCOMPARE(stream.reader.heartbeat(), 0);
}

int tst_framereader(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestFrameReader>(argc, argv);
}

#include "tst_framereader.moc"
