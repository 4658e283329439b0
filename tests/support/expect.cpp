#include "tests/support/expect.h"

#include "tests/support/uniquekey.h"

#include <QRandomGenerator>

#include <array>
#include <cstring>

namespace shmpix::test {

QString codeName(ErrorCode code)
{
    constexpr std::array names = {"Usage",   "NotFound", "NotPermitted", "NotOurs",  "InUse",
                                  "BadData", "NoSpace",  "TimedOut",     "LockHeld", "System"};
    return QLatin1String(names.at(static_cast<std::size_t>(code)));
}

QString described(const Error& error)
{
    return codeName(error.code) + QLatin1String(": ") + error.text;
}

void addSchemes(const QStringList& schemes)
{
    QTest::addColumn<QString>("scheme");
    for (const QString& scheme : schemes) {
        QTest::newRow(qPrintable(scheme)) << scheme;
    }
}

SegmentAddress parsed(const QString& address)
{
    return SegmentAddress::parse(address).value();
}

Result<void> write(SegmentWriter& writer, const QByteArray& bytes)
{
    const auto room = writer.reserve(bytes.size());
    if (!room) {
        return room.error();
    }
    if (static_cast<qsizetype>(room->size()) != bytes.size()) {
        return Error{ErrorCode::System,
                     QStringLiteral("room for %1 bytes instead of %2").arg(room->size()).arg(bytes.size())};
    }
    std::memcpy(room->data(), bytes.constData(), room->size());
    return writer.publish();
}

Result<QByteArray> contents(const QString& address, const ReadOptions& options)
{
    auto source = openSegment(parsed(address), options);
    if (!source) {
        return source.error();
    }
    QByteArray bytes((*source)->size(), Qt::Uninitialized);
    if (auto read = (*source)->read(0, std::as_writable_bytes(std::span(bytes.data(), bytes.size())));
        !read) {
        return read.error();
    }
    return bytes;
}

QByteArray pattern(qsizetype size, uint seed)
{
    QByteArray bytes(size, Qt::Uninitialized);
    QRandomGenerator random(seed);
    for (char& byte : bytes) {
        byte = static_cast<char>(random.generate() & 0xff);
    }
    return bytes;
}

Result<LoadedPicture> load(const QString& address, const ReadOptions& options)
{
    return loadPicture({parsed(address), {}, {}, options});
}

Result<ShareReport> share(Publisher& publisher, const QString& address, const QImage& image,
                          ProtocolId protocol, Existing existing)
{
    return publisher.share({image, parsed(address), protocol, existing});
}

QString fileOf(const QImage& image)
{
    const QString file = temporaryFolder() + QLatin1Char('/') + uniqueName() + QLatin1String(".png");
    return image.save(file) ? file : QString();
}

QString channelPeer()
{
    return QStringLiteral(SHMPIX_PEERS "/channelpeer");
}

} // namespace shmpix::test
