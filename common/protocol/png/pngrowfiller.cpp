#include "common/protocol/png/pngrowfiller.h"

#include "common/image/copypixels.h"

#include <QtEndian>

#include <algorithm>

namespace shmpix {

namespace {

/// Returns the format that holds the PNG's samples unchanged.
QImage::Format imageFormat(const PngHeader& header)
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

} // namespace

PngRowFiller::PngRowFiller(const PngHeader& header)
    : m_header(header)
    , m_image(header.width, header.height, imageFormat(header))
    , m_rowBytes(qint64{header.width} * header.bitsPerPixel() / 8)
    , m_wide(needsFourthSample() ? static_cast<std::size_t>(m_rowBytes) : 0)
{
}

PngStep PngRowFiller::put(std::span<const std::byte> data)
{
    while (!data.empty()) {
        if (complete()) {
            return PngStep::Damaged;
        }
        if (m_x < 0) {
            if (data.front() != std::byte{0}) {
                return PngStep::OtherKind; // a filtered row
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
    return PngStep::Fine;
}

QImage PngRowFiller::take(QList<QRgb> palette)
{
    if (m_header.colorType == png::ColorType::Palette) {
        // An index beyond the palette must not reach code that trusts the image.
        palette.resize(std::max<qsizetype>(palette.size(), m_highestIndex + 1), qRgb(0, 0, 0));
        m_image.setColorTable(palette);
    }
    return std::move(m_image);
}

bool PngRowFiller::needsFourthSample() const
{
    return m_header.bitDepth == 16 && m_header.colorType == png::ColorType::Rgb;
}

void PngRowFiller::finishRow()
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

} // namespace shmpix
