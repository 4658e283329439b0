// Tests that the work is bounded for every source, by what a guess may read and by the program that waits for
// a picture.
#include "common/protocol/guess/segmentsample.h"
#include "tests/support/codecbytes.h"
#include "tests/support/runtest.h"

#include <cstring>

using namespace shmpix;
using namespace shmpix::test;

namespace {

constexpr qint64 megabyte = qint64{1} << 20;
constexpr qint64 gigabyte = qint64{1} << 30;
constexpr qint64 terabyte = qint64{1} << 40;

/// A source of the given size whose first bytes are not 0. Counts the bytes that are read.
class LongSource final : public ByteSource
{
public:
    LongSource(qint64 size, qint64 contentEnd)
        : m_size(size)
        , m_contentEnd(contentEnd)
    {
    }
    [[nodiscard]] qint64 size() const override { return m_size; }
    [[nodiscard]] Result<void> read(qint64 offset, std::span<std::byte> out) override
    {
        m_read += static_cast<qint64>(out.size());
        std::fill(out.begin(), out.end(), std::byte{0});
        if (m_contentEnd > offset) {
            const auto content = static_cast<std::size_t>(m_contentEnd - offset);
            const auto part = out.first(std::min(content, out.size()));
            std::fill(part.begin(), part.end(), std::byte{1});
        }
        return {};
    }
    [[nodiscard]] qint64 bytesRead() const { return m_read; }

private:
    qint64 m_size;
    qint64 m_contentEnd;
    qint64 m_read = 0;
};

/// A source for which nobody waits any longer once its bytes were read: an empty read reports this.
class UnwantedSource final : public ByteSource
{
public:
    explicit UnwantedSource(QByteArray bytes)
        : m_bytes(std::move(bytes))
    {
    }
    [[nodiscard]] qint64 size() const override { return m_bytes.size(); }
    [[nodiscard]] Result<void> read(qint64 offset, std::span<std::byte> out) override
    {
        if (out.empty()) {
            return Error{ErrorCode::TimedOut, QStringLiteral("over")};
        }
        std::memcpy(out.data(), m_bytes.constData() + offset, out.size());
        return {};
    }

private:
    QByteArray m_bytes;
};

} // namespace

class TestBoundedWork : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void Z9_theEndOfTheContentIsFoundByFewReads_data();
    void Z9_theEndOfTheContentIsFoundByFewReads();
    void Z9_decodingEndsWhenNobodyWaits_data();
    void Z9_decodingEndsWhenNobodyWaits();
};

void TestBoundedWork::Z9_theEndOfTheContentIsFoundByFewReads_data()
{
    QTest::addColumn<qint64>("size");
    QTest::addColumn<qint64>("contentEnd");
    for (const qint64 size : {100 * megabyte, 64 * gigabyte, terabyte}) {
        for (const qint64 end : {qint64{0}, qint64{1}, 5 * megabyte, SegmentSample::maximumFront,
                                 SegmentSample::maximumFront + 1, 99 * megabyte + 4711, gigabyte + 3,
                                 63 * gigabyte + 1, terabyte - 1, terabyte}) {
            if (end <= size) {
                QTest::addRow("%lld of %lld", end, size) << size << end;
            }
        }
    }
}

void TestBoundedWork::Z9_theEndOfTheContentIsFoundByFewReads()
{
    QFETCH(qint64, size);
    QFETCH(qint64, contentEnd);
    LongSource source(size, contentEnd);
    const auto sample = takeSegmentSample(source);
    QVERIFY(sample.has_value());
    QCOMPARE(sample->contentEnd, contentEnd);
    QVERIFY2(source.bytesRead() < 3 * SegmentSample::maximumFront,
             qPrintable(QString::number(source.bytesRead())));
}

void TestBoundedWork::Z9_decodingEndsWhenNobodyWaits_data()
{
    QTest::addColumn<int>("protocol");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("layout");
    const QImage image = photo(64, 48, QImage::Format_RGB888);
    const QByteArray dictionary = "{'descr': '|u1', 'fortran_order': True, 'shape': (48, 64, 3), }";
    const QByteArray array = QByteArray("\x93NUMPY\x01\x00", 8) + char(dictionary.size()) + '\0' +
                             dictionary + QByteArray(48 * 64 * 3, '\5');
    QTest::newRow("jpeg") << int(ProtocolId::Jpeg) << qtFile(image, "jpeg") << QString();
    QTest::newRow("png") << int(ProtocolId::Png) << qtFile(image, "png") << QString();
    QTest::newRow("npy") << int(ProtocolId::Npy) << array << QString();
    for (const char* format : {"gray32f", "rggb8"}) {
        QTest::newRow(format) << int(ProtocolId::Pixels) << QByteArray(64 * 48 * 4, '\5')
                              << QStringLiteral("64x48:") + QLatin1StringView(format);
    }
}

void TestBoundedWork::Z9_decodingEndsWhenNobodyWaits()
{
    QFETCH(int, protocol);
    QFETCH(QByteArray, bytes);
    QFETCH(QString, layout);
    DecodeOptions options;
    if (!layout.isEmpty()) {
        const auto parsed = parseLayout(layout);
        QVERIFY2(parsed.has_value(), qPrintable(layout));
        options.layout = *parsed;
    }
    UnwantedSource source(bytes);
    const auto decoded = codecFor(ProtocolId(protocol)).decode(source, options);
    QVERIFY(!decoded);
    QCOMPARE(decoded.error().code, ErrorCode::TimedOut);
}

int tst_boundedwork(int argc, char** argv)
{
    return shmpix::test::runTest<QGuiApplication, TestBoundedWork>(argc, argv);
}

#include "tst_boundedwork.moc"
