// Codecs in memory, compared with stock Qt on the same picture and with one memcpy of the same bytes.
#include "common/base/memorysource.h"
#include "common/channel/publisher.h"
#include "common/protocol/codec.h"
#include "tests/support/pictures.h"
#include "tests/support/uniquekey.h"

#include <QBuffer>
#include <QDataStream>

#include <benchmark/benchmark.h>

#include <cstring>
#include <map>
#include <string>
#include <vector>

namespace {

using namespace shmpix;

struct Sample
{
    const char* name;
    int width;
    int height;
    QImage::Format format;
};

constexpr Sample samples[] = {{"1080p-rgb", 1920, 1080, QImage::Format_RGB32},
                              {"1080p-rgba", 1920, 1080, QImage::Format_RGBA8888},
                              {"4K-rgb", 3840, 2160, QImage::Format_RGB32},
                              {"4K-rgba", 3840, 2160, QImage::Format_RGBA8888}};

const QImage& image(const Sample& sample)
{
    static std::map<std::string, QImage> images;
    QImage& made = images[sample.name];
    if (made.isNull()) {
        made = test::photo(sample.width, sample.height, sample.format);
    }
    return made;
}

std::vector<std::byte> encoded(const QImage& picture, ProtocolId protocol)
{
    const auto encoding = codecFor(protocol).encode(picture, {});
    std::vector<std::byte> bytes(static_cast<std::size_t>(encoding->bytes));
    encoding->write(bytes);
    return bytes;
}

void write(benchmark::State& state, const Sample& sample)
{
    auto bytes = encoded(image(sample), ProtocolId::Datastream);
    for (auto _ : state) {
        const auto encoding = codecFor(ProtocolId::Datastream).encode(image(sample), {});
        encoding->write(bytes);
        benchmark::ClobberMemory();
    }
}

void stockWrite(benchmark::State& state, const Sample& sample)
{
    for (auto _ : state) {
        QBuffer buffer;
        buffer.open(QIODevice::WriteOnly);
        QDataStream out(&buffer);
        out << image(sample);
        benchmark::DoNotOptimize(buffer.size());
    }
}

void copy(benchmark::State& state, const Sample& sample)
{
    const QImage& from = image(sample);
    std::vector<std::byte> to(static_cast<std::size_t>(from.sizeInBytes()));
    for (auto _ : state) {
        std::memcpy(to.data(), from.constBits(), to.size());
        benchmark::ClobberMemory();
    }
}

void read(benchmark::State& state, const Sample& sample)
{
    const auto bytes = encoded(image(sample), ProtocolId::Datastream);
    for (auto _ : state) {
        MemorySource source(bytes);
        auto decoded = codecFor(ProtocolId::Datastream).decode(source, {});
        benchmark::DoNotOptimize(decoded->image.constBits());
    }
}

void stockRead(benchmark::State& state, const Sample& sample)
{
    const auto bytes = encoded(image(sample), ProtocolId::Datastream);
    const auto data = QByteArray::fromRawData(reinterpret_cast<const char*>(bytes.data()),
                                              static_cast<qsizetype>(bytes.size()));
    for (auto _ : state) {
        QDataStream in(data);
        QImage decoded;
        in >> decoded;
        benchmark::DoNotOptimize(decoded.constBits());
    }
}

void shareAgain(benchmark::State& state, const Sample& sample)
{
    Publisher publisher;
    const ShareRequest request{image(sample),
                               *SegmentAddress::parse(test::uniqueAddress(QStringLiteral("posix"))),
                               ProtocolId::Rawsize};
    for (int i = 0; i < 2; ++i) { // creates both segments
        if (!publisher.share(request)) {
            state.SkipWithError("sharing failed");
        }
    }
    for (auto _ : state) {
        auto report = publisher.share(request);
        benchmark::DoNotOptimize(report);
    }
}

[[maybe_unused]] const bool registered = [] {
    for (const Sample& sample : samples) {
        const std::string name = sample.name;
        const auto add = [](const std::string& benchmarkName, auto function) {
            benchmark::RegisterBenchmark(benchmarkName.c_str(), function)
                ->Unit(benchmark::kMillisecond)
                ->UseRealTime();
        };
        add("write/" + name, [&sample](benchmark::State& state) { write(state, sample); });
        add("memcpy/" + name, [&sample](benchmark::State& state) { copy(state, sample); });
        add("stock-write/" + name, [&sample](benchmark::State& state) { stockWrite(state, sample); });
        add("read/" + name, [&sample](benchmark::State& state) { read(state, sample); });
        add("stock-read/" + name, [&sample](benchmark::State& state) { stockRead(state, sample); });
        if (sample.format == QImage::Format_RGBA8888) {
            add("share-again/" + name, [&sample](benchmark::State& state) { shareAgain(state, sample); });
        }
    }
    return true;
}();

} // namespace
