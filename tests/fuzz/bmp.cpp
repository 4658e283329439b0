#include "common/base/memorysource.h"
#include "common/protocol/bmp/bmpheader.h"
#include "tests/fuzz/oracle.h"
#include "tests/support/codecbytes.h"

#include <QtEndian>

#include <bit>
#include <cmath>
#include <optional>
#include <vector>

namespace shmpix::fuzz {

namespace {

/// Returns the indices that the run lengths encode, the bottom row first, or nothing if they leave the
/// picture.
std::optional<std::vector<int>> runLengthPixels(const QByteArray& bytes, const BmpHeader& header)
{
    const qint64 width = header.width;
    const qint64 height = header.height;
    const bool isFour = header.compression == BmpCompression::RunLength4;
    std::vector<int> pixels(std::size_t(width * height), 0);
    qint64 x = 0;
    qint64 y = 0;
    qint64 i = header.pixelOffset;
    const auto byte = [&](qint64 at) { return at < header.end ? int(uchar(bytes[at])) : -1; };
    const auto nibble = [](int value, qint64 n) { return n % 2 == 0 ? value >> 4 : value & 15; };
    while (byte(i + 1) >= 0) {
        const int count = byte(i);
        const int value = byte(i + 1);
        i += 2;
        const int length = count > 0 ? count : value > 2 ? value : 0;
        if (length > 0) {
            if (y >= height || x + length > width) {
                return std::nullopt;
            }
            for (int n = 0; n < length; ++n) {
                const int coded = count > 0 ? value : byte(isFour ? i + n / 2 : i + n);
                pixels[std::size_t(y * width + x++)] = isFour ? nibble(coded, n) : coded;
            }
            const qint64 codedBytes = count > 0 ? 0 : isFour ? (length + 1) / 2 : length;
            i += codedBytes + codedBytes % 2;
        } else if (value == 0) {
            x = 0;
            ++y;
        } else if (value == 1) {
            return pixels;
        } else {
            x += byte(i);
            y += byte(i + 1);
            i += 2;
        }
    }
    return pixels;
}

void compareRunLengths(const QByteArray& bytes, const BmpHeader& header, const QImage& image)
{
    const auto expected = runLengthPixels(bytes, header);
    require(expected.has_value(), "run lengths that leave the picture were accepted");
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            const int row = image.height() - 1 - y;
            const int index = (*expected)[std::size_t(row) * std::size_t(image.width()) + std::size_t(x)];
            if (image.pixelIndex(x, y) != index) {
                fail(QStringLiteral("colour %1 at (%2, %3), and run lengths say %4")
                         .arg(image.pixelIndex(x, y))
                         .arg(x)
                         .arg(y)
                         .arg(index));
            }
        }
    }
}

/// Checks each channel of 16 or 32 bits, scaled to 255 and rounded either way.
void compareMasks(const QByteArray& bytes, const BmpHeader& header, const QImage& image)
{
    const auto isNear = [](int value, quint32 pixel, quint32 mask, double absent) {
        // Only the upper 8 bits of a wider channel are used.
        const double expected = mask == 0 ? absent : double(pixel & mask) * 255 / double(mask);
        return std::abs(value - expected) <= 1;
    };
    for (qint64 y = 0; y < header.height; ++y) {
        const qint64 row = header.topDown ? y : header.height - 1 - y;
        for (qint64 x = 0; x < header.width; ++x) {
            const char* at =
                bytes.constData() + header.pixelOffset + row * header.stride + x * header.bitsPerPixel / 8;
            const quint32 pixel =
                header.bitsPerPixel == 16 ? qFromLittleEndian<quint16>(at) : qFromLittleEndian<quint32>(at);
            const QRgb color = image.pixel(int(x), int(y));
            const BmpMasks& masks = header.masks;
            if (!isNear(qRed(color), pixel, masks.red, 0) || !isNear(qGreen(color), pixel, masks.green, 0) ||
                !isNear(qBlue(color), pixel, masks.blue, 0) ||
                !isNear(qAlpha(color), pixel, masks.alpha, 255)) {
                fail(QStringLiteral("%1 at (%2, %3) became %4")
                         .arg(pixel, 0, 16)
                         .arg(x)
                         .arg(y)
                         .arg(color, 0, 16));
            }
        }
    }
}

/// Whether each pixel has a colour in the palette of the file. Qt would take other colours from the bytes
/// after it, and look for the pixels behind these.
bool hasColorForEach(const QByteArray& file, const BmpHeader& header, const QImage& image)
{
    constexpr int coreHeaderBytes = 12;
    const bool isCore = file[14] == coreHeaderBytes;
    const auto used =
        isCore ? quint32(header.pixelOffset - 26) / 3 : qFromLittleEndian<quint32>(file.constData() + 46);
    const quint32 colors = isCore || used != 0 ? used : 256;
    if (isCore && colors < 1U << header.bitsPerPixel) {
        return false;
    }
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            if (quint32(image.pixelIndex(x, y)) >= colors) {
                return false;
            }
        }
    }
    return true;
}

/// Qt's reader is correct for files with palettes or three bytes per pixel (ARCHITECTURE.md) if the last row
/// is padded.
void compareWithQt(const QByteArray& file, const BmpHeader& header, const QImage& image)
{
    const bool isWhole = header.pixelOffset + header.stride * header.height <= file.size();
    const bool isPlain =
        isWhole && header.start == BmpStart::Plain && header.bitsPerPixel != 16 && header.bitsPerPixel != 32;
    if (!isPlain || (header.bitsPerPixel <= 8 && !hasColorForEach(file, header, image))) {
        return;
    }
    const QImage theirs = QImage::fromData(file, "bmp");
    if (!theirs.isNull()) {
        requireSamePixels(image, theirs, "Qt's reader");
    }
}

} // namespace

/// Compares headers, palettes, masks and run lengths with computed values, and with Qt where it is correct.
void fuzzBmp(Input input)
{
    const QByteArray bytes = bytesOf(input);
    MemorySource source(input);
    const auto header = readBmpHeader(source);
    require(header || test::isBadData(header), "no sentence for a header that is refused");
    if (header && !isQuick(header->width, header->height)) {
        return;
    }
    const auto decoded = test::decoded(ProtocolId::Bmp, bytes);
    requireSound(decoded, bytes.size());
    require(!decoded || header, "a picture without a header");
    if (!decoded) {
        require(!header || header->isRunLength(), "refused behind a header that is accepted");
        return;
    }
    require(decoded->image.size() == QSize(header->width, header->height), "another size than the header's");
    if (header->isRunLength()) {
        compareRunLengths(bytes, *header, decoded->image);
    } else if (header->bitsPerPixel == 16 || header->bitsPerPixel == 32) {
        compareMasks(bytes, *header, decoded->image);
    } else {
        compareWithQt(bytes, *header, decoded->image);
    }
}

} // namespace shmpix::fuzz
