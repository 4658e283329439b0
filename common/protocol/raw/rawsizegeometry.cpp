#include "common/protocol/raw/rawsizegeometry.h"

#include "common/image/imagelimits.h"

#include <algorithm>
#include <cmath>

namespace shmpix {

namespace {

constexpr qint64 headerBytes = 4;
constexpr qint64 pixelBytes = 4;
constexpr qint64 pageBytes = 4096;

/// Resolutions that cameras, screens and sample programs use.
constexpr std::array<std::array<int, 2>, 22> usualSizes = {{
    {320, 240},   {400, 300},   {512, 512},   {640, 360},   {640, 480},   {720, 480},
    {720, 576},   {768, 576},   {800, 600},   {1024, 576},  {1024, 768},  {1280, 720},
    {1280, 960},  {1280, 1024}, {1600, 1200}, {1920, 1080}, {1920, 1200}, {2048, 1536},
    {2560, 1440}, {2592, 1944}, {3840, 2160}, {7680, 4320},
}};

/// How unusual a size is. Smaller is likelier.
double oddness(QSize size)
{
    const auto isUsual = [](QSize landscape) {
        return std::find(usualSizes.begin(), usualSizes.end(),
                         std::array{landscape.width(), landscape.height()}) != usualSizes.end();
    };
    if (isUsual(size)) {
        return 0.0;
    }
    if (isUsual(size.transposed())) {
        return 0.05; // portrait is rarer: 1024 × 768 and 768 × 1024 have the same header
    }
    constexpr double usualShape = 1.4; // between 4:3 and 3:2
    return 0.1 + std::abs(std::log(double(size.width()) / size.height() / usualShape));
}

bool isPageRounded(qint64 payload, qint64 segmentBytes)
{
    return segmentBytes % pageBytes == 0 && segmentBytes - payload < pageBytes;
}

/// Adds sides that are congruent to the stored ones modulo 256 and whose pixels end within `slack` bytes of
/// the segment's end.
void addWrapped(std::vector<RawsizeCandidate>& found, int storedWidth, int storedHeight, qint64 segmentBytes)
{
    const qint64 slack = segmentBytes % pageBytes == 0 ? pageBytes - 1 : 0;
    const qint64 most = (segmentBytes - headerBytes) / pixelBytes;
    const qint64 least =
        std::max<qint64>(1, (segmentBytes - slack - headerBytes + pixelBytes - 1) / pixelBytes);
    for (qint64 width = storedWidth; width <= maximumSide; width += 256) {
        if (width == 0) {
            continue;
        }
        for (qint64 height = most / width; height > 0 && height * width >= least; --height) {
            if (height > maximumSide || height % 256 != storedHeight ||
                (width == storedWidth && height == storedHeight)) {
                continue;
            }
            const bool exact = headerBytes + width * height * pixelBytes == segmentBytes;
            found.push_back({QSize(static_cast<int>(width), static_cast<int>(height)),
                             exact ? RawsizeFit::Wrapped : RawsizeFit::WrappedPage});
        }
    }
}

} // namespace

std::vector<RawsizeCandidate> rawsizeCandidates(const std::array<unsigned char, 4>& header,
                                                qint64 segmentBytes)
{
    std::vector<RawsizeCandidate> found;
    if (segmentBytes <= headerBytes) {
        return found;
    }
    const int width = header[0] | header[2] << 8;
    const int height = header[1] | header[3] << 8;
    const qint64 payload = headerBytes + qint64{width} * height * pixelBytes;
    if (width > 0 && height > 0 && payload <= segmentBytes && checkedImageBytes(width, height, 32)) {
        const RawsizeFit fit = payload == segmentBytes                ? RawsizeFit::Exact
                               : isPageRounded(payload, segmentBytes) ? RawsizeFit::PageRounded
                                                                      : RawsizeFit::Longer;
        found.push_back({QSize(width, height), fit});
    }
    if (header[2] == 0 && header[3] == 0 && segmentBytes <= maximumImageBytes) {
        addWrapped(found, header[0], header[1], segmentBytes);
    }
    std::stable_sort(found.begin(), found.end(), [](const RawsizeCandidate& a, const RawsizeCandidate& b) {
        return a.fit != b.fit ? a.fit < b.fit : oddness(a.size) < oddness(b.size);
    });
    return found;
}

} // namespace shmpix
