#include "tests/bench/live/livepair.h"

#include "common/channel/livememory.h"
#include "common/channel/livepublisher.h"
#include "common/live/framereader.h"
#include "common/live/ringaccess.h"
#include "tests/bench/live/roles.h"

#include <chrono>
#include <vector>

namespace shmpix::bench {

namespace {

constexpr std::chrono::milliseconds patience(100);

class LiveOutlet final : public FrameOutlet
{
public:
    LiveOutlet(std::unique_ptr<LivePublisher> publisher, QSize size)
        : m_publisher(std::move(publisher))
        , m_layout{size.width(), size.height(), *pixelFormatStoredIn(QImage::Format_RGBA8888)}
    {
    }
    bool fill(const Fill& fill) override
    {
        const auto place = m_publisher->frames().begin(m_layout);
        if (!place) {
            return false;
        }
        fill(*place);
        m_publisher->frames().publish();
        return true;
    }
    bool send(std::span<const std::byte> frame) override
    {
        return fill([frame](std::span<std::byte> place) { copyShared(frame, place.data()); });
    }

private:
    std::unique_ptr<LivePublisher> m_publisher;
    PixelLayout m_layout;
};

class LiveInlet final : public FrameInlet
{
public:
    explicit LiveInlet(const SegmentAddress& address)
        : m_reader(readableMemory(address))
    {
    }
    bool look(const Look& look) override
    {
        if (!m_reader.wait(std::chrono::steady_clock::now() + patience)) {
            return false;
        }
        m_arrival = now();
        const auto frame = m_reader.visit([&look](const SlotEntry&, std::span<const std::byte> bytes) {
            look(bytes);
            return Result<void>();
        });
        return frame && *frame;
    }
    bool copy(std::span<std::byte> frame) override
    {
        return look([frame](std::span<const std::byte> place) { copyShared(place, frame.data()); });
    }

    [[nodiscard]] std::optional<qint64> arrival() const override { return m_arrival; }

private:
    FrameReader m_reader;
    qint64 m_arrival = 0;
};

} // namespace

QString liveAddress(const QString& folder)
{
    return QStringLiteral("posix:/%1-ring").arg(folder.section(QLatin1Char('/'), -1));
}

Transport livePair()
{
    return {QStringLiteral("shmpix"), QStringLiteral("Shmpix"),
            [](const QString& folder, QSize size) -> std::unique_ptr<FrameOutlet> {
                auto publisher = LivePublisher::make({*SegmentAddress::parse(liveAddress(folder))});
                return publisher ? std::make_unique<LiveOutlet>(std::move(*publisher), size) : nullptr;
            },
            [](const QString& folder, QSize) -> std::unique_ptr<FrameInlet> {
                return std::make_unique<LiveInlet>(*SegmentAddress::parse(liveAddress(folder)));
            }};
}

} // namespace shmpix::bench
