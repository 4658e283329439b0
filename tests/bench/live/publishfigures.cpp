#include "common/channel/livepublisher.h"
#include "tests/bench/live/livefigures.h"
#include "tests/bench/live/rounds.h"
#include "tests/support/uniquekey.h"

#include <cstdio>

namespace shmpix::bench {

namespace {

constexpr int width = 3840;
constexpr int height = 2160;

/// Frames per second of a writer that moves no pixels; nothing if it fails.
std::optional<double> publishRate(FrameWriter& frames)
{
    constexpr int count = 20'000;
    const PixelLayout layout{width, height, *pixelFormatStoredIn(QImage::Format_RGBA8888)};
    const qint64 begun = now();
    for (int i = 0; i < count; ++i) {
        if (!frames.begin(layout)) {
            return {};
        }
        frames.publish();
    }
    return double(count) * 1e9 / double(now() - begun);
}

} // namespace

std::vector<Figure> publishFigures()
{
    constexpr int rounds = 9;
    const auto publisher = LivePublisher::make({*SegmentAddress::parse(test::uniqueName())});
    std::vector<double> rates;
    for (int i = 0; publisher && i < rounds; ++i) {
        if (const auto rate = publishRate((*publisher)->frames())) {
            rates.push_back(*rate);
        }
    }
    if (rates.empty()) {
        std::fprintf(stderr, "shmpix-live-bench: no frame could be published\n");
        return {};
    }
    return {{QStringLiteral("live publish of a 4K frame that was filled in place"),
             QStringLiteral("frames/s"), median(rates), QStringLiteral("the goal"), 200'000,
             Comparison::AtLeast, 1}};
}

} // namespace shmpix::bench
