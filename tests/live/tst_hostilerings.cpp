#include "common/base/checksums.h"
#include "tests/live/readstream.h"
#include "tests/support/runtest.h"

#include <QRandomGenerator>

using namespace shmpix;
using namespace shmpix::test;

namespace {

HandmadeFrame checkedFrame(quint64 n)
{
    HandmadeFrame frame = frameNumber(n, n * 10);
    frame.flags = 2;
    frame.text = "frame";
    const QByteArray pixels = handmadePixels(frame);
    frame.checksum = crc32(0, spanOf(pixels));
    return frame;
}

void fillWithNoise(std::span<std::byte> bytes, QRandomGenerator& random)
{
    for (std::byte& byte : bytes) {
        byte = std::byte(random.bounded(256));
    }
}

} // namespace

/// A17: rings with bytes that no writer wrote. A reader never crashes, hangs or reads outside the ring (which
/// the sanitisers check), and never accepts anything that is not a frame.
class TestHostileRings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void A17_segmentOfOneByteIsNoRing_data();
    void A17_segmentOfOneByteIsNoRing();
    void A17_noiseIsNoRing();
    void A17_everyBitIsTheFrameOrNone();
    void A17_entriesOfNoiseGiveNoFrameBesideTheirSlots();
    void A17_wordsOfNoiseGiveNoFrame();
    void A12_segmentShorterThanTheRingIsRefused();
};

void TestHostileRings::A17_segmentOfOneByteIsNoRing_data()
{
    QTest::addColumn<int>("byte");
    QTest::addColumn<qint64>("size");
    for (const int byte : {0x00, 0xff, 0x53}) {
        for (const qint64 size : {1, 7, 8, 127, 128, 129, 255, 256, 4096}) {
            QTest::addRow("%lld of %02x", size, unsigned(byte)) << byte << size;
        }
    }
}

void TestHostileRings::A17_segmentOfOneByteIsNoRing()
{
    QFETCH(int, byte);
    QFETCH(qint64, size);
    ReadStream stream;
    stream.place.put(std::make_shared<RingBytes>(size));
    std::ranges::fill(stream.place.current()->span(), std::byte(byte));
    QCOMPARE(stream.nextNumber(), -1);
    QCOMPARE(stream.reader.state(), byte == 0 ? StreamState::Absent : StreamState::Foreign);
    QVERIFY(stream.reader.reason().text.size() > 20);
    QVERIFY(!stream.reader.ring());
}

void TestHostileRings::A17_noiseIsNoRing()
{
    QRandomGenerator random(17);
    for (int i = 0; i < 1000; ++i) {
        ReadStream stream;
        stream.place.put(std::make_shared<RingBytes>(random.bounded(1, 3000)));
        fillWithNoise(stream.place.current()->span(), random);
        QCOMPARE(stream.nextNumber(), -1);
        QCOMPARE(stream.reader.state(), StreamState::Foreign);
    }
}

void TestHostileRings::A17_everyBitIsTheFrameOrNone()
{
    const QByteArray wanted = handmadePixels(checkedFrame(2));
    HandmadeRing ring;
    ring.putFrame(checkedFrame(1));
    ring.putFrame(checkedFrame(2));
    int frames = 0;
    for (std::size_t bit = 0; bit < ring.span().size() * 8; ++bit) {
        ring.span()[bit / 8] ^= std::byte(1 << (bit % 8));
        ReadStream stream(ring);
        const auto frame = stream.next();
        if (frame) {
            ++frames;
            QVERIFY2(test::textOf(stream.bytes) == wanted, qPrintable(QString::number(bit)));
            QVERIFY_VALUE(checkedExtent(frame->entry.layout, frame->entry.bytes));
        }
        ring.span()[bit / 8] ^= std::byte(1 << (bit % 8));
    }
    QVERIFY2(frames > 1000 && frames < int(ring.span().size()) * 8, qPrintable(QString::number(frames)));
}

void TestHostileRings::A17_entriesOfNoiseGiveNoFrameBesideTheirSlots()
{
    QRandomGenerator random(18);
    for (int i = 0; i < 3000; ++i) {
        HandmadeRing ring;
        HandmadeFrame made = checkedFrame(1);
        // Each field is good, random or an extreme, so that all checks are reached.
        const auto field = [&random](quint64 good) {
            const std::array<quint64, 8> values = {good,
                                                   good,
                                                   good,
                                                   random.generate64(),
                                                   random.bounded(128U),
                                                   0,
                                                   ~quint64{0},
                                                   quint64{1} << 63};
            return values.at(random.bounded(quint32(values.size())));
        };
        made.width = quint32(field(4));
        made.height = quint32(field(2));
        made.stride = qint64(field(0));
        made.offset = field(0);
        made.bytes = field(8);
        made.flags = quint32(field(0));
        ring.putFrame(made);
        ring.put<quint32>(ring.entryOf(1) + 88, quint32(field(5)));
        ReadStream stream(ring);
        if (const auto frame = stream.next()) {
            QVERIFY(stream.bytes.size() <= 64);
            QCOMPARE(qint64(stream.bytes.size()), frame->entry.bytes);
            QVERIFY_VALUE(checkedExtent(frame->entry.layout, frame->entry.bytes));
            QVERIFY(frame->entry.metadata.size() <= 416);
        }
    }
}

void TestHostileRings::A17_wordsOfNoiseGiveNoFrame()
{
    QRandomGenerator random(19);
    HandmadeRing ring;
    ring.putFrame(checkedFrame(1));
    ReadStream stream(ring);
    QCOMPARE(stream.nextNumber(), 10);
    for (int i = 0; i < 3000; ++i) {
        // The ring must be open, or the reader leaves. These bytes hold state, wake, newest, heartbeat.
        fillWithNoise(ring.span().subspan(132, 256 - 132), random);
        ring.put<quint64>(ring.entryOf(quint64(random.bounded(1, 4))), random.generate64() | 1U);
        QVERIFY(!stream.next());
    }
    ring.put<quint64>(ring.entryOf(2), 0);
    ring.putFrame(checkedFrame(2));
    QCOMPARE(stream.nextNumber(std::chrono::seconds(20)), 20);
}

void TestHostileRings::A12_segmentShorterThanTheRingIsRefused()
{
    HandmadeRing ring;
    ring.putFrame(checkedFrame(1));
    const auto whole = ring.span();
    for (std::size_t size = 1; size < whole.size(); size += size < 300 ? 1 : 61) {
        ReadStream stream;
        stream.place.put(std::make_shared<RingBytes>(qint64(size)));
        std::ranges::copy(whole.first(size), stream.place.current()->span().begin());
        QCOMPARE(stream.nextNumber(), -1);
        QCOMPARE(stream.reader.state(), size < 8 ? StreamState::Foreign : StreamState::Refused);
    }
}

int tst_hostilerings(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestHostileRings>(argc, argv);
}

#include "tst_hostilerings.moc"
