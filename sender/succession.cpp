#include "sender/succession.h"

#include <utility>

namespace shmpix {

Succession::Succession(SendSession& picture, LiveSession& stream, QObject* parent)
    : QObject(parent)
    , m_picture(picture)
    , m_stream(stream)
{
    m_picture.setMakeRoom(
        [this](const SegmentAddress& address, const Then& then) { makeRoomForPicture(address, then); });
    m_stream.setMakeRoom(
        [this](const SegmentAddress& address, const Then& then) { makeRoomForStream(address, then); });
    connect(&m_picture, &SendSession::requested, this, [this] { m_newest = Wish::Picture; });
    connect(&m_picture, &SendSession::shared, this, &Succession::takePicture);
    connect(&m_picture, &SendSession::notShared, this, &Succession::missPicture);
    connect(&m_stream, &LiveSession::requested, this, [this] { m_newest = Wish::Stream; });
    connect(&m_stream, &LiveSession::started, this, &Succession::takeStream);
    connect(&m_stream, &LiveSession::ended, this, &Succession::missStream);
}

void Succession::makeRoomForPicture(const SegmentAddress& address, const Then& then)
{
    const bool isInTheWay =
        m_stream.state() != LiveSession::State::Idle && m_stream.request()->address == address;
    if (!isInTheWay) {
        then();
        return;
    }
    m_hasStreamLeft = m_stream.state() == LiveSession::State::Running;
    m_stream.endQuietly(then);
}

void Succession::makeRoomForStream(const SegmentAddress& address, const Then& then)
{
    if (m_picture.isSharing()) { // it is not known yet whether the picture can be shared
        m_streamWaits = [this, address, then] { makeRoomForStream(address, then); };
    } else if (m_picture.sharedAt() == address) {
        m_hasPictureLeft = true;
        m_picture.endQuietly(then);
    } else {
        then();
    }
}

void Succession::takePicture()
{
    m_hasStreamLeft = m_hasPictureLeft = false;
    if (m_newest != Wish::Stream) {
        m_streamWaits = {};
        m_stream.endQuietly();
    } else if (const Then waits = std::exchange(m_streamWaits, {})) {
        waits();
    } else if (m_stream.state() == LiveSession::State::Running) {
        m_picture.endQuietly();
    }
}

void Succession::missPicture()
{
    if (std::exchange(m_hasStreamLeft, false)) {
        m_isStreamReturning = true;
        Q_EMIT streamReturns();
        return;
    }
    if (m_stream.state() != LiveSession::State::Idle) {
        m_newest = Wish::Stream;
    }
    if (const Then waits = std::exchange(m_streamWaits, {})) {
        waits();
    }
}

void Succession::takeStream()
{
    m_isStreamReturning = false;
    m_hasPictureLeft = false;
    if (m_newest == Wish::Stream && !m_picture.isSharing()) {
        m_picture.endQuietly();
    }
}

void Succession::missStream()
{
    m_streamWaits = {};
    m_isStreamReturning = false;
    if (std::exchange(m_hasPictureLeft, false)) {
        m_picture.shareAgain();
    }
}

} // namespace shmpix
