#pragma once

#include "common/protocol/bmp/bmpmasks.h"

#include <QByteArray>
#include <QtEndian>

#include <array>

/// Makes BMP files field by field: kinds that Qt does not write, and damaged files.
namespace shmpix::test {

struct BmpRecipe
{
    int headerBytes = 40;
    int bits = 24;
    quint32 compression = 0;
    int width = 13;
    int height = 7; ///< negative if the top row comes first
    int colors = 0; ///< the number of palette entries; 0 means all, as in the file
    BmpMasks masks = {};
    int gap = 0; ///< the number of bytes between the palette and the pixels
};

template <class Number>
void put(QByteArray& bytes, qsizetype at, Number value)
{
    qToLittleEndian(value, bytes.data() + at);
}

/// Returns a value that uses all bits of the pixel.
inline quint32 forgedPixel(int x, int y)
{
    quint32 value = quint32(x + 1) * 0x9e3779b1U ^ quint32(y + 1) * 0x85ebca6bU;
    value ^= value >> 15;
    return value * 0xc2b2ae35U;
}

inline QRgb forgedColor(int i)
{
    return qRgb(i * 7 & 255, 255 - i, i * 3 & 255);
}

inline void putForgedPixels(QByteArray& file, const BmpRecipe& recipe, qsizetype at)
{
    const int height = std::abs(recipe.height);
    const qsizetype stride = (qsizetype{recipe.width} * recipe.bits + 31) / 32 * 4;
    const quint32 colors = recipe.colors > 0 ? quint32(recipe.colors) : 1U << std::min(recipe.bits, 8);
    for (int y = 0; y < height; ++y) {
        char* row = file.data() + at + (recipe.height < 0 ? y : height - 1 - y) * stride;
        for (int x = 0; x < recipe.width; ++x) {
            const quint32 pixel = forgedPixel(x, y);
            const auto index = static_cast<char>(pixel % colors);
            switch (recipe.bits) {
            case 1:
                row[x / 8] = static_cast<char>((row[x / 8] & ~(0x80 >> x % 8)) | index << (7 - x % 8));
                break;
            case 4:
                row[x / 2] = static_cast<char>(x % 2 == 0 ? index << 4 | (row[x / 2] & 15)
                                                          : index | (row[x / 2] & 0xf0));
                break;
            case 8:
                row[x] = index;
                break;
            case 16:
                qToLittleEndian(static_cast<quint16>(pixel), row + 2 * x);
                break;
            case 24:
                row[3 * x] = static_cast<char>(pixel);
                row[3 * x + 1] = static_cast<char>(pixel >> 8);
                row[3 * x + 2] = static_cast<char>(pixel >> 16);
                break;
            default:
                qToLittleEndian(pixel, row + 4 * x);
            }
        }
    }
}

/// Makes the file. The pixels are forgedPixel(), cut to the depth, and the palette is forgedColor(). The
/// padding, the gap and the fourth bytes of the palette are 0xee, like memory that was used before.
inline QByteArray forgedBmp(const BmpRecipe& recipe)
{
    const bool core = recipe.headerBytes == 12;
    const int maskBytes = recipe.headerBytes != 40  ? 0
                          : recipe.compression == 3 ? 12
                          : recipe.compression == 6 ? 16
                                                    : 0;
    const int colors = recipe.bits > 8 ? 0 : recipe.colors > 0 ? recipe.colors : 1 << recipe.bits;
    const int paletteAt = 14 + recipe.headerBytes + maskBytes;
    const int entryBytes = core ? 3 : 4;
    const int pixelsAt = paletteAt + colors * entryBytes + recipe.gap;
    const qsizetype stride = (qsizetype{recipe.width} * recipe.bits + 31) / 32 * 4;
    QByteArray file(pixelsAt + stride * std::abs(recipe.height), '\xee');
    std::fill_n(file.begin(), paletteAt, '\0');
    file.replace(0, 2, "BM");
    put(file, 2, quint32(file.size()));
    put(file, 10, quint32(pixelsAt));
    put(file, 14, quint32(recipe.headerBytes));
    if (core) {
        put(file, 18, quint16(recipe.width));
        put(file, 20, quint16(recipe.height));
        put(file, 22, quint16(1));
        put(file, 24, quint16(recipe.bits));
    } else {
        put(file, 18, qint32(recipe.width));
        put(file, 22, qint32(recipe.height));
        put(file, 26, quint16(1));
        put(file, 28, quint16(recipe.bits));
        put(file, 30, recipe.compression);
        put(file, 46, quint32(recipe.bits > 8 ? 0 : recipe.colors));
        const std::array masks = {recipe.masks.red, recipe.masks.green, recipe.masks.blue,
                                  recipe.masks.alpha};
        const int room = std::clamp((recipe.headerBytes - 40 + maskBytes) / 4, 0, 4);
        for (int i = 0; i < room; ++i) {
            put(file, 54 + 4 * i, masks[std::size_t(i)]);
        }
    }
    for (int i = 0; i < colors; ++i) {
        const QRgb color = forgedColor(i);
        file[paletteAt + i * entryBytes] = char(qBlue(color));
        file[paletteAt + i * entryBytes + 1] = char(qGreen(color));
        file[paletteAt + i * entryBytes + 2] = char(qRed(color));
    }
    putForgedPixels(file, recipe, pixelsAt);
    return file;
}

/// Changes a file as two C# writers do: they put its length in front of it or over its first four bytes.
inline QByteArray behindLength(const QByteArray& file)
{
    QByteArray length(4, '\0');
    put(length, 0, qint32(file.size()));
    return length + file;
}
inline QByteArray underLength(QByteArray file)
{
    put(file, 0, qint32(file.size()));
    return file;
}

} // namespace shmpix::test
