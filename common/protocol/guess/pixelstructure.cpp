#include "common/protocol/guess/pixelstructure.h"

#include <cmath>
#include <cstdlib>

namespace shmpix {

namespace {

constexpr int mostPixelBytes = 32;
constexpr qint64 sampledRows = 32;
constexpr qint64 sampledRowBytes = 384;
constexpr int piecesOfARow = 3;

/// Sums of the prediction errors for one byte of the pixel, named after what predicts it.
struct Errors
{
    qint64 pixelBefore = 0;
    qint64 twoPixelsBefore = 0; ///< continuing their slope
    qint64 channelBefore = 0;
    qint64 changeOfChannelBefore = 0; ///< the change from the pixel before, taken from the channel before
    qint64 byteBefore = 0;            ///< of the same sample
    qint64 twoBytesBefore = 0;        ///< of the same sample: fractions repeat
    qint64 rowBelow = 0;
    qint64 rowBelowAsPixelBefore = 0;
    qint64 rowBelowAsChannelBefore = 0;
    qint64 nextRow = 0; ///< in a mosaic: the other colours
    qint64 nextRowAsPixelBefore = 0;
    qint64 count = 0;
};

qint64 distance(int a, int b)
{
    return std::abs(a - b);
}

int lagOf(const PixelStructure& structure, int phase)
{
    return structure.kind == PixelStructure::Kind::Yuyv && phase % 2 == 0 ? 2 : structure.pixel;
}

/// Adds one byte. Its row has two more pixels before it, and the row below begins `below` bytes further on.
void add(Errors& errors, const unsigned char* byte, qint64 below, const PixelStructure& structure, int phase)
{
    const int lag = lagOf(structure, phase);
    const int here = byte[0];
    const int before = byte[-lag];
    errors.pixelBefore += distance(here, before);
    errors.twoPixelsBefore += distance(here - before, before - byte[qint64{-2} * lag]);
    const int down = here - byte[below];
    errors.rowBelow += std::abs(down);
    errors.rowBelowAsPixelBefore += distance(down, before - byte[below - lag]);
    if (structure.kind != PixelStructure::Kind::Yuyv && phase >= structure.sample) {
        const int sample = structure.sample;
        const int channel = byte[-sample];
        errors.channelBefore += distance(here, channel);
        errors.changeOfChannelBefore += distance(here - before, channel - byte[-sample - lag]);
        errors.rowBelowAsChannelBefore += distance(down, channel - byte[below - sample]);
    }
    if (phase % structure.sample != 0) {
        errors.byteBefore += distance(here, byte[-1]);
        errors.twoBytesBefore += distance(here, byte[phase % structure.sample > 1 ? -2 : -1]);
    }
    if (structure.kind == PixelStructure::Kind::Mosaic) {
        const int next = here - byte[below / 2];
        errors.nextRow += std::abs(next);
        errors.nextRowAsPixelBefore += distance(next, before - byte[below / 2 - lag]);
    }
    ++errors.count;
}

/// Returns the bits for an error of that mean size if errors have their usual distribution.
double bits(qint64 sum, qint64 count)
{
    return std::log2(1.0 + double(sum) / double(std::max<qint64>(count, 1)));
}

} // namespace

PredictionCost predictionCost(const PictureRows& rows, const PixelStructure& structure)
{
    const bool mosaic = structure.kind == PixelStructure::Kind::Mosaic;
    const qint64 rowsBelow = mosaic ? 2 : 1;
    const qint64 pixels = rows.used / structure.pixel;
    if (rows.count <= rowsBelow || pixels < 3) {
        return {};
    }
    std::array<Errors, mostPixelBytes> errors;
    const qint64 pairs = rows.count - rowsBelow;
    const qint64 taken = std::min(pairs, sampledRows);
    const qint64 piece = std::max<qint64>(4, sampledRowBytes / piecesOfARow / structure.pixel);
    for (qint64 i = 0; i < taken; ++i) {
        const qint64 y = taken == 1 ? 0 : (pairs - 1) * i / (taken - 1);
        const unsigned char* row = rows.row(y);
        for (int part = 0; part < piecesOfARow; ++part) {
            // Uses a different place in each row, so that no column dominates.
            const qint64 room = std::max<qint64>(0, pixels - 2 - piece);
            const qint64 third = room * part / piecesOfARow;
            const qint64 begin = 2 + third + (room / piecesOfARow) * (i * 7 % 16) / 16;
            const qint64 end = std::min(pixels, begin + piece);
            for (qint64 x = begin; x < end; ++x) {
                for (int phase = 0; phase < structure.pixel; ++phase) {
                    add(errors[static_cast<std::size_t>(phase)], row + x * structure.pixel + phase,
                        rowsBelow * rows.stride, structure, phase);
                }
            }
        }
    }
    PredictionCost cost{0, 0};
    for (int phase = 0; phase < structure.pixel; ++phase) {
        const Errors& of = errors[static_cast<std::size_t>(phase)];
        qint64 across = std::min(of.pixelBefore, of.twoPixelsBefore);
        qint64 down = std::min(of.rowBelow, of.rowBelowAsPixelBefore);
        if (structure.kind != PixelStructure::Kind::Yuyv && phase >= structure.sample) {
            across = std::min({across, of.channelBefore, of.changeOfChannelBefore});
            down = std::min(down, of.rowBelowAsChannelBefore);
        }
        if (phase % structure.sample != 0) {
            across = std::min({across, of.byteBefore, of.twoBytesBefore});
            down = std::min({down, of.byteBefore, of.twoBytesBefore});
        }
        if (mosaic) {
            down = std::min({down, of.nextRow, of.nextRowAsPixelBefore});
        }
        cost.across += bits(across, of.count) / structure.pixel;
        cost.down += bits(down, of.count) / structure.pixel;
    }
    return cost;
}

double seam(const PictureRows& rows, const PixelStructure& structure)
{
    constexpr qint64 around = 6;
    const qint64 pixel = structure.kind == PixelStructure::Kind::Mosaic ? 2 : structure.pixel;
    const qint64 taken = std::min<qint64>(rows.count, 64);
    double worst = 1;
    for (const qint64 parts : {2, 3, 4}) {
        const qint64 middle = rows.stride / parts;
        if (rows.stride % parts != 0 || middle / pixel < 2 * around ||
            middle + (around + 1) * pixel > rows.used) {
            continue;
        }
        const auto jumpAt = [&](qint64 x) {
            qint64 sum = 0;
            for (qint64 i = 0; i < taken; ++i) {
                const unsigned char* at = rows.row(rows.count * i / taken) + x;
                for (qint64 byte = 0; byte < pixel; ++byte) {
                    sum += std::abs(at[byte] - at[byte - pixel]);
                }
            }
            return double(sum) / double(taken * pixel);
        };
        double beside = 0.5;
        for (qint64 i = 1; i <= around; ++i) {
            beside = std::max({beside, jumpAt(middle + i * pixel), jumpAt(middle - i * pixel)});
        }
        worst = std::max(worst, jumpAt(middle) / beside);
    }
    return worst;
}

double edge(const PictureRows& rows, const PixelStructure& structure)
{
    constexpr qint64 places = 12;
    const qint64 pixel = structure.kind == PixelStructure::Kind::Mosaic ? 2 : structure.pixel;
    const qint64 taken = std::min<qint64>(rows.count - 1, 96);
    if (taken < 4 || rows.used < 4 * pixel) {
        return 1;
    }
    const auto change = [&](const unsigned char* a, const unsigned char* b) {
        int sum = 0;
        for (qint64 byte = 0; byte < pixel; ++byte) {
            sum += std::abs(a[byte] - b[byte]);
        }
        return sum;
    };
    qint64 atEdge = 0;
    qint64 inside = 0;
    const qint64 pixels = rows.used / pixel - 1;
    for (qint64 i = 0; i < taken; ++i) {
        const unsigned char* row = rows.row((rows.count - 1) * i / taken);
        atEdge += change(row + rows.stride, row + pixels * pixel);
        for (qint64 place = 0; place < places; ++place) {
            const unsigned char* at = row + pixels * place / places * pixel;
            inside += change(at, at + pixel);
        }
    }
    const double least = double(taken * pixel) * 0.7;
    return (double(atEdge) + least) / (double(inside) / double(places) + least);
}

} // namespace shmpix
