#include "common/channel/subscriber.h"

#include "common/base/outofmemory.h"
#include "common/image/layoutname.h"
#include "common/protocol/detection.h"

#include <QElapsedTimer>

namespace shmpix {

namespace {

Result<LoadedPicture> load(const LoadRequest& request)
{
    QElapsedTimer timer;
    timer.start();
    auto segment = openSegment(request.address, request.read);
    if (!segment) {
        return segment.error();
    }
    ByteSource& source = **segment;
    auto protocol = request.protocol ? Result<ProtocolId>(*request.protocol) : detectProtocol(source);
    if (!protocol) {
        return protocol.error();
    }
    auto decoded = codecFor(*protocol).decode(source, request.decode);
    if (!decoded) {
        return decoded.error();
    }
    LoadedPicture picture{
        std::move(decoded->image),      request.address, *protocol,    std::move(decoded->reason), {},
        std::move(decoded->otherSizes), decoded->bytes,  source.size()};
    picture.layout = layoutName(picture.image);
    picture.pixelLayout = decoded->layout;
    picture.note = std::move(decoded->note);
    picture.milliseconds = double(timer.nsecsElapsed()) / 1e6;
    return picture;
}

} // namespace

Result<LoadedPicture> loadPicture(const LoadRequest& request)
{
    return orOutOfMemory([&request] { return load(request); });
}

} // namespace shmpix
