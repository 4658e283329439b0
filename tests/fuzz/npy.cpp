#include "common/base/memorysource.h"
#include "common/protocol/npy/npyarray.h"
#include "tests/fuzz/oracle.h"
#include "tests/support/codecbytes.h"

#include <QtEndian>

namespace shmpix::fuzz {

namespace {

/// print and parse are inverse functions for arrays that can be pictures.
void printAndParse(const NpyHeader& header)
{
    const QByteArray printed = npyHeaderBytes(header.type, header.shape);
    MemorySource source(test::spanOf(printed));
    const auto again = readNpyHeader(source);
    require(again.has_value(), "our own header is refused");
    require(again->type == header.type && again->shape == header.shape && !again->fortranOrder &&
                again->dataOffset == printed.size() && printed.size() % 64 == 0,
            "our own header says something else");
}

/// Compares integer arrays of rows × columns and of rows × columns × channels number by number.
void compareNumbers(const NpyHeader& header, const QByteArray& bytes, const QImage& image)
{
    const QByteArray kind = header.type.last(2);
    const qint64 wide = kind == "u2" ? 2 : 1;
    const std::size_t axes = header.shape.size();
    const qint64 channels = axes == 3 ? header.shape[2] : 1;
    const bool channelsLast =
        axes == 2 || (axes == 3 && channels <= 4 && channels != 2 && header.shape[0] > 4);
    if ((kind != "u1" && kind != "u2") || !channelsLast) {
        return;
    }
    const qint64 rows = header.shape[0];
    const qint64 columns = header.shape[1];
    require(image.size() == QSize(int(columns), int(rows)), "another size than the shape");
    const bool isBig = header.type.front() == '>';
    for (qint64 y = 0; y < rows; ++y) {
        for (qint64 x = 0; x < columns; ++x) {
            const auto number = [&](qint64 c) {
                const qint64 i =
                    header.fortranOrder ? y + rows * (x + columns * c) : (y * columns + x) * channels + c;
                const char* at = bytes.constData() + header.dataOffset + i * wide;
                return wide == 1 ? quint16(uchar(*at) * 257)
                       : isBig   ? qFromBigEndian<quint16>(at)
                                 : qFromLittleEndian<quint16>(at);
            };
            const QRgba64 pixel = image.pixelColor(int(x), int(y)).rgba64();
            const QRgba64 expected =
                qRgba64(number(0), number(channels > 2 ? 1 : 0), number(channels > 2 ? 2 : 0),
                        channels == 4 ? number(3) : quint16(0xffff));
            if (pixel != expected) {
                fail(QStringLiteral("number at (%1, %2) became %3 and is %4")
                         .arg(x)
                         .arg(y)
                         .arg(quint64(pixel), 0, 16)
                         .arg(quint64(expected), 0, 16));
            }
        }
    }
}

} // namespace

/// The header, and the numbers of arrays in either order of axes and bytes.
void fuzzNpy(Input input)
{
    const QByteArray bytes = bytesOf(input);
    MemorySource source(input);
    const auto header = readNpyHeader(source);
    require(header || test::isBadData(header), "no sentence for a header that is refused");
    const auto picture = header ? npyPicture(*header) : Result<NpyPicture>(header.error());
    if (picture) {
        printAndParse(*header);
    }
    const auto decoded = test::decoded(ProtocolId::Npy, bytes);
    requireSound(decoded, bytes.size());
    require(!decoded || picture, "a picture that its header is not");
    if (decoded) {
        compareNumbers(*header, bytes, decoded->image);
    }
}

} // namespace shmpix::fuzz
