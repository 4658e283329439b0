#include "common/protocol/detection.h"
#include "tests/protocol/decodedcomplaint.h"
#include "tests/protocol/pngforgery.h"
#include "tests/support/runtest.h"

#include <QDataStream>
#include <QElapsedTimer>
#include <QLoggingCategory>
#include <QRandomGenerator>

using namespace shmpix;
using namespace shmpix::test;

namespace {

/// Changes different bytes at every read, like a writer that continues to write.
class ShiftingSource final : public ByteSource
{
public:
    ShiftingSource(const QByteArray& bytes, quint32 seed)
        : m_bytes(bytes)
        , m_random(seed)
    {
    }
    [[nodiscard]] qint64 size() const override { return m_bytes.size(); }
    [[nodiscard]] Result<void> read(qint64 offset, std::span<std::byte> out) override
    {
        auto result = MemorySource(spanOf(m_bytes)).read(offset, out);
        for (int changes = m_random.bounded(4); result && !out.empty() && changes > 0; --changes) {
            // The first bytes belong to headers, so they change more often.
            const bool early = m_random.bounded(2) == 0;
            const auto most = early ? std::min<std::size_t>(out.size(), 64) : out.size();
            out[m_random.bounded(static_cast<quint32>(most))] = static_cast<std::byte>(m_random.bounded(256));
        }
        return result;
    }

private:
    QByteArray m_bytes;
    QRandomGenerator m_random;
};

/// Acts like a segment that its owner made shorter: after the given number of bytes every read fails.
class FailingSource final : public ByteSource
{
public:
    FailingSource(const QByteArray& bytes, qint64 allowed)
        : m_bytes(bytes)
        , m_allowed(allowed)
    {
    }
    [[nodiscard]] qint64 size() const override { return m_bytes.size(); }
    [[nodiscard]] Result<void> read(qint64 offset, std::span<std::byte> out) override
    {
        m_allowed -= static_cast<qint64>(out.size());
        if (m_allowed < 0) {
            m_hasFailed = true;
            return Error{ErrorCode::BadData, QStringLiteral("The segment was cut while it was read.")};
        }
        return MemorySource(spanOf(m_bytes)).read(offset, out);
    }
    [[nodiscard]] bool hasFailed() const { return m_hasFailed; }

private:
    QByteArray m_bytes;
    qint64 m_allowed;
    bool m_hasFailed = false;
};

QByteArray stockBytes(const QImage& image)
{
    QByteArray bytes;
    QDataStream out(&bytes, QIODevice::WriteOnly);
    out << image;
    return bytes;
}

/// Decodes a source by the detected protocol and by every protocol.
QString complaintOfAll(ByteSource& source)
{
    if (const auto id = detectProtocol(source); id) {
        const QString found = complaint(codecFor(*id).decode(source, {}), source.size());
        if (!found.isEmpty()) {
            return found;
        }
    }
    for (ProtocolId id : selfDescribingProtocols()) {
        const QString found = complaint(codecFor(id).decode(source, {}), source.size());
        if (!found.isEmpty()) {
            return protocolName(id) + QStringLiteral(": ") + found;
        }
    }
    return {};
}

QByteArray mutated(const QByteArray& original, QRandomGenerator& random)
{
    QByteArray bytes = original;
    constexpr std::array<uchar, 8> telling = {0x00, 0x01, 0x7f, 0x80, 0xff, 0xd9, 0xda, 0xfe};
    const bool keepsLength = random.bounded(2) == 0;
    const qsizetype first =
        std::min<qsizetype>(bytes.size(), random.bounded(4) == 0 ? 0 : 12); // after a signature
    for (int changes = 1 + random.bounded(keepsLength ? 3 : 8); changes > 0 && bytes.size() > first;
         --changes) {
        const bool early = random.bounded(2) == 0;
        const auto at =
            random.bounded(first, early ? std::min<qsizetype>(bytes.size(), first + 80) : bytes.size());
        switch (keepsLength ? 4 + random.bounded(4) : random.bounded(8)) {
        case 0:
            bytes.truncate(at);
            break;
        case 1:
            bytes.insert(at, QByteArray(1 + random.bounded(40), char(random.bounded(256))));
            break;
        case 2:
            bytes.remove(at, 1 + random.bounded(9));
            break;
        case 3:
            bytes.insert(at, bytes.mid(random.bounded(bytes.size()), random.bounded(64)));
            break;
        case 4:
        case 5:
            bytes[at] = char(telling[random.bounded(quint32(telling.size()))]);
            break;
        default:
            bytes[at] = char(random.bounded(256));
            break;
        }
    }
    if (random.bounded(2) == 0) { // otherwise the decoder would never get past the checksums of a PNG
        const qsizetype signature = bytes.indexOf("\x89PNG");
        if (signature >= 0) {
            mendPngChecksums(bytes, signature);
        }
    }
    return random.bounded(4) == 0 ? pageRounded(bytes) : bytes;
}

} // namespace

/// Random changes of bytes with fixed seeds.
class TestHostileBytes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void A17_mutatedBytesNeverCrash_data();
    void A17_mutatedBytesNeverCrash();
    void bytesThatChangeBetweenReadsNeverCrash_data() { A17_mutatedBytesNeverCrash_data(); }
    void bytesThatChangeBetweenReadsNeverCrash();
    void readsThatBeginToFailAreReported_data() { A17_mutatedBytesNeverCrash_data(); }
    void readsThatBeginToFailAreReported();
    void allOfItIsSoonDone();

private:
    QElapsedTimer m_timer;
};

void TestHostileBytes::initTestCase()
{
    QLoggingCategory::setFilterRules(QStringLiteral("qt.gui.imageio*=false")); // thousands of messages
    m_timer.start();
}

void TestHostileBytes::A17_mutatedBytesNeverCrash_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<ProtocolId>("id");

    const QImage color = photo(16, 12);
    const QImage palette = picture(QStringLiteral("palette-alpha")).copy(0, 0, 16, 12);
    const QImage deep = picture(QStringLiteral("rgb16")).copy(0, 0, 16, 12);
    for (ProtocolId id : selfDescribingProtocols()) {
        QTest::addRow("%s", qPrintable(protocolName(id))) << encoded(id, color) << id;
    }
    QTest::newRow("datastream, palette")
        << encoded(ProtocolId::Datastream, palette) << ProtocolId::Datastream;
    QTest::newRow("datastream, 16 bit") << encoded(ProtocolId::Datastream, deep) << ProtocolId::Datastream;
    QTest::newRow("datastream, stock Qt's") << stockBytes(color) << ProtocolId::Datastream;
    QTest::newRow("png, Qt's palette") << qtFile(palette, "png") << ProtocolId::Png;
    QTest::newRow("bmp, palette") << encoded(ProtocolId::Bmp,
                                             picture(QStringLiteral("palette")).copy(0, 0, 16, 12))
                                  << ProtocolId::Bmp;
    QTest::newRow("bmp, alpha") << encoded(ProtocolId::Bmp, palette) << ProtocolId::Bmp;
    QTest::newRow("bmp, Qt's 1 bit") << qtFile(color.convertToFormat(QImage::Format_Mono), "bmp")
                                     << ProtocolId::Bmp;
    QTest::newRow("jpeg, camera's") << cameraJpeg(16, 12) << ProtocolId::Jpeg;
}

void TestHostileBytes::A17_mutatedBytesNeverCrash()
{
    QFETCH(QByteArray, bytes);
    int decodedAnyway = 0;
    for (quint32 seed = 1; seed <= 3000; ++seed) {
        QRandomGenerator random(seed);
        const QByteArray hostile = mutated(bytes, random);
        MemorySource source(spanOf(hostile));
        const QString wrong = complaintOfAll(source);
        QVERIFY2(wrong.isEmpty(), qPrintable(QStringLiteral("seed %1: %2").arg(seed).arg(wrong)));
        QFETCH(ProtocolId, id);
        decodedAnyway += codecFor(id).decode(source, {}).has_value() ? 1 : 0;
    }
    // Otherwise the mutations were so crude that the decoders never got far.
    QVERIFY2(decodedAnyway > 30, qPrintable(QString::number(decodedAnyway)));
}

void TestHostileBytes::bytesThatChangeBetweenReadsNeverCrash()
{
    QFETCH(QByteArray, bytes);
    for (quint32 seed = 1; seed <= 1000; ++seed) {
        ShiftingSource source(seed % 2 == 0 ? bytes : pageRounded(bytes), seed);
        const QString wrong = complaintOfAll(source);
        QVERIFY2(wrong.isEmpty(), qPrintable(QStringLiteral("seed %1: %2").arg(seed).arg(wrong)));
    }
}

void TestHostileBytes::readsThatBeginToFailAreReported()
{
    QFETCH(QByteArray, bytes);
    QFETCH(ProtocolId, id);
    // Large enough that a decoder has to read it in several steps.
    const QByteArray segment = bytes + QByteArray(id == ProtocolId::Rawsize ? 0 : 300000, '\0');
    for (qint64 allowed = 0; allowed < segment.size() * 3; allowed = allowed * 5 / 4 + 3) {
        FailingSource source(segment, allowed);
        const auto back = codecFor(id).decode(source, {});
        QVERIFY2(!back || !source.hasFailed() || !back->image.isNull(), qPrintable(QString::number(allowed)));
        const QString wrong = complaint(back, segment.size());
        QVERIFY2(wrong.isEmpty(), qPrintable(QStringLiteral("%1 bytes: %2").arg(allowed).arg(wrong)));
        FailingSource again(segment, allowed);
        const QString other = complaintOfAll(again);
        QVERIFY2(other.isEmpty(), qPrintable(QStringLiteral("%1 bytes: %2").arg(allowed).arg(other)));
    }
    FailingSource never(segment, 0);
    QVERIFY_BAD_DATA(codecFor(id).decode(never, {}));
}

void TestHostileBytes::allOfItIsSoonDone()
{
    QVERIFY2(m_timer.elapsed() < 60000, qPrintable(QStringLiteral("%1 ms").arg(m_timer.elapsed())));
}

int tst_hostilebytes(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestHostileBytes>(argc, argv);
}

#include "tst_hostilebytes.moc"
