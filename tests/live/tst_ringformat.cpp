#include "common/base/checksums.h"
#include "common/image/imagelimits.h"
#include "common/live/ringformat.h"
#include "tests/live/handmadering.h"
#include "tests/support/codecbytes.h"
#include "tests/support/runtest.h"

using namespace shmpix;
using namespace shmpix::test;

namespace {

/// A ring of which only the header counts; it may claim any length.
struct Header
{
    HandmadeRing ring;
    qint64 segmentBytes = qint64(ring.span().size());

    [[nodiscard]] Result<RingHeader> parsed() const
    {
        return parseRingHeader(std::span<const std::byte>(ring.span()).first<ringConstantBytes>(),
                               segmentBytes);
    }
};

} // namespace

/// The tables of FORMAT.md, and the reader's checks that follow from them.
class TestRingFormat : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void headerIsWrittenAsTheTableSays();
    void headerIsReadAsTheTableSays();
    void ringHasItsSlotsOnPages_data();
    void ringHasItsSlotsOnPages();
    void A14_largerMinorVersionIsRead();
    void A14_otherMajorVersionIsRefusedByItsNumber_data();
    void A14_otherMajorVersionIsRefusedByItsNumber();
    void A15_otherByteOrderIsNamed();
    void A13_whatDoesNotBeginAsARingIsNone();
    void A16_wrongChecksumOfTheHeaderIsRefused();
    void A17_everyBitOfTheHeaderCounts();
    void placesThatCannotBeAreRefused_data();
    void placesThatCannotBeAreRefused();
    void placesAtTheLimitsAreTaken_data();
    void placesAtTheLimitsAreTaken();
    void unknownFlagsAreIgnored();
};

void TestRingFormat::headerIsWrittenAsTheTableSays()
{
    RingHeader header = ringFor(5, 4097);
    header.session = QUuid::fromRfc4122(QByteArray(16, '\7'));
    header.generation = 9;
    header.process = 4711;
    header.started = 4712;
    header.created = 4713;
    header.wakes = true;
    HandmadeRing wanted({0, 256, 512, 5, 4097});
    wanted.put<quint64>(32, 4096);
    wanted.put<quint64>(40, 8192);
    wanted.put<quint64>(48, 4096 + 5 * 8192);
    wanted.put<quint64>(72, 9);
    wanted.put<quint32>(104, 1);
    wanted.sign();
    const auto bytes = ringHeaderBytesOf(header);
    QCOMPARE(QByteArray(reinterpret_cast<const char*>(bytes.data()), 128).toHex(' '),
             QByteArray(reinterpret_cast<const char*>(wanted.span().data()), 128).toHex(' '));
}

void TestRingFormat::headerIsReadAsTheTableSays()
{
    const Header made{HandmadeRing({0, 256, 512, 5, 100})};
    const auto header = made.parsed();
    QVERIFY_VALUE(header);
    QCOMPARE(header->slots, 5U);
    QCOMPARE(header->capacity, 100);
    QCOMPARE(header->data, 2816);
    QCOMPARE(header->pitch, 128);
    QCOMPARE(header->size, 2816 + 5 * 128);
    QCOMPARE(header->session.toRfc4122(), QByteArray(16, '\7'));
    QCOMPARE(header->generation, 1U);
    QCOMPARE(header->process, 4711U);
    QCOMPARE(header->started, 4712U);
    QCOMPARE(header->created, 4713);
    QVERIFY(!header->wakes);
    for (quint64 n = 1; n < 12; ++n) {
        const quint64 slot = header->slotOf(n);
        QCOMPARE(std::size_t(header->entryAt(slot)), made.ring.entryOf(n));
        QCOMPARE(std::size_t(header->pixelsAt(slot)), made.ring.pixelsOf(n));
    }
}

void TestRingFormat::ringHasItsSlotsOnPages_data()
{
    QTest::addColumn<quint32>("slots");
    QTest::addColumn<qint64>("bytes");
    QTest::addRow("least") << 3U << qint64{1};
    QTest::addRow("a page") << 4U << qint64{4096};
    QTest::addRow("a byte more") << 4U << qint64{4097};
    QTest::addRow("most") << 64U << maximumImageBytes;
}

void TestRingFormat::ringHasItsSlotsOnPages()
{
    QFETCH(quint32, slots);
    QFETCH(qint64, bytes);
    const RingHeader header = ringFor(slots, bytes);
    QCOMPARE(header.data % 4096, 0);
    QCOMPARE(header.pitch % 4096, 0);
    QVERIFY(header.pitch >= bytes && header.pitch < bytes + 4096);
    const auto parsed = parseRingHeader(ringHeaderBytesOf(header), header.size);
    QVERIFY_VALUE(parsed);
    QVERIFY(*parsed == header);
}

void TestRingFormat::A14_largerMinorVersionIsRead()
{
    const Header made{HandmadeRing({7, 1024, 4096, 3, 64})};
    const auto header = made.parsed();
    QVERIFY_VALUE(header);
    QCOMPARE(header->minor, quint16{7});
    QCOMPARE(header->entryAt(2), 1024 + 2 * 4096);
}

void TestRingFormat::A14_otherMajorVersionIsRefusedByItsNumber_data()
{
    QTest::addColumn<quint16>("major");
    QTest::addColumn<QString>("said");
    QTest::addRow("0") << quint16{0} << QStringLiteral("version 0.3");
    QTest::addRow("2") << quint16{2} << QStringLiteral("the newer version 2.3");
    QTest::addRow("65535") << quint16{65535} << QStringLiteral("the newer version 65535.3");
}

/// This holds even if its header has another checksum: a new major version may have it elsewhere.
void TestRingFormat::A14_otherMajorVersionIsRefusedByItsNumber()
{
    QFETCH(quint16, major);
    QFETCH(QString, said);
    Header made;
    made.ring.put<quint16>(8, major);
    made.ring.put<quint16>(10, 3);
    const auto header = made.parsed();
    QVERIFY_BAD_DATA(header);
    QVERIFY2(header.error().text.contains(said), qPrintable(header.error().text));
}

void TestRingFormat::A15_otherByteOrderIsNamed()
{
    Header made;
    made.ring.putBytes(0, "eviLpmhS");
    const auto header = made.parsed();
    QVERIFY_BAD_DATA(header);
    QVERIFY2(header.error().text.contains(QStringLiteral("big-endian")), qPrintable(header.error().text));
    QVERIFY(looksLikeRing(made.ring.span()));
}

void TestRingFormat::A13_whatDoesNotBeginAsARingIsNone()
{
    Header made;
    QVERIFY(looksLikeRing(made.ring.span()));
    for (std::size_t count = 0; count < 8; ++count) {
        QVERIFY(!looksLikeRing(made.ring.span().first(count)));
    }
    made.ring.putBytes(0, "ShmpLivd");
    QVERIFY(!looksLikeRing(made.ring.span()));
    const auto header = made.parsed();
    QVERIFY_BAD_DATA(header);
    QVERIFY2(header.error().text.contains(QStringLiteral("does not hold Shmpix live frames")),
             qPrintable(header.error().text));
}

void TestRingFormat::A16_wrongChecksumOfTheHeaderIsRefused()
{
    Header made;
    made.ring.put<quint32>(124, made.ring.get<quint32>(124) + 1);
    const auto header = made.parsed();
    QVERIFY_BAD_DATA(header);
    QVERIFY2(header.error().text.contains(QStringLiteral("checksum")), qPrintable(header.error().text));
}

void TestRingFormat::A17_everyBitOfTheHeaderCounts()
{
    for (int bit = 0; bit < 128 * 8; ++bit) {
        Header made;
        made.ring.span()[std::size_t(bit / 8)] ^= std::byte(1 << (bit % 8));
        const auto header = made.parsed();
        QVERIFY2(isBadData(header), (QByteArray::number(bit) + ": " + describe(header)).constData());
    }
}

void TestRingFormat::placesThatCannotBeAreRefused_data()
{
    QTest::addColumn<int>("at");
    QTest::addColumn<quint64>("value");
    const auto add = [](const char* field, int at, std::initializer_list<quint64> values) {
        for (const quint64 value : values) {
            QTest::addRow("%s %llu", field, value) << at << value;
        }
    };
    const quint64 all = ~quint64{0};
    add("table", 12, {0, 8, 248, 257, 260, 264, 0xfffffff8, 0xffffffff});
    add("entry", 16, {0, 8, 504, 513, 516, 520, 0x7ffffff8, 0xffffffff});
    add("slots", 20, {0, 1, 2, 4, 65, 0x80000000, 0xffffffff});
    add("capacity", 24, {0, 65, quint64(maximumImageBytes) + 1, quint64{1} << 63, all});
    add("data", 32, {0, 1728, 1793, 1856, quint64{1} << 62, all - 63, all});
    add("pitch", 40, {0, 1, 63, 65, 128, quint64{1} << 62, all - 63, all});
    add("size", 48, {0, 1, 1983, 1985, quint64{1} << 62, all});
}

void TestRingFormat::placesThatCannotBeAreRefused()
{
    QFETCH(int, at);
    QFETCH(quint64, value);
    Header made;
    made.segmentBytes = qint64{1} << 62; // D6: that length may exist, as a file without contents
    QCOMPARE(made.ring.get<quint64>(32), 1792U);
    QCOMPARE(made.ring.get<quint64>(48), 1984U);
    if (at >= 24) {
        made.ring.put<quint64>(std::size_t(at), value);
    } else {
        made.ring.put<quint32>(std::size_t(at), quint32(value));
    }
    made.ring.sign();
    QVERIFY_BAD_DATA(made.parsed());
}

void TestRingFormat::placesAtTheLimitsAreTaken_data()
{
    QTest::addColumn<quint32>("slots");
    QTest::addColumn<quint64>("slotBytes");
    QTest::addColumn<bool>("isTaken");
    QTest::addRow("fewest slots") << 3U << quint64{1} << true;
    QTest::addRow("most slots") << 64U << quint64{1} << true;
    QTest::addRow("most bytes") << 64U << quint64(maximumImageBytes) << true;
    QTest::addRow("too many bytes") << 3U << quint64(maximumImageBytes) + 1 << false;
    QTest::addRow("too few slots") << 2U << quint64{1} << false;
    QTest::addRow("too many slots") << 65U << quint64{1} << false;
}

void TestRingFormat::placesAtTheLimitsAreTaken()
{
    QFETCH(quint32, slots);
    QFETCH(quint64, slotBytes);
    QFETCH(bool, isTaken);
    Header made;
    const quint64 data = (256 + 512 * quint64(slots) + 63) / 64 * 64;
    const quint64 pitch = (slotBytes + 63) / 64 * 64;
    made.ring.put<quint32>(20, slots);
    made.ring.put<quint64>(24, slotBytes);
    made.ring.put<quint64>(32, data);
    made.ring.put<quint64>(40, pitch);
    made.ring.put<quint64>(48, data + slots * pitch);
    made.ring.sign();
    made.segmentBytes = qint64(data + slots * pitch);
    QCOMPARE(made.parsed().has_value(), isTaken);
    made.segmentBytes -= 1;
    QVERIFY_BAD_DATA(made.parsed());
    made.segmentBytes += 4096; // B9: nobody uses the tail
    QCOMPARE(made.parsed().has_value(), isTaken);
}

void TestRingFormat::unknownFlagsAreIgnored()
{
    Header made;
    made.ring.put<quint32>(104, 0xffffffff);
    made.ring.putBytes(108, QByteArray(16, 'x'));
    made.ring.sign();
    const auto header = made.parsed();
    QVERIFY_VALUE(header);
    QVERIFY(header->wakes);
}

int tst_ringformat(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestRingFormat>(argc, argv);
}

#include "tst_ringformat.moc"
