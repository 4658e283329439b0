#include "common/protocol/raw/rawsizecodec.h"

#include "common/image/imagelimits.h"
#include "common/image/rowconverter.h"
#include "common/protocol/depthnote.h"
#include "common/protocol/raw/rawsizegeometry.h"

#include <QCoreApplication>

#include <algorithm>
#include <atomic>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(RawsizeCodec)
};

constexpr qint64 headerBytes = 4;
constexpr qint64 pixelBytes = 4;

Result<std::array<unsigned char, 4>> readHeader(ByteSource& source)
{
    std::array<unsigned char, 4> header = {};
    if (auto read = source.read(0, std::as_writable_bytes(std::span(header))); !read) {
        return read.error();
    }
    return header;
}

/// Whether the fit is proof enough if the user did not name rawsize.
bool isConvincing(const RawsizeCandidate& candidate, const std::array<unsigned char, 4>& header)
{
    const bool blankHeader =
        std::all_of(header.begin(), header.end(), [](unsigned char byte) { return byte == 0; });
    switch (candidate.fit) {
    case RawsizeFit::Exact:
    case RawsizeFit::Wrapped:
        return true;
    case RawsizeFit::PageRounded:
    case RawsizeFit::WrappedPage:
        return !blankHeader; // any blank segment would fit
    case RawsizeFit::Longer:
        break;
    }
    return false;
}

QString reasonFor(const RawsizeCandidate& candidate, const std::array<unsigned char, 4>& header)
{
    const QString size = QStringLiteral("%1 × %2").arg(candidate.size.width()).arg(candidate.size.height());
    switch (candidate.fit) {
    case RawsizeFit::Exact:
        return Text::tr("Raw pixels: the header gives %1, which fills the segment").arg(size);
    case RawsizeFit::PageRounded:
        return Text::tr("Raw pixels: the header gives %1, which fills the segment up to its last page")
            .arg(size);
    case RawsizeFit::Wrapped:
    case RawsizeFit::WrappedPage:
        return Text::
            tr("Raw pixels: the header gives %1 × %2, sides that have wrapped at 256; %3 fills the segment")
                .arg(header[0])
                .arg(header[1])
                .arg(size);
    case RawsizeFit::Longer:
        break;
    }
    return Text::tr("Raw pixels: the header gives %1; the segment is longer").arg(size);
}

} // namespace

Result<Encoding> RawsizeCodec::encode(const QImage& image, const EncodeOptions&) const
{
    if (auto checked = checkedImageBytes(image.width(), image.height(), 32); !checked) {
        return checked.error();
    }
    const qint64 bytes = headerBytes + qint64{image.width()} * image.height() * pixelBytes;
    auto write = [image](std::span<std::byte> out) {
        RowConverter(image, QImage::Format_RGBA8888).copyAll(out.subspan(headerBytes));
        std::atomic_signal_fence(std::memory_order_seq_cst); // the compiler keeps the order
        const auto put = [&out](int index, int value) {
            out[static_cast<std::size_t>(index)] = std::byte(value & 0xff);
        };
        put(0, image.width());
        put(1, image.height());
        put(2, image.width() >> 8);
        put(3, image.height() >> 8);
    };
    return Encoding{bytes, std::move(write), depthNote(image)};
}

std::optional<QString> RawsizeCodec::recognise(ByteSource& source) const
{
    const auto header = readHeader(source);
    if (!header) {
        return std::nullopt;
    }
    const auto candidates = rawsizeCandidates(*header, source.size());
    if (candidates.empty() || !isConvincing(candidates.front(), *header)) {
        return std::nullopt;
    }
    return reasonFor(candidates.front(), *header);
}

Result<Decoded> RawsizeCodec::decode(ByteSource& source, const DecodeOptions& options) const
{
    const auto header = readHeader(source);
    if (!header) {
        return header.error();
    }
    auto candidates = rawsizeCandidates(*header, source.size());
    const auto chosen = options.size.isEmpty() ? candidates.begin()
                                               : std::find_if(candidates.begin(), candidates.end(),
                                                              [&options](const RawsizeCandidate& candidate) {
                                                                  return candidate.size == options.size;
                                                              });
    if (chosen == candidates.end()) {
        return Error{ErrorCode::BadData, Text::tr("The header bytes %1 %2 %3 %4 give no size that fits a "
                                                  "segment of %5 bytes. Let Shmpix detect the protocol.")
                                             .arg((*header)[0])
                                             .arg((*header)[1])
                                             .arg((*header)[2])
                                             .arg((*header)[3])
                                             .arg(source.size())};
    }
    Decoded decoded;
    decoded.reason = reasonFor(*chosen, *header);
    decoded.image = QImage(chosen->size, QImage::Format_RGBA8888);
    if (decoded.image.isNull()) {
        return Error{ErrorCode::NoSpace,
                     Text::tr("There is not enough memory for a picture of %1 × %2. Close other programs.")
                         .arg(chosen->size.width())
                         .arg(chosen->size.height())};
    }
    // QImage does not pad RGBA8888 rows, so the pixels are read directly into the image.
    auto* bits = decoded.image.bits();
    if (auto read =
            source.read(headerBytes, std::as_writable_bytes(std::span(bits, decoded.image.sizeInBytes())));
        !read) {
        return read.error();
    }
    decoded.bytes = headerBytes + decoded.image.sizeInBytes();
    for (const RawsizeCandidate& candidate : candidates) {
        if (candidate.size != chosen->size && candidate.fit <= RawsizeFit::WrappedPage) {
            decoded.otherSizes.push_back(candidate.size);
        }
    }
    return decoded;
}

} // namespace shmpix
