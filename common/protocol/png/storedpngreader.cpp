#include "common/protocol/png/storedpngreader.h"

#include "common/base/checksums.h"
#include "common/protocol/png/pngheader.h"
#include "common/protocol/png/storedinflater.h"
#include "common/protocol/sourcereader.h"

#include <QCoreApplication>
#include <QtEndian>

namespace shmpix {

namespace {

using png::chunkType;

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(StoredPngReader)
};

Error damaged(const QString& what)
{
    return {ErrorCode::BadData,
            Text::tr("The PNG is damaged: %1. It may have been read while it was being written. Load again.")
                .arg(what)};
}

/// Walks the chunks.
class Reader
{
public:
    Reader(ByteSource& source, qint64 offset)
        : m_reader(source, offset)
        , m_offset(offset)
    {
    }

    [[nodiscard]] Result<std::optional<StoredPng>> read()
    {
        auto header = readPngHeader(m_reader);
        if (!header) {
            return header.error();
        }
        if (!isStraight(*header)) {
            return std::optional<StoredPng>();
        }
        PngRowFiller rows(*header);
        if (rows.isNull()) {
            return Error{
                ErrorCode::NoSpace,
                Text::tr("There is not enough memory for a picture of %1 × %2. Close other programs.")
                    .arg(header->width)
                    .arg(header->height)};
        }
        StoredInflater inflater(rows);
        for (;;) {
            auto chunk = readPngChunkHeader(m_reader);
            if (!chunk) {
                return chunk.error();
            }
            if (m_reader.position() + chunk->bytes - m_offset > header->mostFileBytes()) {
                return pngIsTooLong(*header);
            }
            const auto step = takeChunk(*chunk, header->colorType == png::ColorType::Palette, inflater);
            if (!step) {
                return step.error();
            }
            if (*step == PngStep::OtherKind) {
                return std::optional<StoredPng>();
            }
            if (*step == PngStep::Damaged) {
                return damaged(Text::tr("its checksums do not match"));
            }
            if (chunk->type == chunkType("IEND")) {
                break;
            }
        }
        if (!rows.complete() || !inflater.complete()) {
            return damaged(Text::tr("it has fewer rows than its header says"));
        }
        return std::optional(StoredPng{rows.take(std::move(m_palette)), m_reader.position() - m_offset});
    }

private:
    /// Whether the samples can be copied unchanged.
    [[nodiscard]] static bool isStraight(const PngHeader& header)
    {
        return !header.interlaced && header.bitDepth >= 8 && header.colorType != png::ColorType::GreyAlpha;
    }

    [[nodiscard]] Result<PngStep> takeChunk(const PngChunk& chunk, bool isPalettePicture,
                                            StoredInflater& inflater)
    {
        if (chunk.type == chunkType("IDAT")) {
            return readData(chunk,
                            [&inflater](std::span<const std::byte> data) { return inflater.put(data); });
        }
        if (chunk.type == chunkType("PLTE") || chunk.type == chunkType("tRNS")) {
            return readPalette(chunk, isPalettePicture);
        }
        if (chunk.isCritical() && chunk.type != chunkType("IEND")) {
            return PngStep::OtherKind;
        }
        return passBy(chunk);
    }

    /// Passes the chunk's data to `use` piece by piece, then verifies the checksum.
    template <class Use>
    [[nodiscard]] Result<PngStep> readData(const PngChunk& chunk, Use use)
    {
        std::uint32_t crc = chunk.typeCrc();
        for (qint64 left = chunk.bytes; left > 0;) {
            auto piece = m_reader.next(left);
            if (!piece) {
                return piece.error();
            }
            crc = crc32(crc, *piece);
            if (const PngStep step = use(*piece); step != PngStep::Fine) {
                return step;
            }
            left -= static_cast<qint64>(piece->size());
        }
        return checkCrc(crc);
    }

    /// Verifies only the checksum: one wrong bit in the type could hide a chunk about transparency.
    [[nodiscard]] Result<PngStep> passBy(const PngChunk& chunk)
    {
        return readData(chunk, [](std::span<const std::byte>) { return PngStep::Fine; });
    }

    [[nodiscard]] Result<PngStep> readPalette(const PngChunk& chunk, bool isPalettePicture)
    {
        const bool isColors = chunk.type == chunkType("PLTE");
        if (!isPalettePicture) {
            if (!isColors) {
                return PngStep::OtherKind; // one transparent colour
            }
            return passBy(chunk); // a hint for displays with few colours
        }
        if (isColors ? chunk.bytes > 768 || chunk.bytes % 3 != 0 : chunk.bytes > m_palette.size()) {
            return PngStep::Damaged;
        }
        auto data = m_reader.take(chunk.bytes);
        if (!data) {
            return data.error();
        }
        const auto* values = reinterpret_cast<const unsigned char*>(data->data());
        if (isColors) {
            m_palette.clear();
            for (qint64 i = 0; i < chunk.bytes; i += 3) {
                m_palette.append(qRgb(values[i], values[i + 1], values[i + 2]));
            }
        } else {
            for (qint64 i = 0; i < chunk.bytes; ++i) {
                m_palette[i] = (m_palette[i] & 0x00ffffff) | static_cast<QRgb>(values[i]) << 24;
            }
        }
        return checkCrc(crc32(chunk.typeCrc(), *data));
    }

    [[nodiscard]] Result<PngStep> checkCrc(std::uint32_t crc)
    {
        auto stored = m_reader.take(4);
        if (!stored) {
            return stored.error();
        }
        return qFromBigEndian<quint32>(stored->data()) == crc ? PngStep::Fine : PngStep::Damaged;
    }

    SourceReader m_reader;
    qint64 m_offset;
    QList<QRgb> m_palette;
};

} // namespace

Result<std::optional<StoredPng>> readStoredPng(ByteSource& source, qint64 offset)
{
    return Reader(source, offset).read();
}

} // namespace shmpix
