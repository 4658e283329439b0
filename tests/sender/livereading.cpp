#include "tests/sender/livereading.h"

#include "common/base/memorysource.h"
#include "common/channel/livememory.h"
#include "common/image/readpixels.h"

namespace shmpix::test {

namespace {

using Clock = std::chrono::steady_clock;

OpenMemory memoryUnder(const QString& key)
{
    auto address = SegmentAddress::parse(key);
    Q_ASSERT(address);
    return readableMemory(*address);
}

} // namespace

LiveReading::LiveReading(const QString& key)
    : m_frames(memoryUnder(key))
{
}

std::optional<ReadFrame> LiveReading::next(int milliseconds)
{
    const auto deadline = Clock::now() + std::chrono::milliseconds(milliseconds);
    std::vector<std::byte> bytes;
    while (Clock::now() < deadline) {
        if (!m_frames.wait(deadline)) {
            continue;
        }
        auto frame = m_frames.copy(bytes);
        if (!frame || !*frame) {
            continue;
        }
        MemorySource source(bytes);
        auto pixels = readPixels(source, (*frame)->entry.layout);
        return ReadFrame{**frame,
                         QByteArray(reinterpret_cast<const char*>(bytes.data()), qsizetype(bytes.size())),
                         pixels ? pixels->image : QImage()};
    }
    return std::nullopt;
}

std::optional<ReadFrame> LiveReading::next(const QByteArray& text, int milliseconds)
{
    const auto deadline = Clock::now() + std::chrono::milliseconds(milliseconds);
    while (Clock::now() < deadline) {
        auto frame = next(milliseconds);
        if (frame && frame->info.entry.metadata == text) {
            return frame;
        }
    }
    return std::nullopt;
}

bool LiveReading::waitForState(StreamState state, int milliseconds)
{
    const auto deadline = Clock::now() + std::chrono::milliseconds(milliseconds);
    std::vector<std::byte> ignored;
    while (m_frames.state() != state && Clock::now() < deadline) {
        if (m_frames.wait(deadline)) {
            static_cast<void>(m_frames.copy(ignored));
        }
    }
    return m_frames.state() == state;
}

} // namespace shmpix::test
