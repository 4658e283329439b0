#include "common/protocol/guess/samplevalues.h"

#include <qfloat16.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>

namespace shmpix {

namespace {

constexpr qint64 sampledRows = 24;
constexpr qint64 sampledPixels = 160;

/// Calls look(bytes of the pixel) for some pixels that have a neighbour on the left and on the right.
template <class Look>
void forSomePixels(const PictureRows& rows, qint64 pixelBytes, Look look)
{
    const qint64 pixels = rows.used / pixelBytes;
    const qint64 taken = std::min(rows.count, sampledRows);
    for (qint64 i = 0; i < taken; ++i) {
        const unsigned char* row = rows.row(rows.count * i / taken);
        const qint64 step = std::max<qint64>(1, pixels / sampledPixels);
        for (qint64 x = 1 + i % step; x + 1 < pixels; x += step) {
            look(row + x * pixelBytes);
        }
    }
}

template <class Number>
double numberAt(const unsigned char* bytes)
{
    Number number{};
    std::memcpy(&number, bytes, sizeof(Number));
    return static_cast<double>(number);
}

template <class Number>
double floatsAgainst(const PictureRows& rows, int channels)
{
    qint64 count = 0;
    qint64 insane = 0;
    qint64 tiny = 0;
    qint64 transparent = 0;
    double least = 0;
    double greatest = 0;
    forSomePixels(rows, channels * qint64{sizeof(Number)}, [&](const unsigned char* pixel) {
        for (int channel = 0; channel < channels; ++channel) {
            const double value = numberAt<Number>(pixel + channel * sizeof(Number));
            ++count;
            if (!std::isfinite(value) || std::abs(value) > 1e6) {
                ++insane;
                continue;
            }
            tiny += value != 0 && std::abs(value) < 1e-5 ? 1 : 0;
            transparent += channel == 3 && value != 1 ? 1 : 0;
            least = std::min(least, value);
            greatest = std::max(greatest, value);
        }
    });
    if (count == 0 || insane * 200 > count || tiny * 50 > count || greatest < 0.05) {
        return impossibleValues;
    }
    // Random bytes rarely make a float of plausible size, and hardly ever a double, but quite often a half.
    double against = sizeof(Number) == 2 ? 0 : sizeof(Number) == 4 ? -2.5 : -4;
    against += least < 0 ? 1 : greatest <= 1.001 ? -0.7 : greatest <= 255.5 ? 0 : 1.5;
    return against + (transparent > 0 ? 1.5 : 0);
}

/// Judges whether 16-bit words are the halves of a picture from 0 to 1 or from 0 to 255. In that case most of
/// them have one of a few exponents.
double halvesAgainst(const PictureRows& rows, int channels)
{
    qint64 count = 0;
    qint64 toOne = 0;  // 1/32 to 1
    qint64 toByte = 0; // 8 to 255
    qint64 zeros = 0;
    qint64 beyond = 0; // values that neither picture can have
    unsigned greatest = 0;
    forSomePixels(rows, qint64{2} * channels, [&](const unsigned char* pixel) {
        for (qint64 channel = 0; channel < channels; ++channel) {
            const unsigned word = pixel[2 * channel] | unsigned{pixel[2 * channel + 1]} << 8;
            ++count;
            zeros += word == 0 ? 1 : 0;
            toOne += word >= 0x2800 && word <= 0x3c00 ? 1 : 0;
            toByte += word >= 0x4800 && word <= 0x5bf8 ? 1 : 0;
            beyond += word > 0x5bf8 ? 1 : 0;
            greatest = std::max(greatest, word);
        }
    });
    const bool one = greatest <= 0x3c00 && greatest >= 0x3400 && toOne + zeros > count * 8 / 10;
    const bool byte = beyond == 0 && toByte + zeros > count * 9 / 10;
    if (zeros == count || (!one && !byte)) {
        return impossibleValues;
    }
    return floatsAgainst<qfloat16>(rows, channels) + (one ? -1.5 : -0.3);
}

/// Judges 16-bit numbers: the lower byte runs through all values while the upper byte changes by one.
double wordsAgainst(const PictureRows& rows, int channels)
{
    qint64 count = 0;
    qint64 same = 0;
    qint64 opaque = 0;
    qint64 lowerChange = 0;
    qint64 upperChange = 0;
    qint64 wraps = 0;   ///< the lower byte jumps from one end to the other
    qint64 carries = 0; ///< and the upper byte changes by one
    unsigned upperBits = 0;
    unsigned lowerBits = 0;
    const qint64 pixelBytes = qint64{2} * channels;
    forSomePixels(rows, pixelBytes, [&](const unsigned char* pixel) {
        for (qint64 channel = 0; channel < std::min(channels, 3); ++channel) {
            const unsigned char* at = pixel + 2 * channel;
            ++count;
            same += at[0] == at[1] ? 1 : 0;
            lowerChange += std::abs(at[0] - at[-pixelBytes]);
            upperChange += std::abs(at[1] - at[1 - pixelBytes]);
            const int low = at[0] - at[-pixelBytes];
            const int high = at[1] - at[1 - pixelBytes];
            wraps += std::abs(low) > 160 && std::abs(high) < 8 ? 1 : 0;
            carries += std::abs(low) > 160 && high == (low < 0 ? 1 : -1) ? 1 : 0;
            lowerBits |= at[0];
            upperBits |= at[1];
        }
        opaque += channels == 4 && pixel[6] == 0xff && pixel[7] == 0xff ? 1 : 0;
    });
    if (count == 0) {
        return impossibleValues;
    }
    double against = 0;
    if (same == count && (channels < 4 || 3 * opaque == count)) {
        against = -2.5; // 8 bits stretched to 16
    } else if (lowerBits == 0 || upperBits < 64) {
        against = -1; // 8 bits in the upper half; or 10, 12 or 14 bits
    } else if (carries > 12 && carries * 10 > wraps * 8) {
        against = -3;
    } else if (lowerChange < 3 * upperChange) {
        against = 3;
    }
    return against + (channels == 4 ? (3 * opaque == count ? -1 : 1.5) : 0);
}

/// Judges a mosaic: two of its colours are about equally smooth, but the bytes of a 16-bit number are not.
double mosaicAgainst(const PictureRows& rows)
{
    qint64 count = 0;
    qint64 even = 0;
    qint64 odd = 0;
    forSomePixels(rows, 2, [&](const unsigned char* pair) {
        ++count;
        even += std::abs(pair[0] - pair[-2]);
        odd += std::abs(pair[1] - pair[-1]);
    });
    return even > 55 * count && odd < 20 * count ? 3 : 0;
}

double fourthByteAgainst(const PictureRows& rows, bool alpha)
{
    qint64 count = 0;
    qint64 even = 0;
    qint64 odd = 0;
    qint64 opaque = 0;
    qint64 zero = 0;
    qint64 change = 0;
    forSomePixels(rows, 4, [&](const unsigned char* pixel) {
        ++count;
        opaque += pixel[3] == 0xff ? 1 : 0;
        zero += pixel[3] == 0 ? 1 : 0;
        change += std::abs(pixel[3] - pixel[-1]);
        even += std::abs(pixel[0] - pixel[-4]) + std::abs(pixel[2] - pixel[-2]);
        odd += qint64{2} * std::abs(pixel[1] - pixel[-3]);
    });
    // With two samples of 16 bits, the lower bytes are noise.
    const double words = even > 110 * count && odd < 40 * count ? 3 : 0;
    const bool constantZero = zero == count;
    const bool garbage = change > 40 * count; // alpha is flat almost everywhere
    if (alpha) {
        return words + (opaque == count      ? -1
                        : constantZero       ? 4
                        : garbage            ? 3
                        : change > 4 * count ? 1.8
                                             : 0.3);
    }
    return words + (constantZero ? -1 : opaque == count ? 1.5 : garbage ? 0 : 2);
}

double yuyvAgainst(const PictureRows& rows)
{
    qint64 count = 0;
    qint64 colour = 0;
    qint64 brightnessChange = 0;
    qint64 colourChange = 0;
    qint64 far = 0;
    qint64 same = 0;
    qint64 apart = 0; ///< differences between brightness and colour
    forSomePixels(rows, 4, [&](const unsigned char* pair) {
        ++count;
        for (const int at : {1, 3}) {
            colour += pair[at];
            far += std::abs(pair[at] - 128) > 90 ? 1 : 0;
            colourChange += std::abs(pair[at] - pair[at - 4]);
        }
        same += pair[0] == pair[1] && pair[2] == pair[3] ? 1 : 0;
        apart += std::abs(pair[0] - pair[1]) + std::abs(pair[2] - pair[3]);
        brightnessChange += std::abs(pair[2] - pair[0]) + std::abs(pair[2] - pair[4]);
    });
    if (count == 0 || same > count / 2 || 2 * apart < 3 * brightnessChange) {
        return impossibleValues;
    }
    const double mean = double(colour) / double(2 * count);
    const double smoother = double(colourChange) / double(std::max<qint64>(brightnessChange, 1));
    if (std::abs(mean - 128) > 50 || far * 20 > count || brightnessChange > 80 * count ||
        2 * colourChange > 3 * brightnessChange + count / 2) {
        return impossibleValues;
    }
    return std::abs(mean - 128) / 25 - 1.5 + std::clamp(2 * smoother - 1.5, 0.0, 4.0);
}

double grayAgainst(const PictureRows& rows, bool boolean)
{
    unsigned bits = 0;
    forSomePixels(rows, 1, [&](const unsigned char* pixel) { bits |= *pixel; });
    const bool onlyOnes = bits == 1;
    return boolean ? (onlyOnes ? -3 : impossibleValues) : (onlyOnes ? 2 : 0);
}

} // namespace

double valuesAgainst(PixelFormat format, const PictureRows& rows)
{
    const int channels = channelCount(format.order);
    switch (format.sample) {
    case SampleType::Bool:
        return grayAgainst(rows, true);
    case SampleType::UInt16:
        return wordsAgainst(rows, channels);
    case SampleType::Float16:
        return halvesAgainst(rows, channels);
    case SampleType::Float32:
        return floatsAgainst<float>(rows, channels);
    case SampleType::Float64:
        return floatsAgainst<double>(rows, channels);
    case SampleType::UInt8:
        break;
    default:
        return impossibleValues; // too rare to propose
    }
    switch (format.order) {
    case ChannelOrder::Gray:
        return grayAgainst(rows, false);
    case ChannelOrder::BayerRggb:
        return mosaicAgainst(rows);
    case ChannelOrder::Yuyv:
        return yuyvAgainst(rows);
    case ChannelOrder::Rgba:
    case ChannelOrder::Bgra:
        return fourthByteAgainst(rows, true);
    case ChannelOrder::Rgbx:
    case ChannelOrder::Bgrx:
        return fourthByteAgainst(rows, false);
    default:
        return 0;
    }
}

double colourPlaneAgainst(const PictureRows& rows, qint64 height)
{
    if (height >= rows.count || rows.used < 8) {
        return 2; // not among the copied bytes, or missing
    }
    qint64 count = 0;
    qint64 sum = 0;
    qint64 next = 0;
    qint64 nextButOne = 0;
    qint64 far = 0;
    const qint64 colourRows = rows.count - height;
    const qint64 taken = std::min(colourRows, sampledRows);
    for (qint64 i = 0; i < taken; ++i) {
        const unsigned char* row = rows.row(height + colourRows * i / taken);
        for (qint64 x = 0; x + 2 < rows.used; ++x) {
            ++count;
            sum += row[x];
            next += std::abs(row[x] - row[x + 1]);
            nextButOne += std::abs(row[x] - row[x + 2]);
            far += std::abs(row[x] - 128) > 100 ? 1 : 0;
        }
    }
    const double mean = double(sum) / double(count);
    if (std::abs(mean - 128) > 50 || far * 10 > count) {
        return 6;
    }
    const qint64 quarter = count / 4;
    const double pairing = double(nextButOne + quarter) / double(next + quarter);
    return std::abs(mean - 128) / 20 - 2 + std::clamp(6 * (pairing - 0.6), -1.0, 5.0);
}

} // namespace shmpix
