#include "common/protocol/sourcereader.h"

#include "common/image/imagelimits.h"
#include "tests/support/codecbytes.h"
#include "tests/support/runtest.h"

using namespace shmpix;
using shmpix::test::spanOf;

namespace {

QByteArray numbered(qsizetype count)
{
    QByteArray bytes(count, '\0');
    for (qsizetype i = 0; i < count; ++i) {
        bytes[i] = static_cast<char>(i * 7 + i / 251);
    }
    return bytes;
}

QByteArray toBytes(std::span<const std::byte> span)
{
    return {reinterpret_cast<const char*>(span.data()), static_cast<qsizetype>(span.size())};
}

/// Counts how often each byte is requested.
class CountingSource final : public ByteSource
{
public:
    explicit CountingSource(const QByteArray& bytes)
        : m_bytes(bytes)
        , m_counts(bytes.size(), '\0')
    {
    }
    [[nodiscard]] qint64 size() const override { return m_bytes.size(); }
    [[nodiscard]] Result<void> read(qint64 offset, std::span<std::byte> out) override
    {
        for (std::size_t i = 0; i < out.size(); ++i) {
            ++m_counts[offset + static_cast<qint64>(i)];
        }
        return MemorySource(spanOf(m_bytes)).read(offset, out);
    }
    [[nodiscard]] const QByteArray& counts() const { return m_counts; }

private:
    QByteArray m_bytes;
    QByteArray m_counts;
};

} // namespace

class TestSourceReader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyByteIsHandedOutOnceAndInOrder_data();
    void everyByteIsHandedOutOnceAndInOrder();
    void everyByteIsFetchedOnce();
    void skippedBytesAreLeftOut();
    void nothingIsHandedOutBehindTheEnd();
    void skippingBehindTheEndIsSeen();
    void bytesAreCopiedFromTheMiddle();
    void bytesThatAreNotThereAreNotCopied_data();
    void bytesThatAreNotThereAreNotCopied();
};

void TestSourceReader::everyByteIsHandedOutOnceAndInOrder_data()
{
    QTest::addColumn<int>("size");
    QTest::addColumn<int>("offset");

    QTest::newRow("one byte") << 1 << 0;
    QTest::newRow("less than the buffer") << 1000 << 0;
    QTest::newRow("the buffer") << 128 * 1024 << 0;
    QTest::newRow("one more than the buffer") << 128 * 1024 + 1 << 0;
    QTest::newRow("several buffers, from the middle") << 400001 << 12345;
}

void TestSourceReader::everyByteIsHandedOutOnceAndInOrder()
{
    QFETCH(int, size);
    QFETCH(int, offset);
    const QByteArray bytes = numbered(size);
    MemorySource source(spanOf(bytes));
    SourceReader reader(source, offset);
    QCOMPARE(reader.position(), offset);
    QByteArray seen;
    for (qint64 step = 1; reader.left() > 0; step = step * 3 % 10007) {
        const bool asHeader = step % 2 == 1;
        const qint64 count = asHeader ? std::min({step, reader.left(), SourceReader::maximumHeader}) : step;
        const auto piece = asHeader ? reader.take(count) : reader.next(count);
        QVERIFY_VALUE(piece);
        QVERIFY2(!piece->empty() && qint64(piece->size()) <= count,
                 qPrintable(QString::number(piece->size())));
        seen += toBytes(*piece);
        QCOMPARE(reader.position(), offset + seen.size());
    }
    QCOMPARE(seen, bytes.mid(offset));
    QVERIFY_BAD_DATA(reader.next(1));
}

void TestSourceReader::everyByteIsFetchedOnce()
{
    const QByteArray bytes = numbered(300000);
    CountingSource source(bytes);
    SourceReader reader(source);
    while (reader.left() > 0) {
        QVERIFY_VALUE(reader.take(std::min<qint64>(reader.left(), 3001)));
    }
    QCOMPARE(source.counts(), QByteArray(bytes.size(), '\1'));
}

void TestSourceReader::skippedBytesAreLeftOut()
{
    const QByteArray bytes = numbered(500000);
    MemorySource source(spanOf(bytes));
    SourceReader reader(source);
    QVERIFY_VALUE(reader.take(10));
    reader.skip(5); // within the buffer
    auto piece = reader.take(3);
    QVERIFY_VALUE(piece);
    QCOMPARE(toBytes(*piece), bytes.mid(15, 3));
    reader.skip(300000); // far beyond it
    QCOMPARE(reader.position(), 300018);
    piece = reader.take(100);
    QVERIFY_VALUE(piece);
    QCOMPARE(toBytes(*piece), bytes.mid(300018, 100));
}

void TestSourceReader::nothingIsHandedOutBehindTheEnd()
{
    const QByteArray bytes = numbered(10);
    MemorySource source(spanOf(bytes));
    SourceReader reader(source);
    QVERIFY_BAD_DATA(reader.take(11));
    const auto all = reader.take(10);
    QVERIFY_VALUE(all);
    QCOMPARE(toBytes(*all), bytes);
    QVERIFY_BAD_DATA(reader.take(1));

    SourceReader behind(source, 11);
    QVERIFY_BAD_DATA(behind.take(1));
    QVERIFY_BAD_DATA(behind.next(1));
}

void TestSourceReader::skippingBehindTheEndIsSeen()
{
    const QByteArray bytes = numbered(10);
    MemorySource source(spanOf(bytes));
    SourceReader reader(source);
    reader.skip(0x80000003);
    QVERIFY2(reader.left() < 0, qPrintable(QString::number(reader.left())));
    QVERIFY_BAD_DATA(reader.take(8));
    QVERIFY_BAD_DATA(reader.next(1));
}

void TestSourceReader::bytesAreCopiedFromTheMiddle()
{
    const QByteArray bytes = numbered(1000);
    MemorySource source(spanOf(bytes));
    const auto copy = copyBytes(source, 100, 900);
    QVERIFY_VALUE(copy);
    QCOMPARE(*copy, bytes.mid(100));
}

void TestSourceReader::bytesThatAreNotThereAreNotCopied_data()
{
    QTest::addColumn<qint64>("offset");
    QTest::addColumn<qint64>("count");

    QTest::newRow("one too many") << qint64{0} << qint64{1001};
    QTest::newRow("negative offset") << qint64{-1} << qint64{10};
    QTest::newRow("negative count") << qint64{10} << qint64{-1};
    QTest::newRow("sum overflows") << std::numeric_limits<qint64>::max()
                                   << std::numeric_limits<qint64>::max();
}

void TestSourceReader::bytesThatAreNotThereAreNotCopied()
{
    QFETCH(qint64, offset);
    QFETCH(qint64, count);
    const QByteArray bytes = numbered(1000);
    MemorySource source(spanOf(bytes));
    QVERIFY_BAD_DATA(copyBytes(source, offset, count));
}

int tst_sourcereader(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestSourceReader>(argc, argv);
}

#include "tst_sourcereader.moc"
