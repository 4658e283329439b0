#include "common/image/rowconverter.h"

#include <libyuv/convert_argb.h>
#include <libyuv/convert_from_argb.h>

#include <algorithm>
#include <cstring>

namespace shmpix {

namespace {

constexpr qsizetype bandBytes = 128 * 1024;

uint8_t* bytes(std::span<std::byte> out)
{
    return reinterpret_cast<uint8_t*>(out.data());
}

} // namespace

RowConverter::RowConverter(QImage image, QImage::Format target)
    : m_image(std::move(image))
    , m_target(target)
    , m_method(methodFor(m_image.format(), target))
    , m_rowBytes(qsizetype{m_image.width()} * QImage::toPixelFormat(target).bitsPerPixel() / 8)
{
}

RowConverter::Method RowConverter::methodFor(QImage::Format from, QImage::Format to)
{
    if (from == to || (from == QImage::Format_RGBX8888 && to == QImage::Format_RGBA8888)
        || (from == QImage::Format_RGBX64 && to == QImage::Format_RGBA64)) {
        return Method::Copy; // X is opaque by definition
    }
    // In memory ARGB32 and RGB32 are B, G, R, A on the little-endian machines we run on.
    if (Q_BYTE_ORDER == Q_LITTLE_ENDIAN
        && (from == QImage::Format_RGB32 || (from == QImage::Format_ARGB32 && to == QImage::Format_RGBA8888))) {
        if (to == QImage::Format_RGBA8888) {
            return Method::SwapRedBlue;
        }
        if (to == QImage::Format_RGB888) {
            return Method::SwapRedBlueDropAlpha;
        }
    }
    if (from == QImage::Format_RGB888 && to == QImage::Format_RGBA8888) {
        return Method::AddAlpha;
    }
    return Method::ThroughQt;
}

std::span<const std::byte> RowConverter::rowInPlace(int y) const
{
    if (m_method != Method::Copy) {
        return {};
    }
    return {reinterpret_cast<const std::byte*>(m_image.constScanLine(y)), static_cast<std::size_t>(m_rowBytes)};
}

void RowConverter::copyRow(int y, std::span<std::byte> out)
{
    const uchar* row = m_image.constScanLine(y);
    const int width = m_image.width();
    switch (m_method) {
    case Method::Copy:
        std::memcpy(out.data(), row, static_cast<std::size_t>(m_rowBytes));
        break;
    // libyuv names channels from the highest byte of a little-endian word: its ARGB is Qt's ARGB32,
    // its ABGR is Qt's RGBA8888, its RAW is Qt's RGB888, its RGB24 is Qt's BGR888.
    case Method::SwapRedBlue:
        libyuv::ARGBToABGR(row, 0, bytes(out), 0, width, 1);
        break;
    case Method::SwapRedBlueDropAlpha:
        libyuv::ARGBToRAW(row, 0, bytes(out), 0, width, 1);
        break;
    case Method::AddAlpha: // RGB24ToARGB keeps the channels' order and adds an opaque byte
        libyuv::RGB24ToARGB(row, 0, bytes(out), 0, width, 1);
        break;
    case Method::ThroughQt:
        convertBand(y);
        std::memcpy(out.data(), m_band.constScanLine(y - m_bandTop), static_cast<std::size_t>(m_rowBytes));
        break;
    }
}

void RowConverter::convertBand(int y)
{
    if (m_bandTop >= 0 && y >= m_bandTop && y < m_bandTop + m_band.height()) {
        return;
    }
    const auto wanted = std::max<qsizetype>(1, bandBytes / std::max<qsizetype>(1, m_image.bytesPerLine()));
    const int rows = static_cast<int>(std::min<qsizetype>(wanted, m_image.height() - y));
    // A view of the rows: no pixel is copied before convertToFormat() does.
    QImage view(m_image.constScanLine(y), m_image.width(), rows, m_image.bytesPerLine(), m_image.format());
    view.setColorTable(m_image.colorTable());
    m_band = view.convertToFormat(m_target);
    if (m_band.constBits() == view.constBits()) {
        m_band = m_band.copy();
    }
    m_bandTop = y;
}

} // namespace shmpix
