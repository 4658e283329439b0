#include "common/protocol/bmp/bmpcodec.h"

#include "common/image/imagelimits.h"
#include "common/image/rowconverter.h"
#include "common/protocol/bmp/bmpheader.h"
#include "common/protocol/bmp/bmppixels.h"
#include "common/protocol/depthnote.h"

#include <QCoreApplication>
#include <QtEndian>

#include <algorithm>
#include <array>
#include <atomic>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(BmpCodec)
};

constexpr qint64 fileHeaderBytes = 14;
constexpr qint64 infoHeaderBytes = 40;
constexpr qint64 v4HeaderBytes = 108;

/// How a picture is written: format of the rows, bits per pixel, palette, and offset of the pixels.
struct BmpLayout
{
    QImage::Format rows = QImage::Format_BGR888;
    int bitsPerPixel = 24;
    QList<QRgb> palette;
    qint64 headerBytes = infoHeaderBytes;
    qint64 stride = 0;
    qint64 pixelOffset = 0;
};

QList<QRgb> greyPalette()
{
    QList<QRgb> palette(256);
    for (int i = 0; i < 256; ++i) {
        palette[i] = qRgb(i, i, i);
    }
    return palette;
}

BmpLayout layoutFor(const QImage& image)
{
    BmpLayout layout;
    const bool grey =
        image.format() == QImage::Format_Grayscale8 || image.format() == QImage::Format_Grayscale16;
    if (grey) {
        layout.rows = QImage::Format_Grayscale8;
        layout.bitsPerPixel = 8;
        layout.palette = greyPalette();
    } else if (image.hasAlphaChannel()) { // also a palette with transparent entries
        layout.rows = QImage::Format_ARGB32;
        layout.bitsPerPixel = 32;
        layout.headerBytes = v4HeaderBytes;
    } else if (image.format() == QImage::Format_Indexed8) {
        layout.rows = QImage::Format_Indexed8;
        layout.bitsPerPixel = 8;
        layout.palette = image.colorTable();
        layout.palette.resize(256, qRgb(0, 0, 0));
    }
    layout.stride = (qint64{image.width()} * layout.bitsPerPixel + 31) / 32 * 4;
    layout.pixelOffset = fileHeaderBytes + layout.headerBytes + 4 * layout.palette.size();
    return layout;
}

void writeHeaders(const QImage& image, const BmpLayout& layout, std::span<std::byte> out)
{
    std::fill_n(out.begin(), layout.pixelOffset, std::byte{0});
    const auto put16 = [out](std::size_t at, quint16 value) { qToLittleEndian(value, &out[at]); };
    const auto put32 = [out](std::size_t at, qint64 value) {
        qToLittleEndian(static_cast<quint32>(value), &out[at]);
    };
    out[0] = std::byte{'B'};
    out[1] = std::byte{'M'};
    put32(2, static_cast<qint64>(out.size()));
    put32(10, layout.pixelOffset);
    put32(14, layout.headerBytes);
    put32(18, image.width());
    put32(22, image.height());
    put16(26, 1);
    put16(28, static_cast<quint16>(layout.bitsPerPixel));
    put32(34, layout.stride * image.height());
    put32(38, image.dotsPerMeterX());
    put32(42, image.dotsPerMeterY());
    put32(46, layout.palette.size());
    if (layout.headerBytes == v4HeaderBytes) {
        put32(30, 3); // bit fields, so that readers take the fourth byte as alpha
        put32(54, 0x00ff0000);
        put32(58, 0x0000ff00);
        put32(62, 0x000000ff);
        put32(66, 0xff000000);
        put32(70, 0x73524742); // 'sRGB'
    }
    for (qsizetype i = 0; i < layout.palette.size(); ++i) {
        const auto at = static_cast<std::size_t>(fileHeaderBytes + layout.headerBytes + 4 * i);
        put32(at, layout.palette[i] & 0x00ffffff);
    }
}

void writePixels(const QImage& image, const BmpLayout& layout, std::span<std::byte> pixels)
{
    RowConverter rows(image, layout.rows);
    const auto rowBytes = static_cast<std::size_t>(rows.rowBytes());
    const auto stride = static_cast<std::size_t>(layout.stride);
    for (int y = 0; y < image.height(); ++y) {
        const auto bottomUp = static_cast<std::size_t>(image.height() - 1 - y);
        const auto row = pixels.subspan(bottomUp * stride, stride);
        rows.copyRow(y, row);
        std::fill(row.begin() + static_cast<std::ptrdiff_t>(rowBytes), row.end(), std::byte{0});
    }
}

QString reasonFor(const BmpHeader& header)
{
    const QString order = header.topDown ? Text::tr("top row first") : Text::tr("bottom row first");
    const QString packing = header.isRunLength() ? Text::tr(", run-length encoded") : QString();
    QString start;
    switch (header.start) {
    case BmpStart::Plain:
        break;
    case BmpStart::BehindLength:
        start = Text::tr(", preceded by its length");
        break;
    case BmpStart::LengthOverMagic:
        start = Text::tr(", its length in place of BM");
        break;
    }
    return Text::tr("BMP file: %1 bits per pixel, %2").arg(header.bitsPerPixel).arg(order) + packing + start;
}

} // namespace

Result<Encoding> BmpCodec::encode(const QImage& picture, const EncodeOptions&) const
{
    if (auto checked = checkedImageBytes(picture.width(), picture.height(), 32); !checked) {
        return checked.error();
    }
    const bool usable =
        picture.depth() != 1 && (picture.format() != QImage::Format_Indexed8 || picture.colorCount() > 0);
    const QImage image = usable ? picture : picture.convertToFormat(QImage::Format_Indexed8);
    const BmpLayout layout = layoutFor(image);
    auto write = [image, layout](std::span<std::byte> out) {
        writePixels(image, layout, out.subspan(static_cast<std::size_t>(layout.pixelOffset)));
        std::atomic_signal_fence(std::memory_order_seq_cst); // the compiler keeps the order
        writeHeaders(image, layout, out);
    };
    return Encoding{layout.pixelOffset + layout.stride * image.height(), std::move(write),
                    depthNote(picture)};
}

std::optional<QString> BmpCodec::recognise(ByteSource& source) const
{
    std::array<std::byte, 58> head = {};
    const auto start = std::span(head).first(static_cast<std::size_t>(std::min<qint64>(source.size(), 58)));
    if (!source.read(0, start)) {
        return std::nullopt;
    }
    const auto found = findBmpStart(start, source.size());
    if (!found) {
        return std::nullopt;
    }
    switch (*found) {
    case BmpStart::Plain:
        break;
    case BmpStart::BehindLength:
        return Text::tr("BMP file preceded by its length: bytes 4 and 5 are BM, followed by a BMP header");
    case BmpStart::LengthOverMagic:
        return Text::tr("BMP file whose first 4 bytes hold its length: a BMP header follows");
    }
    return Text::tr("BMP file: it starts with BM and a BMP header");
}

Result<Decoded> BmpCodec::decode(ByteSource& source, const DecodeOptions&) const
{
    const auto header = readBmpHeader(source);
    if (!header) {
        return header.error();
    }
    auto pixels = readBmpPixels(source, *header);
    if (!pixels) {
        return pixels.error();
    }
    return Decoded{std::move(pixels->image), reasonFor(*header), pixels->end, {}};
}

} // namespace shmpix
