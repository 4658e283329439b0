// Compares with OpenCV on segments that OpenCV programs can read too. Each time, both open the segment, make
// a new picture of it, and release the previous one. Our code also detects the segment's content; OpenCV maps
// it, like Python's mmap.
#include "common/channel/loadpicture.h"
#include "common/channel/publisher.h"
#include "tests/bench/mappedsegment.h"
#include "tests/support/pictures.h"
#include "tests/support/uniquekey.h"

#include <benchmark/benchmark.h>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include <string>

namespace {

using namespace shmpix;

/// A picture that we share under a separate key while this object lives. A failure shows when it is loaded.
class SharedSegment
{
public:
    SharedSegment(const QImage& image, ProtocolId protocol)
        : m_address(*SegmentAddress::parse(test::uniqueAddress(QStringLiteral("posix"))))
    {
        static_cast<void>(m_publisher.share({image, m_address, protocol}));
    }
    [[nodiscard]] const SegmentAddress& address() const { return m_address; }

private:
    SegmentAddress m_address;
    Publisher m_publisher;
};

bool isEmpty(const QImage& image)
{
    return image.isNull();
}

bool isEmpty(const cv::Mat& image)
{
    return image.empty();
}

QImage paletteImage()
{
    return test::photo(1600, 1200).convertToFormat(QImage::Format_Indexed8);
}

QImage colorImage()
{
    return test::photo(3840, 2160, QImage::Format_RGB888);
}

/// Measures `load`, which returns a new picture, or an empty one if it failed. The previous picture is
/// released once the next one is there, as in a program that shows them.
template <class Load>
void measure(benchmark::State& state, const Load& load)
{
    decltype(load()) shown;
    for (auto _ : state) {
        auto picture = load();
        if (isEmpty(picture)) {
            state.SkipWithError("the picture was not loaded");
            return;
        }
        shown = std::move(picture);
    }
}

struct Sample
{
    const char* name;
    QImage (*image)();
};

constexpr Sample samples[] = {{"palette", paletteImage}, {"4K-24bit", colorImage}};

void ourBmp(benchmark::State& state, const Sample& sample)
{
    const SharedSegment segment(sample.image(), ProtocolId::Bmp);
    measure(state, [&segment] {
        auto loaded = loadPicture({segment.address(), {}, {}, {}});
        return loaded ? std::move(loaded->image) : QImage();
    });
}

void opencvBmp(benchmark::State& state, const Sample& sample)
{
    const SharedSegment segment(sample.image(), ProtocolId::Bmp);
    measure(state, [&segment] {
        const bench::MappedSegment mapped(segment.address());
        const auto bytes = mapped.bytes();
        const cv::Mat file(1, static_cast<int>(bytes.size()), CV_8UC1, const_cast<std::byte*>(bytes.data()));
        return bytes.empty() ? cv::Mat() : cv::imdecode(file, cv::IMREAD_COLOR);
    });
}

constexpr PixelLayout plainPixels{3840, 2160, {ChannelOrder::Bgr, SampleType::UInt8}};

void ourPixels(benchmark::State& state)
{
    const SharedSegment segment(colorImage(), ProtocolId::Pixels);
    measure(state, [&segment] {
        auto loaded = loadPicture({segment.address(), ProtocolId::Pixels, {{}, plainPixels}, {}});
        return loaded ? std::move(loaded->image) : QImage();
    });
}

/// Copies from the segment, then converts to the format of a window.
void opencvPixels(benchmark::State& state)
{
    constexpr int width = int(plainPixels.width);
    constexpr int height = int(plainPixels.height);
    const SharedSegment segment(colorImage(), ProtocolId::Pixels);
    measure(state, [&segment] {
        const bench::MappedSegment mapped(segment.address());
        const auto bytes = mapped.bytes();
        cv::Mat converted;
        if (bytes.size() >= std::size_t{width} * height * 3) {
            const cv::Mat pixels(height, width, CV_8UC3, const_cast<std::byte*>(bytes.data()));
            cv::cvtColor(pixels.clone(), converted, cv::COLOR_BGR2BGRA);
        }
        return converted;
    });
}

[[maybe_unused]] const bool registered = [] {
    const auto add = [](const std::string& name, auto function) {
        benchmark::RegisterBenchmark(name.c_str(), function)->Unit(benchmark::kMillisecond)->UseRealTime();
    };
    for (const Sample& sample : samples) {
        const std::string name = sample.name;
        add("bmp/" + name, [&sample](benchmark::State& state) { ourBmp(state, sample); });
        add("opencv-bmp/" + name, [&sample](benchmark::State& state) { opencvBmp(state, sample); });
    }
    add("pixels/4K-bgr8", ourPixels);
    add("opencv-pixels/4K-bgr8", opencvPixels);
    return true;
}();

} // namespace
