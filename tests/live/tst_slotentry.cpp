#include "common/live/ringformat.h"
#include "tests/live/handmadering.h"
#include "tests/support/codecbytes.h"
#include "tests/support/runtest.h"

#include <functional>
#include <limits>

using namespace shmpix;
using namespace shmpix::test;

namespace {

constexpr qint64 capacity = 1000;

using Change = std::function<void(HandmadeFrame&)>;

std::array<std::byte, slotEntryBytes> entryOf(const HandmadeFrame& frame)
{
    std::array<std::byte, slotEntryBytes> bytes = {};
    const QByteArray behind = entryBytes(frame);
    std::memcpy(bytes.data() + 8, behind.constData(), std::size_t(behind.size()));
    return bytes;
}

QByteArray cutMetadata(const QByteArray& text)
{
    SlotEntry entry;
    entry.metadata = text;
    const auto bytes = slotEntryBytesOf(entry);
    const auto count = qFromLittleEndian<quint32>(bytes.data() + 88 - 8);
    return QByteArray(reinterpret_cast<const char*>(bytes.data()) + 96 - 8, qsizetype(count));
}

HandmadeFrame fullFrame()
{
    HandmadeFrame frame;
    frame.number = 0x1122334455667788U;
    frame.width = 6;
    frame.height = 3;
    frame.stride = -40;
    frame.offset = 90;
    frame.bytes = 999;
    frame.format = "bgr8";
    frame.flags = 3;
    frame.checksum = 0xdeadbeef;
    frame.captured = 0x0102030405060708U;
    frame.published = 0x1112131415161718U;
    frame.text = "Bild “7”.png";
    return frame;
}

SlotEntry fullEntry()
{
    SlotEntry entry;
    entry.number = 0x1122334455667788U;
    entry.layout = *parseLayout(QStringLiteral("6x3:bgr8,stride=-40,offset=90,bottom-up"));
    entry.bytes = 999;
    entry.checksum = 0xdeadbeef;
    entry.captured = 0x0102030405060708;
    entry.published = 0x1112131415161718;
    entry.metadata = "Bild “7”.png";
    return entry;
}

} // namespace

/// A slot's entry as described in FORMAT.md, and the reader's checks before it trusts the entry.
class TestSlotEntry : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void entryIsWrittenAsTheTableSays();
    void entryIsReadAsTheTableSays();
    void entriesThatCannotBeAreRefused_data();
    void entriesThatCannotBeAreRefused();
    void A17_entryOfAnyBitsIsRefusedOrLiesWithinItsSlot();
    void E7_unknownFormatIsShownAsPlainText();
    void metadataIsCutAtACharactersEnd_data();
    void metadataIsCutAtACharactersEnd();
};

void TestSlotEntry::entryIsWrittenAsTheTableSays()
{
    const auto bytes = slotEntryBytesOf(fullEntry());
    QCOMPARE(QByteArray(reinterpret_cast<const char*>(bytes.data()), qsizetype(bytes.size())).toHex(' '),
             entryBytes(fullFrame()).toHex(' '));
}

void TestSlotEntry::entryIsReadAsTheTableSays()
{
    const auto entry = parseSlotEntry(entryOf(fullFrame()), capacity);
    QVERIFY_VALUE(entry);
    QVERIFY(*entry == fullEntry());
    HandmadeFrame plain = fullFrame();
    plain.flags = 0xfffffffc;
    const auto other = parseSlotEntry(entryOf(plain), capacity);
    QVERIFY_VALUE(other);
    QVERIFY(!other->checksum && !other->layout.bottomUp);
}

void TestSlotEntry::entriesThatCannotBeAreRefused_data()
{
    QTest::addColumn<Change>("change");
    const auto add = [](const char* name, const Change& change) { QTest::addRow("%s", name) << change; };
    add("width 0", [](HandmadeFrame& frame) { frame.width = 0; });
    add("height 0", [](HandmadeFrame& frame) { frame.height = 0; });
    add("width 65536", [](HandmadeFrame& frame) { frame.width = 65536; });
    add("height 65536", [](HandmadeFrame& frame) { frame.height = 65536; });
    add("A2 both sides all ones", [](HandmadeFrame& frame) { frame.width = frame.height = 0xffffffff; });
    add("A1 a product that wraps", [](HandmadeFrame& frame) { frame.width = frame.height = 65535; });
    add("A3 a stride that is too short", [](HandmadeFrame& frame) { frame.stride = 17; });
    add("the least stride", [](HandmadeFrame& frame) { frame.stride = std::numeric_limits<qint64>::min(); });
    add("the most stride", [](HandmadeFrame& frame) { frame.stride = std::numeric_limits<qint64>::max(); });
    add("rows before the slot", [](HandmadeFrame& frame) { frame.offset = 79; });
    add("A7 rows behind the frame's bytes", [](HandmadeFrame& frame) { frame.offset = 982; });
    add("the most offset", [](HandmadeFrame& frame) { frame.offset = ~quint64{0}; });
    add("2^63 of offset", [](HandmadeFrame& frame) { frame.offset = quint64{1} << 63; });
    add("A11 no bytes", [](HandmadeFrame& frame) { frame.bytes = 0; });
    add("A11 bytes over the capacity", [](HandmadeFrame& frame) { frame.bytes = capacity + 1; });
    add("A11 2^31 bytes", [](HandmadeFrame& frame) { frame.bytes = quint64{1} << 31; });
    add("A11 2^63 bytes", [](HandmadeFrame& frame) { frame.bytes = quint64{1} << 63; });
    add("A11 2^64 - 1 bytes", [](HandmadeFrame& frame) { frame.bytes = ~quint64{0}; });
    add("A10 an unknown format", [](HandmadeFrame& frame) { frame.format = "bgr9"; });
    add("no format", [](HandmadeFrame& frame) { frame.format = ""; });
    add("a format in capitals", [](HandmadeFrame& frame) { frame.format = "BGR8"; });
    add("a format of 16 letters", [](HandmadeFrame& frame) { frame.format = "bgr8bgr8bgr8bgr8"; });
    add("negative rows of nv12", [](HandmadeFrame& frame) { frame.format = "nv12"; });
    add("417 bytes of text", [](HandmadeFrame& frame) { frame.text = QByteArray(417, 'x'); });
}

void TestSlotEntry::entriesThatCannotBeAreRefused()
{
    QFETCH(Change, change);
    HandmadeFrame frame = fullFrame();
    QVERIFY_VALUE(parseSlotEntry(entryOf(frame), capacity));
    change(frame);
    QVERIFY_BAD_DATA(parseSlotEntry(entryOf(frame), capacity));
}

void TestSlotEntry::A17_entryOfAnyBitsIsRefusedOrLiesWithinItsSlot()
{
    const auto good = entryOf(fullFrame());
    int taken = 0;
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
        auto bytes = good;
        bytes[bit / 8] ^= std::byte(1 << (bit % 8));
        const auto entry = parseSlotEntry(bytes, capacity);
        if (entry) {
            ++taken;
            const auto extent = checkedExtent(entry->layout, entry->bytes);
            QVERIFY_VALUE(extent);
            QVERIFY(entry->bytes <= capacity && entry->metadata.size() <= 416);
        } else {
            QVERIFY_BAD_DATA(entry);
        }
    }
    QVERIFY2(taken > 3000, qPrintable(QString::number(taken))); // most bits are times and text
}

void TestSlotEntry::E7_unknownFormatIsShownAsPlainText()
{
    HandmadeFrame frame = fullFrame();
    frame.format = QByteArray("\x1b[31m\xff\n<b>", 10);
    const auto entry = parseSlotEntry(entryOf(frame), capacity);
    QVERIFY_BAD_DATA(entry);
    QVERIFY2(entry.error().text.contains(QStringLiteral("“?[31m?") + QStringLiteral("?<b>”")),
             qPrintable(entry.error().text));
}

void TestSlotEntry::metadataIsCutAtACharactersEnd_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<qsizetype>("kept");
    const QByteArray x(415, 'x');
    QTest::addRow("none") << QByteArray() << qsizetype{0};
    QTest::addRow("416 bytes") << x + 'y' << qsizetype{416};
    QTest::addRow("417 bytes") << x + "yz" << qsizetype{416};
    QTest::addRow("a character of two bytes that ends there") << x.left(414) + "ä" << qsizetype{416};
    QTest::addRow("a character of two bytes across") << x + "ä" << qsizetype{415};
    QTest::addRow("a character of three bytes across") << x + "漢" << qsizetype{415};
    QTest::addRow("one of four bytes, three of them over") << x + "😀" << qsizetype{415};
    QTest::addRow("one of four bytes, one of them over") << x.left(413) + "😀" << qsizetype{413};
    QTest::addRow("a megabyte") << QByteArray("ä").repeated(524288) << qsizetype{416};
    QTest::addRow("no UTF-8") << QByteArray(1000, '\x80') << qsizetype{0};
}

void TestSlotEntry::metadataIsCutAtACharactersEnd()
{
    QFETCH(QByteArray, text);
    QFETCH(qsizetype, kept);
    QCOMPARE(cutMetadata(text), text.left(kept));
}

int tst_slotentry(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestSlotEntry>(argc, argv);
}

#include "tst_slotentry.moc"
