#include "common/channel/loadpicture.h"

#include "common/base/outofmemory.h"
#include "common/channel/segmentpicture.h"
#include "common/channel/watchedsource.h"
#include "common/image/layoutname.h"

#include <QDeadlineTimer>
#include <QElapsedTimer>
#include <QThread>

#include <algorithm>
#include <array>
#include <chrono>

namespace shmpix {

namespace {

constexpr unsigned long lookAgainMilliseconds = 10;

/// Whether a writer may still be about to fill the segment. If the layout is known beforehand, zeros may be
/// the picture.
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

/// Opens the segment. It waits for a lock no longer than the request's limit.
Result<std::unique_ptr<ByteSource>> openFor(const LoadRequest& request)
{
    ReadOptions options = request.read;
    options.patience = request.limit.leftOf(options.patience);
    return openSegment(request.address, options);
}

/// The result of one look at the segment.
struct Attempt
{
    Result<LoadedPicture> loaded;
    bool mayComeYet = false; ///< a writer may be about to fill the segment
};

Attempt load(const LoadRequest& request)
{
    QElapsedTimer timer;
    timer.start();
    auto segment = openFor(request);
    if (!segment) {
        return {segment.error()};
    }
    WatchedSource source(**segment, request.limit);
    // This is checked first, so that a writer that fills the segment during the check is also waited for.
    const bool mayComeYet = isUnwritten(source, request);
    auto protocol = request.protocol ? Result<ProtocolId>(*request.protocol) : detectSegment(source);
    if (!protocol && request.decode.layout && source.size() > 0) {
        protocol = ProtocolId::Pixels;
    }
    if (!protocol) {
        return {source.causeOf(protocol.error()), mayComeYet};
    }
    auto decoded = readSegment(source, *protocol, request.decode);
    if (!decoded) {
        return {source.causeOf(decoded.error()), mayComeYet};
    }
    LoadedPicture picture{
        std::move(decoded->image),      request.address, *protocol,    std::move(decoded->reason), {},
        std::move(decoded->otherSizes), decoded->bytes,  source.size()};
    picture.layout = layoutName(picture.image);
    picture.pixelLayout = decoded->layout;
    picture.note = std::move(decoded->note);
    picture.milliseconds = double(timer.nsecsElapsed()) / 1e6;
    return {std::move(picture)};
}

Result<LoadedPicture> loadWithPatience(const LoadRequest& request)
{
    const QDeadlineTimer patience(request.patience);
    for (;;) {
        const bool isLast = patience.hasExpired();
        Attempt attempt = load(request);
        if (!attempt.mayComeYet || isLast) {
            return std::move(attempt.loaded);
        }
        QThread::msleep(lookAgainMilliseconds);
        if (request.limit.isOver()) {
            return std::move(attempt.loaded); // this error says more than a timeout does
        }
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
        auto segment = openFor(request);
        if (!segment) {
            return segment.error();
        }
        WatchedSource source(**segment, request.limit);
        return guessLayouts(source);
    });
}

std::vector<LayoutGuess> proposalsAfter(const LoadRequest& request, const Error& error)
{
    const bool nothingSaid = !request.protocol; // a stored layout may be wrong by now
    const bool noLayout = request.protocol == ProtocolId::Pixels && !request.decode.layout;
    if (error.code != ErrorCode::BadData || (!nothingSaid && !noLayout)) {
        return {};
    }
    auto proposals = proposeLayouts(request);
    return proposals ? std::move(*proposals) : std::vector<LayoutGuess>();
}

} // namespace shmpix
