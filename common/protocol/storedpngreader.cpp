#include "common/protocol/storedpngreader.h"

#include "common/image/copypixels.h"
#include "common/protocol/checksums.h"
#include "common/protocol/pngheader.h"
#include "common/protocol/sourcereader.h"

#include <QCoreApplication>
#include <QtEndian>

#include <algorithm>

namespace shmpix {

namespace {

using png::chunkType;

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(StoredPngReader)
};

/// What a step of the reader found.
enum class Step { Fine, OtherKind, Damaged };

Error damaged(const QString& what)
{
    return {ErrorCode::BadData,
            Text::tr("The PNG is damaged: %1. It may have been read while it was written; load again.")
                .arg(what)};
}

/// Takes the raw bytes of a PNG (a filter byte, then samples, row by row) and fills the image.
class RowFiller
{
public:
    explicit RowFiller(const PngHeader& header)
        : m_header(header)
        , m_image(header.width, header.height, imageFormat(header))
        , m_rowBytes(qint64{header.width} * header.bitsPerPixel() / 8)
        , m_wide(needsFourthSample() ? static_cast<std::size_t>(m_rowBytes) : 0)
    {
    }

    /// The format that holds the PNG's samples as they are.
    [[nodiscard]] static QImage::Format imageFormat(const PngHeader& header)
    {
        const bool deep = header.bitDepth == 16;
        switch (header.colorType) {
        case png::ColorType::Grey:
            return deep ? QImage::Format_Grayscale16 : QImage::Format_Grayscale8;
        case png::ColorType::Rgb:
            return deep ? QImage::Format_RGBX64 : QImage::Format_RGB888;
        case png::ColorType::Palette:
            return QImage::Format_Indexed8;
        case png::ColorType::Rgba:
            return deep ? QImage::Format_RGBA64 : QImage::Format_RGBA8888;
        case png::ColorType::GreyAlpha:
            break;
        }
        return QImage::Format_Invalid;
    }

    [[nodiscard]] bool isNull() const { return m_image.isNull(); }
    [[nodiscard]] bool complete() const { return m_y == m_header.height; }

    [[nodiscard]] Step put(std::span<const std::byte> data)
    {
        while (!data.empty()) {
            if (complete()) {
                return Step::Damaged;
            }
            if (m_x < 0) {
                if (data.front() != std::byte{0}) {
                    return Step::OtherKind; // a filtered row
                }
                data = data.subspan(1);
                m_x = 0;
                continue;
            }
            const auto count = std::min(data.size(), static_cast<std::size_t>(m_rowBytes - m_x));
            std::byte* row = m_wide.empty() ? scanLine() : m_wide.data();
            copyPixels(data.first(count), row + m_x);
            data = data.subspan(count);
            m_x += static_cast<qint64>(count);
            if (m_x == m_rowBytes) {
                finishRow();
            }
        }
        return Step::Fine;
    }

    [[nodiscard]] QImage take(QList<QRgb> palette)
    {
        if (m_header.colorType == png::ColorType::Palette) {
            // An index beyond the palette must not reach code that trusts the image.
            palette.resize(std::max<qsizetype>(palette.size(), m_highestIndex + 1), qRgb(0, 0, 0));
            m_image.setColorTable(palette);
        }
        return std::move(m_image);
    }

private:
    [[nodiscard]] bool needsFourthSample() const
    {
        return m_header.bitDepth == 16 && m_header.colorType == png::ColorType::Rgb;
    }
    [[nodiscard]] std::byte* scanLine() { return reinterpret_cast<std::byte*>(m_image.scanLine(m_y)); }

    void finishRow()
    {
        if (needsFourthSample()) {
            std::byte* out = scanLine();
            for (int x = 0; x < m_header.width; ++x) {
                qFromBigEndian<quint16>(m_wide.data() + qsizetype{x} * 6, 3, out + qsizetype{x} * 8);
                qToUnaligned<quint16>(0xffff, out + qsizetype{x} * 8 + 6);
            }
        } else if (m_header.bitDepth == 16) {
            qFromBigEndian<quint16>(scanLine(), m_rowBytes / 2, scanLine());
        } else if (m_header.colorType == png::ColorType::Palette) {
            const auto* row = m_image.constScanLine(m_y);
            m_highestIndex = std::max<int>(m_highestIndex, *std::max_element(row, row + m_header.width));
        }
        m_x = -1;
        ++m_y;
    }

    PngHeader m_header;
    QImage m_image;
    qint64 m_rowBytes;
    std::vector<std::byte> m_wide; ///< a row whose samples QImage keeps wider than the PNG does
    qint64 m_x = -1;               ///< bytes of the row that are there; -1: the filter byte comes next
    int m_y = 0;
    int m_highestIndex = 0;
};

/// Unpacks a zlib stream that has stored blocks only, however it is cut into pieces.
class StoredInflater
{
public:
    explicit StoredInflater(RowFiller& rows)
        : m_rows(rows)
    {
    }

    [[nodiscard]] bool complete() const { return m_state == State::Done; }

    [[nodiscard]] Step put(std::span<const std::byte> data)
    {
        while (!data.empty()) {
            if (m_state == State::Done) {
                return Step::Damaged;
            }
            if (m_state == State::Block) {
                const auto piece = data.first(std::min(data.size(), m_blockLeft));
                m_adler = adler32(m_adler, piece);
                if (const Step step = m_rows.put(piece); step != Step::Fine) {
                    return step;
                }
                m_blockLeft -= piece.size();
                data = data.subspan(piece.size());
                if (m_blockLeft == 0) {
                    endBlock();
                }
                continue;
            }
            m_head[m_headCount++] = data.front();
            data = data.subspan(1);
            if (m_headCount == m_headWanted) {
                if (const Step step = takeHead(); step != Step::Fine) {
                    return step;
                }
            }
        }
        return Step::Fine;
    }

private:
    enum class State { ZlibHeader, BlockHeader, Block, Checksum, Done };

    void expect(State state, std::size_t count)
    {
        m_state = state;
        m_headWanted = count;
        m_headCount = 0;
    }
    void endBlock()
    {
        if (m_lastBlock) {
            expect(State::Checksum, 4);
        } else {
            expect(State::BlockHeader, png::storedHeaderBytes);
        }
    }
    [[nodiscard]] Step takeHead()
    {
        const auto* head = reinterpret_cast<const unsigned char*>(m_head.data());
        switch (m_state) {
        case State::ZlibHeader:
            if ((head[0] & 0x0f) != 8 || (head[1] & 0x20) != 0 || (head[0] * 256 + head[1]) % 31 != 0) {
                return Step::OtherKind;
            }
            expect(State::BlockHeader, png::storedHeaderBytes);
            return Step::Fine;
        case State::BlockHeader: {
            if ((head[0] & 0xfe) != 0) {
                return Step::OtherKind; // a compressed block
            }
            m_lastBlock = (head[0] & 1) != 0;
            const auto length = qFromLittleEndian<quint16>(head + 1);
            if (static_cast<quint16>(~length) != qFromLittleEndian<quint16>(head + 3)) {
                return Step::Damaged;
            }
            m_blockLeft = length;
            m_state = State::Block;
            if (m_blockLeft == 0) {
                endBlock();
            }
            return Step::Fine;
        }
        case State::Checksum:
            if (qFromBigEndian<quint32>(head) != m_adler) {
                return Step::Damaged;
            }
            m_state = State::Done;
            return Step::Fine;
        case State::Block:
        case State::Done:
            break;
        }
        return Step::Damaged;
    }

    RowFiller& m_rows;
    State m_state = State::ZlibHeader;
    std::array<std::byte, 8> m_head = {};
    std::size_t m_headWanted = 2;
    std::size_t m_headCount = 0;
    std::size_t m_blockLeft = 0;
    bool m_lastBlock = false;
    std::uint32_t m_adler = 1;
};

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
        RowFiller rows(*header);
        if (rows.isNull()) {
            return Error{ErrorCode::NoSpace, Text::tr("There is not enough memory for a picture of %1 × %2.")
                                                 .arg(header->width)
                                                 .arg(header->height)};
        }
        StoredInflater inflater(rows);
        for (;;) {
            auto chunk = readPngChunkHeader(m_reader);
            if (!chunk) {
                return chunk.error();
            }
            const bool isEnd = chunk->type == chunkType("IEND");
            Result<Step> step = Step::Fine;
            if (chunk->type == chunkType("IDAT")) {
                step = readData(*chunk,
                                [&inflater](std::span<const std::byte> data) { return inflater.put(data); });
            } else if (chunk->type == chunkType("PLTE") || chunk->type == chunkType("tRNS")) {
                step = readPalette(*chunk, header->colorType == png::ColorType::Palette);
            } else if (chunk->isCritical() && !isEnd) {
                step = Step::OtherKind;
            } else {
                step = passBy(*chunk);
            }
            if (!step) {
                return step.error();
            }
            if (*step == Step::OtherKind) {
                return std::optional<StoredPng>();
            }
            if (*step == Step::Damaged) {
                return damaged(Text::tr("its checksums do not match"));
            }
            if (isEnd) {
                break;
            }
        }
        if (!rows.complete() || !inflater.complete()) {
            return damaged(Text::tr("it has fewer rows than its header says"));
        }
        return std::optional(StoredPng{rows.take(std::move(m_palette)), m_reader.position() - m_offset});
    }

private:
    /// Whether the samples can be copied as they are.
    [[nodiscard]] static bool isStraight(const PngHeader& header)
    {
        return !header.interlaced && header.bitDepth >= 8 && header.colorType != png::ColorType::GreyAlpha;
    }

    /// Gives the chunk's data to `use`, piece by piece, then verifies its checksum.
    template <class Use>
    [[nodiscard]] Result<Step> readData(const PngChunk& chunk, Use use)
    {
        std::uint32_t crc = chunk.typeCrc();
        for (qint64 left = chunk.bytes; left > 0;) {
            auto piece = m_reader.next(left);
            if (!piece) {
                return piece.error();
            }
            crc = crc32(crc, *piece);
            if (const Step step = use(*piece); step != Step::Fine) {
                return step;
            }
            left -= static_cast<qint64>(piece->size());
        }
        return checkCrc(crc);
    }

    /// Only the checksum matters: one wrong bit makes a chunk about transparency one that does not concern
    /// us.
    [[nodiscard]] Result<Step> passBy(const PngChunk& chunk)
    {
        return readData(chunk, [](std::span<const std::byte>) { return Step::Fine; });
    }

    [[nodiscard]] Result<Step> readPalette(const PngChunk& chunk, bool isPalettePicture)
    {
        const bool isColors = chunk.type == chunkType("PLTE");
        if (!isPalettePicture) {
            if (!isColors) {
                return Step::OtherKind; // one colour that is transparent
            }
            return passBy(chunk); // a hint for displays with few colours
        }
        if (isColors ? chunk.bytes > 768 || chunk.bytes % 3 != 0 : chunk.bytes > m_palette.size()) {
            return Step::Damaged;
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

    [[nodiscard]] Result<Step> checkCrc(std::uint32_t crc)
    {
        auto stored = m_reader.take(4);
        if (!stored) {
            return stored.error();
        }
        return qFromBigEndian<quint32>(stored->data()) == crc ? Step::Fine : Step::Damaged;
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
