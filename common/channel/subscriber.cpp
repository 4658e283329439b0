#include "common/channel/subscriber.h"

#include "common/base/outofmemory.h"
#include "common/channel/segmentpicture.h"
#include "common/image/layoutname.h"

#include <QDeadlineTimer>
#include <QElapsedTimer>
#include <QThread>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

namespace shmpix {

namespace {

constexpr unsigned long lookAgainMilliseconds = 10;

/// Whether a writer may still be about to fill the segment. With a layout that is known beforehand zeros may
/// be the picture.
bool isUnwritten(ByteSource& source, const LoadRequest& request)
{
    if (request.decode.layout && source.size() > 0) {
        return false;
    }
    std::array<std::byte, 16> start = {};
    const auto count = std::min(source.size(), qint64(start.size()));
    return source.read(0, std::span(start).first(static_cast<std::size_t>(count))) &&
           std::all_of(start.begin(), start.end(), [](std::byte byte) { return byte == std::byte{0}; });
}

/// Knows why a read failed that lay within the segment: it was cut meanwhile. A decoder takes that for bytes
/// that are no picture.
class WatchedSource final : public ByteSource
{
public:
    explicit WatchedSource(ByteSource& source)
        : m_source(source)
    {
    }
    [[nodiscard]] qint64 size() const override { return m_source.size(); }
    [[nodiscard]] Result<void> read(qint64 offset, std::span<std::byte> out) override
    {
        auto result = m_source.read(offset, out);
        if (!result && isWithin(offset, static_cast<qint64>(out.size()), size())) {
            m_failure = result.error();
        }
        return result;
    }

    void finish() override { m_source.finish(); }

    [[nodiscard]] Error causeOf(const Error& error) const { return m_failure.value_or(error); }

private:
    ByteSource& m_source;
    std::optional<Error> m_failure;
};

/// Nothing when it is to be looked at again.
std::optional<Result<LoadedPicture>> load(const LoadRequest& request, bool mayWait)
{
    QElapsedTimer timer;
    timer.start();
    auto segment = openSegment(request.address, request.read);
    if (!segment) {
        return segment.error();
    }
    WatchedSource source(**segment);
    // Asked first: a writer that fills the segment while it is judged is waited for as well.
    const bool mayComeYet = mayWait && isUnwritten(source, request);
    auto protocol = request.protocol ? Result<ProtocolId>(*request.protocol) : detectSegment(source);
    if (!protocol && mayComeYet) {
        return std::nullopt;
    }
    if (!protocol && request.decode.layout && source.size() > 0) {
        protocol = ProtocolId::Pixels;
    }
    if (!protocol) {
        return source.causeOf(protocol.error());
    }
    auto decoded = readSegment(source, *protocol, request.decode);
    if (!decoded && mayComeYet) {
        return std::nullopt;
    }
    if (!decoded) {
        return source.causeOf(decoded.error());
    }
    LoadedPicture picture{
        std::move(decoded->image),      request.address, *protocol,    std::move(decoded->reason), {},
        std::move(decoded->otherSizes), decoded->bytes,  source.size()};
    picture.layout = layoutName(picture.image);
    picture.pixelLayout = decoded->layout;
    picture.note = std::move(decoded->note);
    picture.milliseconds = double(timer.nsecsElapsed()) / 1e6;
    return Result<LoadedPicture>(std::move(picture));
}

Result<LoadedPicture> loadWithPatience(const LoadRequest& request)
{
    const QDeadlineTimer deadline(request.patience);
    for (;;) {
        if (auto loaded = load(request, !deadline.hasExpired())) {
            return std::move(*loaded);
        }
        QThread::msleep(lookAgainMilliseconds);
    }
}

} // namespace

Result<LoadedPicture> loadPicture(const LoadRequest& request)
{
    return orOutOfMemory([&request] { return loadWithPatience(request); });
}

Result<std::vector<LayoutGuess>> proposeLayouts(const LoadRequest& request)
{
    return orOutOfMemory([&request]() -> Result<std::vector<LayoutGuess>> {
        auto segment = openSegment(request.address, request.read);
        return segment ? guessLayouts(**segment) : segment.error();
    });
}

std::vector<LayoutGuess> proposalsAfter(const LoadRequest& request, const Error& error)
{
    const bool nothingSaid = !request.protocol; // a layout of another day may be wrong by now
    const bool noLayout = request.protocol == ProtocolId::Pixels && !request.decode.layout;
    if (error.code != ErrorCode::BadData || (!nothingSaid && !noLayout)) {
        return {};
    }
    auto proposals = proposeLayouts(request);
    return proposals ? std::move(*proposals) : std::vector<LayoutGuess>();
}

} // namespace shmpix
