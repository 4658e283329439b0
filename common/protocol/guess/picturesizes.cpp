#include "common/protocol/guess/picturesizes.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace shmpix {

namespace {

constexpr std::array sizes = {
    QSize(64, 48),     QSize(64, 64),     QSize(80, 60),     QSize(128, 96),    QSize(128, 128),
    QSize(160, 120),   QSize(176, 144),   QSize(224, 224),   QSize(256, 256),   QSize(320, 200),
    QSize(320, 240),   QSize(352, 288),   QSize(400, 300),   QSize(416, 416),   QSize(480, 270),
    QSize(480, 320),   QSize(512, 384),   QSize(512, 424),   QSize(512, 512),   QSize(640, 360),
    QSize(640, 400),   QSize(640, 480),   QSize(640, 512),   QSize(640, 640),   QSize(720, 480),
    QSize(720, 576),   QSize(768, 576),   QSize(752, 480),   QSize(800, 480),   QSize(800, 600),
    QSize(848, 480),   QSize(854, 480),   QSize(960, 540),   QSize(960, 720),   QSize(1024, 576),
    QSize(1024, 600),  QSize(1024, 768),  QSize(1024, 1024), QSize(1080, 1080), QSize(1152, 864),
    QSize(1280, 720),  QSize(1280, 800),  QSize(1280, 960),  QSize(1280, 1024), QSize(1360, 768),
    QSize(1366, 768),  QSize(1440, 900),  QSize(1440, 1080), QSize(1600, 900),  QSize(1600, 1200),
    QSize(1680, 1050), QSize(1920, 1080), QSize(1920, 1200), QSize(1920, 1440), QSize(2048, 1080),
    QSize(2048, 1152), QSize(2048, 1536), QSize(2048, 2048), QSize(2448, 2048), QSize(2560, 1080),
    QSize(2560, 1440), QSize(2560, 1600), QSize(2592, 1944), QSize(3072, 2048), QSize(3264, 2448),
    QSize(3440, 1440), QSize(3840, 2160), QSize(4000, 3000), QSize(4032, 3024), QSize(4096, 2160),
    QSize(4096, 3072), QSize(4096, 4096), QSize(4608, 3456), QSize(5120, 2880), QSize(6000, 4000),
    QSize(7680, 4320), QSize(8192, 8192),
};

bool isListed(qint64 width, qint64 height)
{
    return std::any_of(sizes.begin(), sizes.end(),
                       [&](QSize size) { return size.width() == width && size.height() == height; });
}

} // namespace

std::span<const QSize> commonSizes()
{
    return sizes;
}

bool isCommonSize(qint64 width, qint64 height)
{
    return isListed(width, height) || isListed(height, width);
}

double oddness(qint64 width, qint64 height)
{
    if (isListed(width, height)) {
        return 0;
    }
    if (isListed(height, width)) {
        return 0.3; // portrait is rarer
    }
    constexpr double usualShape = 1.4; // between 4:3 and 3:2
    const double shape = std::abs(std::log(double(width) / double(height) / usualShape));
    const double square = width == height ? (width % 16 == 0 ? -0.6 : -0.1) : 0;
    const double round = width % 16 == 0 && height % 16 == 0 ? -0.3 : width % 8 == 0 ? -0.15 : 0;
    return 1.3 + 0.8 * shape + std::max(0.0, shape - 1.5) * 1.5 + square + round;
}

} // namespace shmpix
