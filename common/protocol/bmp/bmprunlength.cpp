#include "common/protocol/bmp/bmprunlength.h"

#include "common/protocol/sourcereader.h"

#include <QCoreApplication>

#include <algorithm>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(BmpRunLength)
};

Error invalid(const QString& why)
{
    return {ErrorCode::BadData,
            Text::tr("The run-length encoding of the BMP is not valid: %1. Use an undamaged copy.").arg(why)};
}

/// No writer needs more: four bytes to move to each pixel, two to end each row, two to end the picture.
qint64 mostBytes(const BmpHeader& header)
{
    return 4 * (qint64{header.width} + 1) * header.height + 2;
}

class RunLengthReader
{
public:
    RunLengthReader(ByteSource& source, const BmpHeader& header, QImage& image)
        : m_source(source, header.pixelOffset)
        , m_end(std::min(header.end, header.pixelOffset + mostBytes(header)))
        , m_four(header.compression == BmpCompression::RunLength4)
        , m_width(image.width())
        , m_height(image.height())
        , m_bytesPerLine(image.bytesPerLine())
        , m_bits(image.bits())
    {
    }

    Result<qint64> readAll()
    {
        while (!m_done) {
            if (m_source.position() == m_end && isFull()) {
                break; // the end marker is missing
            }
            if (auto step = readCode(); !step) {
                return step.error();
            }
        }
        return m_source.position();
    }

private:
    [[nodiscard]] bool isFull() const { return m_y >= m_height || (m_y == m_height - 1 && m_x == m_width); }

    Result<std::span<const std::byte>> take(qint64 count)
    {
        if (count > m_end - m_source.position()) {
            return invalid(Text::tr("it ends before the picture does"));
        }
        return m_source.take(count);
    }

    /// A pair of bytes: a run, or 0 and a command.
    Result<void> readCode()
    {
        const auto code = take(2);
        if (!code) {
            return code.error();
        }
        const int count = std::to_integer<int>((*code)[0]);
        const int value = std::to_integer<int>((*code)[1]);
        if (count > 0) {
            return putRun(count, value);
        }
        switch (value) {
        case 0:
            return moveTo(0, m_y + 1);
        case 1:
            m_done = true;
            return {};
        case 2: {
            const auto distance = take(2);
            return distance ? moveTo(m_x + std::to_integer<int>((*distance)[0]),
                                     m_y + std::to_integer<int>((*distance)[1]))
                            : distance.error();
        }
        default:
            return putPixels(value);
        }
    }

    /// A move to the edge is valid, although no pixel fits there.
    Result<void> moveTo(int x, int y)
    {
        if (x > m_width || y > m_height) {
            return invalid(Text::tr("it leaves the picture in row %1").arg(m_y));
        }
        m_x = x;
        m_y = y;
        return {};
    }

    /// Returns the place of the next `count` pixels, or null if they do not fit. Rows come from the bottom.
    uchar* place(int count)
    {
        if (m_y >= m_height || count > m_width - m_x) {
            return nullptr;
        }
        uchar* pixels = m_bits + (m_height - 1 - m_y) * m_bytesPerLine + m_x;
        m_x += count;
        return pixels;
    }

    Result<void> putRun(int count, int value)
    {
        uchar* pixels = place(count);
        if (pixels == nullptr) {
            return tooLong(count);
        }
        for (int i = 0; i < count; ++i) {
            pixels[i] = static_cast<uchar>(!m_four ? value : i % 2 == 0 ? value >> 4 : value & 0x0f);
        }
        return {};
    }

    /// Puts single pixels, which are padded to a whole number of pairs.
    Result<void> putPixels(int count)
    {
        const qint64 bytes = m_four ? (count + 1) / 2 : count;
        const auto values = take((bytes + 1) / 2 * 2);
        if (!values) {
            return values.error();
        }
        uchar* pixels = place(count);
        if (pixels == nullptr) {
            return tooLong(count);
        }
        for (int i = 0; i < count; ++i) {
            const int value = std::to_integer<int>((*values)[static_cast<std::size_t>(m_four ? i / 2 : i)]);
            pixels[i] = static_cast<uchar>(!m_four ? value : i % 2 == 0 ? value >> 4 : value & 0x0f);
        }
        return {};
    }

    [[nodiscard]] Error tooLong(int count) const
    {
        return invalid(Text::tr("%1 pixels at column %2 of row %3 lie outside the picture")
                           .arg(count)
                           .arg(m_x)
                           .arg(m_y));
    }

    SourceReader m_source;
    qint64 m_end;
    bool m_four;
    int m_width;
    int m_height;
    qsizetype m_bytesPerLine;
    uchar* m_bits;
    int m_x = 0;
    int m_y = 0;
    bool m_done = false;
};

} // namespace

Result<qint64> readRunLengths(ByteSource& source, const BmpHeader& header, QImage& image)
{
    image.fill(0);
    return RunLengthReader(source, header, image).readAll();
}

} // namespace shmpix
