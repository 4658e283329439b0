// The whole path of a picture: a PNG file on disk, the sender, the segment, the receiver's QImage.
#include "common/channel/loadpicture.h"
#include "common/channel/publisher.h"
#include "sender/picturefile.h"
#include "tests/support/pictures.h"
#include "tests/support/uniquekey.h"

#include <QBuffer>
#include <QDataStream>
#include <QSharedMemory>

#include <benchmark/benchmark.h>

#include <cstring>

namespace {

using namespace shmpix;

const QString& photoFile()
{
    static const QString path = [] {
        QString file = test::temporaryFolder() + QStringLiteral("/photo.png");
        test::photo(3840, 2160).save(file);
        return file;
    }();
    return path;
}

void ourHop(benchmark::State& state)
{
    const auto address = *SegmentAddress::parse(test::uniqueAddress(QStringLiteral("posix")));
    const QString& file = photoFile();
    for (auto _ : state) {
        Publisher publisher;
        const auto picture = loadPictureFile(file);
        const auto report = publisher.share({picture->image, address, ProtocolId::Rawsize});
        const auto loaded = loadPicture({address, {}, {}, {}});
        if (!report || !loaded) {
            state.SkipWithError("the hop failed");
            return;
        }
        benchmark::DoNotOptimize(loaded->image.constBits());
    }
}

/// Works like typical programs that use QSharedMemory.
void stockHop(benchmark::State& state)
{
    const QString key = test::uniqueName();
    const QString& file = photoFile();
    for (auto _ : state) {
        QImage image(file);
        QBuffer buffer;
        buffer.open(QIODevice::ReadWrite);
        QDataStream out(&buffer);
        out << image;
        QSharedMemory sender(key);
        if (!sender.create(buffer.size())) {
            state.SkipWithError("the stock sender failed");
            return;
        }
        sender.lock();
        std::memcpy(sender.data(), buffer.data().constData(), static_cast<std::size_t>(buffer.size()));
        sender.unlock();

        QSharedMemory receiver(key);
        receiver.attach();
        QBuffer received;
        receiver.lock();
        received.setData(static_cast<const char*>(receiver.constData()), receiver.size());
        received.open(QIODevice::ReadOnly);
        QDataStream in(&received);
        QImage result;
        in >> result;
        receiver.unlock();
        benchmark::DoNotOptimize(result.constBits());
    }
}

[[maybe_unused]] const bool registered = [] {
    benchmark::RegisterBenchmark("hop/rawsize", ourHop)->Unit(benchmark::kMillisecond)->UseRealTime();
    benchmark::RegisterBenchmark("hop/stock", stockHop)->Unit(benchmark::kMillisecond)->UseRealTime();
    return true;
}();

} // namespace
