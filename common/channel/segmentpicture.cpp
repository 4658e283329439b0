#include "common/channel/segmentpicture.h"

#include "common/base/checksums.h"
#include "common/image/readpixels.h"
#include "common/live/stillframe.h"
#include "common/protocol/detection.h"

#include <QCoreApplication>

#include <array>
#include <vector>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(SegmentPicture)
};

constexpr int mostAttempts = 3;

/// A part of another source that begins at a given place.
class PartSource final : public ByteSource
{
public:
    PartSource(ByteSource& source, qint64 begin, qint64 bytes)
        : m_source(source)
        , m_begin(begin)
        , m_bytes(bytes)
    {
    }

    [[nodiscard]] qint64 size() const override { return m_bytes; }
    [[nodiscard]] Result<void> read(qint64 offset, std::span<std::byte> out) override
    {
        return m_source.read(m_begin + offset, out); // layouts are checked against size()
    }

private:
    ByteSource& m_source;
    qint64 m_begin;
    qint64 m_bytes;
};

Result<bool> hasItsChecksum(ByteSource& source, const StillFrame& frame)
{
    if (!frame.entry.checksum) {
        return true;
    }
    std::vector<std::byte> piece(std::size_t{1} << 16);
    quint32 sum = 0;
    for (qint64 at = 0; at < frame.entry.bytes; at += qint64(piece.size())) {
        const auto part =
            std::span(piece).first(std::size_t(std::min(qint64(piece.size()), frame.entry.bytes - at)));
        if (auto read = source.read(frame.pixelsAt + at, part); !read) {
            return read.error();
        }
        sum = crc32(sum, part);
    }
    return sum == *frame.entry.checksum;
}

/// Returns nothing if the frame was overwritten in the meantime.
Result<std::optional<Decoded>> readFrame(ByteSource& source)
{
    auto frame = findNewestFrame(source);
    if (!frame) {
        return frame.error();
    }
    PartSource part(source, frame->pixelsAt, frame->entry.bytes);
    auto pixels = readPixels(part, frame->entry.layout);
    const auto isWhole = hasItsChecksum(source, *frame);
    if (!isStillThere(source, *frame)) {
        return std::optional<Decoded>();
    }
    if (!pixels || !isWhole) {
        return pixels ? isWhole.error() : pixels.error();
    }
    if (!*isWhole) {
        return Error{ErrorCode::BadData,
                     Text::tr("Frame %1 is damaged: its checksum is wrong. Load the next frame.")
                         .arg(frame->entry.number)};
    }
    Decoded decoded;
    decoded.image = std::move(pixels->image);
    decoded.note = std::move(pixels->note);
    decoded.bytes = frame->entry.bytes;
    const QString title = pixelFormatTitle(frame->entry.layout.format);
    decoded.reason = frame->state == RingState::Closed
                         ? Text::tr("Live frames: %1, last frame of a stream that has ended").arg(title)
                         : Text::tr("Live frames: %1, frame %2").arg(title).arg(frame->entry.number);
    return std::optional(std::move(decoded));
}

Result<Decoded> readNewest(ByteSource& source)
{
    for (int i = 0; i < mostAttempts; ++i) {
        auto decoded = readFrame(source);
        if (!decoded) {
            return decoded.error();
        }
        if (*decoded) {
            return std::move(**decoded);
        }
    }
    return senderIsTooFast();
}

} // namespace

Result<ProtocolId> detectSegment(ByteSource& source)
{
    std::array<std::byte, 8> start = {};
    if (source.size() >= qint64(start.size()) && source.read(0, start) && looksLikeRing(start)) {
        return ProtocolId::Live;
    }
    return detectProtocol(source);
}

Result<Decoded> readSegment(ByteSource& source, ProtocolId protocol, const DecodeOptions& options)
{
    return protocol == ProtocolId::Live ? readNewest(source) : codecFor(protocol).decode(source, options);
}

} // namespace shmpix
