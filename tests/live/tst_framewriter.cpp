#include "common/base/checksums.h"
#include "common/image/imagelimits.h"
#include "tests/live/writtenstream.h"
#include "tests/support/runtest.h"

using namespace shmpix;
using namespace shmpix::test;

/// The content of the ring after each step of a writer: FORMAT.md, "Order".
class TestFrameWriter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void frameIsThereStepByStep();
    void framesGoRound();
    void entrySaysWhatTheSourceSaid();
    void frameIsNumberedWhereTheSourceDoesNot();
    void checksumIsOfTheFramesBytes();
    void abandonedFrameLeavesTheNewest();
    void publishingNothingDoesNothing();
    void layoutThatCannotBeLeavesTheStream_data();
    void layoutThatCannotBeLeavesTheStream();
    void C8_wakeWordWraps();
    void numberOfSlotsIsBounded_data();
    void numberOfSlotsIsBounded();
    void imagesAreFilledWhereTheyLie_data();
    void imagesAreFilledWhereTheyLie();
    void imageThatPixelsCannotBeSharedInIsRefused();
};

void TestFrameWriter::frameIsThereStepByStep()
{
    Stream stream;
    const auto room = stream.writer.begin(*parseLayout(small));
    QVERIFY_VALUE(room);
    QCOMPARE(room->size(), 40U);
    const auto ring = stream.place.current();
    QVERIFY_VALUE(parseRingHeader(ring->span().first<128>(), qint64(ring->span().size())));
    QCOMPARE(at<quint32>(ring, stateAtByte), 1U);
    QCOMPARE(at<quint64>(ring, newestAtByte), 0U);
    QCOMPARE(at<quint32>(ring, wakeAtByte), 0U);
    QCOMPARE(at<quint64>(ring, entryAt(0)), 1U);
    QCOMPARE(at<quint64>(ring, entryAt(1)), 0U);
    fillFrame(*room, 1);
    stream.writer.publish();
    QCOMPARE(at<quint64>(ring, entryAt(0)), 2U);
    QCOMPARE(at<quint64>(ring, newestAtByte), 1U);
    QCOMPARE(at<quint32>(ring, wakeAtByte), 1U);
    QVERIFY(isFrame(pixels(ring, 0, 40), 1));
    QCOMPARE(stream.writer.published(), 1U);
}

void TestFrameWriter::framesGoRound()
{
    FrameWriterOptions options;
    options.slots = 3;
    Stream stream(options);
    for (quint64 n = 1; n <= 8; ++n) {
        QVERIFY_VALUE(stream.write(small));
        const auto ring = stream.place.current();
        QCOMPARE(at<quint64>(ring, newestAtByte), n);
        QCOMPARE(at<quint32>(ring, wakeAtByte), quint32(n));
        for (quint64 earlier = n < 3 ? 1 : n - 2; earlier <= n; ++earlier) {
            const quint64 slot = (earlier - 1) % 3;
            QCOMPARE(at<quint64>(ring, entryAt(slot)), 2 * earlier);
            QVERIFY(isFrame(pixels(ring, slot, 40), earlier));
        }
    }
}

void TestFrameWriter::entrySaysWhatTheSourceSaid()
{
    Stream stream;
    const QString text = QStringLiteral("6x3:bgr8,stride=-40,offset=90,bottom-up");
    const auto before = std::chrono::steady_clock::now().time_since_epoch().count();
    QVERIFY_VALUE(stream.write(text, {~quint64{0}, 77, "Bild “7”.png"}));
    const auto ring = stream.place.current();
    HandmadeFrame wanted;
    wanted.number = ~quint64{0}; // C8
    wanted.width = 6;
    wanted.height = 3;
    wanted.stride = -40;
    wanted.offset = 90;
    wanted.bytes = 108;
    wanted.format = "bgr8";
    wanted.flags = 1;
    wanted.captured = 77;
    wanted.published = at<quint64>(ring, entryAt(0) + 80);
    wanted.text = "Bild “7”.png";
    QCOMPARE(textOf(ring->span().subspan(entryAt(0) + 8, 504)).toHex(' '), entryBytes(wanted).toHex(' '));
    QVERIFY(wanted.published >= quint64(before));
    QCOMPARE(at<quint64>(ring, heartbeatAtByte), wanted.published);
}

void TestFrameWriter::frameIsNumberedWhereTheSourceDoesNot()
{
    Stream stream;
    QVERIFY_VALUE(stream.write(small));
    QVERIFY_VALUE(stream.write(small));
    QCOMPARE(at<quint64>(stream.place.current(), entryAt(1) + 8), 2U);
}

void TestFrameWriter::checksumIsOfTheFramesBytes()
{
    FrameWriterOptions options;
    options.checksums = true;
    Stream stream(options);
    QVERIFY_VALUE(stream.write(QStringLiteral("10x4:gray8,offset=7")));
    const auto ring = stream.place.current();
    QCOMPARE(at<quint32>(ring, entryAt(0) + 64), 2U);
    QCOMPARE(at<quint32>(ring, entryAt(0) + 68), crc32(0, pixels(ring, 0, 47)));
}

void TestFrameWriter::abandonedFrameLeavesTheNewest()
{
    Stream stream;
    QVERIFY_VALUE(stream.write(small));
    const auto ring = stream.place.current();
    for (int i = 0; i < 5; ++i) {
        const auto room = stream.writer.begin(*parseLayout(small));
        QVERIFY_VALUE(room);
        fillFrame(*room, 99);
        QCOMPARE(at<quint64>(ring, entryAt(1)), 3U);
        QCOMPARE(at<quint64>(ring, newestAtByte), 1U);
        QVERIFY(isFrame(pixels(ring, 0, 40), 1));
    }
    QVERIFY_VALUE(stream.write(small));
    QCOMPARE(at<quint64>(ring, entryAt(1)), 4U);
    QVERIFY(isFrame(pixels(ring, 1, 40), 2));
}

void TestFrameWriter::publishingNothingDoesNothing()
{
    Stream stream;
    QVERIFY_VALUE(stream.write(small));
    const auto before = textOf(stream.place.current()->span());
    stream.writer.publish();
    QVERIFY(textOf(stream.place.current()->span()) == before);
}

void TestFrameWriter::layoutThatCannotBeLeavesTheStream_data()
{
    QTest::addColumn<PixelLayout>("layout");
    const PixelLayout good = *parseLayout(small);
    const auto add = [&good](const char* name, auto change) {
        PixelLayout layout = good;
        change(layout);
        QTest::addRow("%s", name) << layout;
    };
    add("no pixels", [](PixelLayout& layout) { layout.width = 0; });
    add("a negative side", [](PixelLayout& layout) { layout.height = -1; });
    add("a side over the limit", [](PixelLayout& layout) { layout.width = maximumSide + 1; });
    add("rows that overlap", [](PixelLayout& layout) { layout.stride = 9; });
    add("rows before the slot", [](PixelLayout& layout) { layout.stride = -10; });
    add("an offset over the limit", [](PixelLayout& layout) { layout.offset = maximumImageBytes - 39; });
    add("an offset of 2^60", [](PixelLayout& layout) { layout.offset = qint64{1} << 60; });
    add("a stride over the limit", [](PixelLayout& layout) { layout.stride = maximumImageBytes / 2; });
}

/// Readers refuse a ring whose slots hold more than 1 GiB.
void TestFrameWriter::layoutThatCannotBeLeavesTheStream()
{
    QFETCH(PixelLayout, layout);
    Stream stream;
    stream.place.isFull = true; // nothing can be reserved for it
    QVERIFY_BAD_DATA(stream.writer.begin(layout));
    stream.place.isFull = false;
    QVERIFY_VALUE(stream.write(small));
    const auto ring = stream.place.current();
    QVERIFY_BAD_DATA(stream.writer.begin(layout));
    QVERIFY(stream.place.current() == ring);
    QVERIFY_VALUE(stream.write(small));
    QCOMPARE(at<quint64>(ring, newestAtByte), 2U);
}

void TestFrameWriter::C8_wakeWordWraps()
{
    Stream stream;
    QVERIFY_VALUE(stream.write(small));
    const auto ring = stream.place.current();
    qToLittleEndian(~quint32{0}, ring->span().subspan(wakeAtByte).data());
    QVERIFY_VALUE(stream.write(small));
    QCOMPARE(at<quint32>(ring, wakeAtByte), 0U);
    QCOMPARE(at<quint64>(ring, newestAtByte), 2U);
}

void TestFrameWriter::numberOfSlotsIsBounded_data()
{
    QTest::addColumn<quint32>("wanted");
    QTest::addColumn<quint32>("made");
    QTest::addRow("0") << 0U << 3U;
    QTest::addRow("3") << 3U << 3U;
    QTest::addRow("64") << 64U << 64U;
    QTest::addRow("2^32 - 1") << ~0U << 64U;
}

void TestFrameWriter::numberOfSlotsIsBounded()
{
    QFETCH(quint32, wanted);
    QFETCH(quint32, made);
    FrameWriterOptions options;
    options.slots = wanted;
    Stream stream(options);
    QVERIFY_VALUE(stream.write(small));
    QCOMPARE(at<quint32>(stream.place.current(), 20), made);
}

void TestFrameWriter::imagesAreFilledWhereTheyLie_data()
{
    QTest::addColumn<QImage::Format>("format");
    QTest::addColumn<QString>("layout");
    QTest::addRow("RGB32") << QImage::Format_RGB32 << QStringLiteral("5x3:bgrx8,stride=20");
    QTest::addRow("ARGB32") << QImage::Format_ARGB32 << QStringLiteral("5x3:bgra8,stride=20");
    QTest::addRow("RGB888") << QImage::Format_RGB888 << QStringLiteral("5x3:rgb8,stride=16");
    QTest::addRow("Grayscale8") << QImage::Format_Grayscale8 << QStringLiteral("5x3:gray8,stride=8");
    QTest::addRow("Grayscale16") << QImage::Format_Grayscale16 << QStringLiteral("5x3:gray16,stride=12");
}

void TestFrameWriter::imagesAreFilledWhereTheyLie()
{
    QFETCH(QImage::Format, format);
    QFETCH(QString, layout);
    Stream stream;
    auto image = stream.writer.beginImage({5, 3}, format);
    QVERIFY_VALUE(image);
    image->fill(Qt::white);
    const auto ring = stream.place.current();
    QCOMPARE(static_cast<const void*>(image->constBits()),
             static_cast<const void*>(pixels(ring, 0, 1).data()));
    stream.writer.publish();
    std::array<std::byte, slotEntryBytes> entry = {};
    std::memcpy(entry.data(), ring->span().data() + entryAt(0), entry.size());
    QCOMPARE(layoutText(parseSlotEntry(entry, 4096)->layout), layout);
    QCOMPARE(int(pixels(ring, 0, 1)[0]), 0xff);
}

void TestFrameWriter::imageThatPixelsCannotBeSharedInIsRefused()
{
    Stream stream;
    QCOMPARE(stream.writer.beginImage({5, 3}, QImage::Format_Mono).error().code, ErrorCode::Usage);
    QVERIFY_BAD_DATA(stream.writer.beginImage({0, 3}, QImage::Format_RGB32));
    QVERIFY_BAD_DATA(stream.writer.beginImage({-5, 3}, QImage::Format_RGB888));
    QVERIFY(!stream.place.current());
}

int tst_framewriter(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestFrameWriter>(argc, argv);
}

#include "tst_framewriter.moc"
