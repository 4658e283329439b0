#include "common/image/rowconverter.h"

#include "common/image/copypixels.h"

#include <libyuv/convert_argb.h>
#include <libyuv/convert_from_argb.h>
#include <libyuv/planar_functions.h>

#include <algorithm>
#include <cstring>

namespace shmpix {

namespace {

constexpr qsizetype bandBytes = qsizetype{128} * 1024;

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
    , m_opaque(m_method == Method::SwapRedBlueSetAlpha ? static_cast<std::size_t>(m_image.width()) : 0, 0xff)
{
}

RowConverter::Method RowConverter::methodFor(QImage::Format from, QImage::Format to)
{
    if (from == to || (from == QImage::Format_RGBX8888 && to == QImage::Format_RGBA8888) ||
        (from == QImage::Format_RGBX64 && to == QImage::Format_RGBA64)) {
        return Method::Copy; // X is opaque by definition
    }
    // In memory, ARGB32 and RGB32 are B, G, R, A on the little-endian machines that we support.
    if (Q_BYTE_ORDER == Q_LITTLE_ENDIAN &&
        (from == QImage::Format_RGB32 || (from == QImage::Format_ARGB32 && to == QImage::Format_RGBA8888))) {
        if (to == QImage::Format_RGBA8888) {
            return from == QImage::Format_RGB32 ? Method::SwapRedBlueSetAlpha : Method::SwapRedBlue;
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

void RowConverter::copyRow(int y, std::span<std::byte> out)
{
    const auto rowOf = [this](const uchar* pixels) {
        return std::span(reinterpret_cast<const std::byte*>(pixels), static_cast<std::size_t>(m_rowBytes));
    };
    const uchar* row = m_image.constScanLine(y);
    const int width = m_image.width();
    switch (m_method) {
    case Method::Copy:
        copyPixels(rowOf(row), out.data());
        break;
    // libyuv names channels from the highest byte of a little-endian word: its ARGB is Qt's ARGB32,
    // its ABGR is Qt's RGBA8888, its RAW is Qt's RGB888, its RGB24 is Qt's BGR888.
    case Method::SwapRedBlue:
        libyuv::ARGBToABGR(row, 0, bytes(out), 0, width, 1);
        break;
    case Method::SwapRedBlueSetAlpha: // Qt leaves the fourth byte of RGB32 undefined
        libyuv::ARGBToABGR(row, 0, bytes(out), 0, width, 1);
        libyuv::ARGBCopyYToAlpha(m_opaque.data(), 0, bytes(out), 0, width, 1);
        break;
    case Method::SwapRedBlueDropAlpha:
        libyuv::ARGBToRAW(row, 0, bytes(out), 0, width, 1);
        break;
    case Method::AddAlpha: // RGB24ToARGB keeps the channels' order and adds an opaque byte
        libyuv::RGB24ToARGB(row, 0, bytes(out), 0, width, 1);
        break;
    case Method::ThroughQt:
        convertBand(y);
        copyPixels(rowOf(m_band.constScanLine(y - m_bandTop)), out.data());
        break;
    }
}

void RowConverter::copyAll(std::span<std::byte> out)
{
    if (m_method == Method::Copy && m_image.bytesPerLine() == m_rowBytes) {
        // In one call: for megabytes, the C library bypasses the cache.
        std::memcpy(out.data(), m_image.constBits(), static_cast<std::size_t>(m_image.sizeInBytes()));
        return;
    }
    const auto rowBytes = static_cast<std::size_t>(m_rowBytes);
    for (int y = 0; y < m_image.height(); ++y) {
        copyRow(y, out.subspan(static_cast<std::size_t>(y) * rowBytes, rowBytes));
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
