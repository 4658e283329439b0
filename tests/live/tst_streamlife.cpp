#include "tests/live/writtenstream.h"
#include "tests/support/runtest.h"

using namespace shmpix;
using namespace shmpix::test;

/// Rings that replace one another: FORMAT.md, "Life of a segment".
class TestStreamLife : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingIsThereBeforeTheFirstFrame();
    void B7_largerFrameMovesTheStreamAndTakesTheNewestAlong();
    void frameOfTheReservedCapacityMovesNothing();
    void memoryIsReservedForWhatFramesHaveNeeded();
    void D1_noRoomForTheNextSlotLeavesTheStream();
    void D3_noRoomForALargerFrameLeavesTheStream();
    void lostNameLeavesTheStream();
    void B8_renewedStreamHasTheNewestFrame();
    void B6_cutStreamIsRenewedWithoutAFrame();
    void B6_largerFrameAfterACutBeginsASession();
    void closedStreamSaysSoAndOpensAnewWithAnotherSession();
    void beatSaysOnlyThatTheWriterLives();
};

void TestStreamLife::nothingIsThereBeforeTheFirstFrame()
{
    Stream stream;
    stream.writer.beat();
    stream.writer.publish();
    QVERIFY_VALUE(stream.writer.renew());
    stream.writer.close();
    QVERIFY(!stream.place.current());
    QVERIFY(!stream.writer.ring());
}

void TestStreamLife::B7_largerFrameMovesTheStreamAndTakesTheNewestAlong()
{
    Stream stream;
    for (int i = 0; i < 6; ++i) {
        QVERIFY_VALUE(stream.write(small, {{}, 0, QByteArray::number(i)}));
    }
    const auto old = stream.place.current();
    const quint64 slot = (6 - 1) % 4;
    const QByteArray entry = textOf(old->span().subspan(entryAt(slot), 512));
    QVERIFY_VALUE(stream.writer.begin(*parseLayout(large)));
    const auto ring = stream.place.current();
    QVERIFY(ring != old);
    QCOMPARE(at<quint32>(old, stateAtByte), 3U);
    QCOMPARE(at<quint32>(old, wakeAtByte), 7U);
    QCOMPARE(textOf(ring->span().subspan(56, 16)), textOf(old->span().subspan(56, 16)));
    QCOMPARE(at<quint64>(ring, 72), 2U);
    QCOMPARE(at<quint64>(ring, newestAtByte), 6U);
    QCOMPARE(textOf(ring->span().subspan(entryAt(slot), 512)), entry);
    QVERIFY(isFrame(pixels(ring, slot, 40), 6));
    stream.writer.publish();
    QCOMPARE(at<quint64>(ring, newestAtByte), 7U);
    QCOMPARE(at<quint64>(ring, entryAt(6 % 4)), 14U);
}

void TestStreamLife::frameOfTheReservedCapacityMovesNothing()
{
    FrameWriterOptions options;
    options.capacity = 100 * 50 * 3;
    Stream stream(options);
    QVERIFY_VALUE(stream.write(small));
    const auto ring = stream.place.current();
    QVERIFY_VALUE(stream.write(large));
    QVERIFY_VALUE(stream.write(small));
    QVERIFY(stream.place.current() == ring);
    QVERIFY_VALUE(stream.write(QStringLiteral("100x51:bgr8")));
    QVERIFY(stream.place.current() != ring);
}

void TestStreamLife::memoryIsReservedForWhatFramesHaveNeeded()
{
    FrameWriterOptions options;
    options.slots = 3;
    options.capacity = 100 * 50 * 3;
    Stream stream(options);
    constexpr qint64 start = 4096; // the header and the table
    const auto reserved = [&stream](const QString& layout) {
        const qint64 before = stream.place.reservedBytes;
        return stream.write(layout) ? stream.place.reservedBytes - before : -1;
    };
    QCOMPARE(reserved(small), start + 40);
    QCOMPARE(reserved(small), 40);
    QCOMPARE(reserved(large), 15000);
    QCOMPARE(reserved(large), 15000 - 40); // the first slot again
    QCOMPARE(reserved(small), 0);
    QCOMPARE(reserved(small), 0);
    QCOMPARE(reserved(large), 0);
    const QString larger = QStringLiteral("100x51:bgr8");
    QCOMPARE(reserved(larger), start + 15000 + 15300); // a new ring, with the newest frame
    stream.place.reservedBytes = 0;
    QVERIFY_VALUE(stream.writer.renew());
    QCOMPARE(stream.place.reservedBytes, start + 15300);
}

void TestStreamLife::D1_noRoomForTheNextSlotLeavesTheStream()
{
    Stream stream;
    QVERIFY_VALUE(stream.write(small));
    const auto ring = stream.place.current();
    const QByteArray before = textOf(ring->span());
    stream.place.isFull = true;
    QCOMPARE(stream.write(small).error().code, ErrorCode::NoSpace);
    stream.writer.publish(); // nothing was begun
    QVERIFY(textOf(ring->span()) == before);
    stream.place.isFull = false;
    QVERIFY_VALUE(stream.write(small));
    QVERIFY(stream.place.current() == ring);
    QCOMPARE(at<quint64>(ring, newestAtByte), 2U);
}

void TestStreamLife::D3_noRoomForALargerFrameLeavesTheStream()
{
    Stream stream;
    stream.place.isFull = true;
    QVERIFY(!stream.write(small));
    QVERIFY(!stream.place.current());
    stream.place.isFull = false;
    for (int i = 0; i < 4; ++i) {
        QVERIFY_VALUE(stream.write(small));
    }
    const auto ring = stream.place.current();
    stream.place.isFull = true;
    QCOMPARE(stream.write(large).error().code, ErrorCode::NoSpace);
    QCOMPARE(stream.writer.renew().error().code, ErrorCode::NoSpace);
    QCOMPARE(at<quint32>(ring, stateAtByte), 1U);
    QCOMPARE(at<quint64>(ring, newestAtByte), 4U);
    QVERIFY_VALUE(stream.write(small)); // in a slot that has memory
    QVERIFY(stream.place.current() == ring);
    QCOMPARE(at<quint64>(ring, newestAtByte), 5U);
    stream.place.isFull = false;
    QVERIFY_VALUE(stream.write(large));
    QCOMPARE(at<quint64>(stream.place.current(), newestAtByte), 6U);
}

void TestStreamLife::lostNameLeavesTheStream()
{
    Stream stream;
    QVERIFY_VALUE(stream.write(small));
    const auto ring = stream.place.current();
    stream.place.isTaken = true;
    QCOMPARE(stream.write(large).error().code, ErrorCode::NotOurs);
    QCOMPARE(at<quint32>(ring, stateAtByte), 1U);
    QVERIFY_VALUE(stream.write(small));
    QCOMPARE(at<quint64>(ring, newestAtByte), 2U);
    stream.place.isTaken = false;
    QVERIFY_VALUE(stream.write(large));
    QCOMPARE(at<quint64>(stream.place.current(), newestAtByte), 3U);
    QCOMPARE(at<quint64>(stream.place.current(), 72), 2U);
}

void TestStreamLife::B8_renewedStreamHasTheNewestFrame()
{
    Stream stream;
    QVERIFY_VALUE(stream.write(small));
    const auto old = stream.place.current();
    stream.place.remove();
    QVERIFY_VALUE(stream.writer.begin(*parseLayout(small))); // and is then dropped
    QVERIFY_VALUE(stream.writer.renew());
    const auto ring = stream.place.current();
    QCOMPARE(at<quint32>(old, stateAtByte), 3U);
    QCOMPARE(textOf(ring->span().subspan(56, 16)), textOf(old->span().subspan(56, 16)));
    QCOMPARE(at<quint64>(ring, newestAtByte), 1U);
    QVERIFY(isFrame(pixels(ring, 0, 40), 1));
    stream.writer.publish();
    QCOMPARE(at<quint64>(ring, newestAtByte), 1U);
}

/// A guard replaces the part that was cut off by zeros. Nobody may take them for the newest frame.
void TestStreamLife::B6_cutStreamIsRenewedWithoutAFrame()
{
    Stream stream;
    QVERIFY_VALUE(stream.write(small));
    const auto old = stream.place.current();
    old->isCut = true;
    QVERIFY_VALUE(stream.writer.renew());
    const auto ring = stream.place.current();
    QCOMPARE(at<quint64>(ring, newestAtByte), 0U);
    QCOMPARE(at<quint64>(ring, entryAt(0)), 0U);
    QCOMPARE(at<quint64>(ring, 72), 1U);
    QVERIFY(textOf(ring->span().subspan(56, 16)) != textOf(old->span().subspan(56, 16)));
    QCOMPARE(stream.writer.published(), 0U);
    QVERIFY_VALUE(stream.write(small));
    QCOMPARE(at<quint64>(ring, entryAt(0)), 2U);
}

void TestStreamLife::B6_largerFrameAfterACutBeginsASession()
{
    Stream stream;
    QVERIFY_VALUE(stream.write(small));
    const auto old = stream.place.current();
    old->isCut = true;
    QVERIFY_VALUE(stream.write(large));
    const auto ring = stream.place.current();
    QCOMPARE(at<quint64>(ring, newestAtByte), 1U);
    QCOMPARE(at<quint64>(ring, entryAt(0)), 2U);
    QVERIFY(textOf(ring->span().subspan(56, 16)) != textOf(old->span().subspan(56, 16)));
}

void TestStreamLife::closedStreamSaysSoAndOpensAnewWithAnotherSession()
{
    FrameWriterOptions options;
    options.session = QUuid::fromRfc4122(QByteArray(16, '\7'));
    Stream stream(options);
    QVERIFY_VALUE(stream.write(small));
    const auto old = stream.place.current();
    QCOMPARE(textOf(old->span().subspan(56, 16)), QByteArray(16, '\7'));
    stream.writer.close();
    QCOMPARE(at<quint32>(old, stateAtByte), 2U);
    QCOMPARE(at<quint32>(old, wakeAtByte), 2U);
    QCOMPARE(at<quint64>(old, newestAtByte), 1U);
    QVERIFY_VALUE(stream.write(small));
    const auto ring = stream.place.current();
    QVERIFY(ring != old);
    QCOMPARE(at<quint64>(ring, newestAtByte), 1U);
    QVERIFY(textOf(ring->span().subspan(56, 16)) != QByteArray(16, '\7'));
}

void TestStreamLife::beatSaysOnlyThatTheWriterLives()
{
    Stream stream;
    QVERIFY_VALUE(stream.write(small));
    const auto ring = stream.place.current();
    qToLittleEndian(quint64{5}, ring->span().subspan(heartbeatAtByte).data());
    QByteArray before = textOf(ring->span());
    stream.writer.beat();
    QVERIFY(at<quint64>(ring, heartbeatAtByte) > 5);
    QByteArray after = textOf(ring->span());
    QCOMPARE(after.replace(heartbeatAtByte, 8, QByteArray()),
             before.replace(heartbeatAtByte, 8, QByteArray()));
}

int tst_streamlife(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestStreamLife>(argc, argv);
}

#include "tst_streamlife.moc"
