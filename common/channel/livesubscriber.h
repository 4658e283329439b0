#pragma once

#include "common/base/monotonicclock.h"
#include "common/channel/foreignwatch.h"
#include "common/channel/framerate.h"
#include "common/channel/latencies.h"
#include "common/channel/loadpicture.h"
#include "common/image/flip.h"
#include "common/image/picturepool.h"
#include "common/live/framereader.h"

namespace shmpix {

/// A frame as a picture. Times are monotonic nanoseconds, 0 for unknown.
struct LiveFrame
{
    LoadedPicture picture;
    std::optional<quint64> number; ///< nothing: the writer gives no number, and nothing is verified
    qint64 captured = 0;
    qint64 published = 0;
    qint64 read = 0;
    QString text; ///< the source's text for the frame, on one line

    /// Whether the writer's frame numbers and sequences show that this is one whole frame.
    [[nodiscard]] bool isVerified() const { return number.has_value(); }
};

/// The state of a stream.
enum class LiveState {
    Waiting, ///< nothing there yet; see reason()
    Live,    ///< live frames
    Closed,  ///< its writer has closed the stream
    Refused, ///< something that cannot be read; see reason()
    Foreign, ///< pictures of another protocol, unverified
};

struct LiveStatistics
{
    FrameStatistics frames; ///< for a foreign writer: pictures, repeated readings, and failed readings
    double sourceRate = 0;  ///< frames per second by their publishing times; 0: unknown
    double rate = 0;        ///< frames per second that were read
    std::optional<Latencies::Spread> latency; ///< from publishing to the end of reading
};

/// Follows the newest pictures under an address: live frames, or those of any other writer. Used by one
/// thread, not the GUI's.
class LiveSubscriber
{
public:
    /// With a protocol in the request, only its pictures are looked for. Latencies cover that many of the
    /// last frames.
    explicit LiveSubscriber(LoadRequest request, std::size_t latencyWindow = 512);

    /// Mirrors future pictures.
    void setFlip(Flip flip) { m_flip = flip; }

    /// Waits for a new frame. Returns false when the time is over, the state has changed, or a stop is
    /// requested, which is noticed within a tenth of a second.
    [[nodiscard]] bool wait(MonotonicClock::time_point deadline, const std::stop_token& stop = {});

    /// The newest frame. Nothing if there is no new one or the writer is faster. Fails with BadData for a
    /// damaged frame, and like loadPicture(). The picture reuses the memory of an older one that nobody holds
    /// any longer. A foreign writer's picture may take long to read: nothing if the limit is over.
    [[nodiscard]] Result<std::optional<LiveFrame>> take(const TimeLimit& limit = {});

    [[nodiscard]] LiveState state() const;

    /// Why the state is Waiting or Refused.
    [[nodiscard]] Error reason() const;

    /// Nanoseconds since the writer's last heartbeat; nothing if it has none.
    [[nodiscard]] std::optional<qint64> sinceHeartbeat() const;

    [[nodiscard]] LiveStatistics statistics() const;

private:
    [[nodiscard]] bool waitForForeign(MonotonicClock::time_point deadline, const std::stop_token& stop);
    [[nodiscard]] Result<std::optional<LiveFrame>> takeFrame();
    [[nodiscard]] Result<std::optional<LiveFrame>> takeForeign(const TimeLimit& limit);
    [[nodiscard]] Result<void> fill(QImage& image, const SlotEntry& entry, std::span<const std::byte> bytes,
                                    QString& note);
    void count(const LiveFrame& frame, quint64 serial);

    LoadRequest m_request;
    bool m_mayBeRing; ///< if not, the user has named another protocol, or the address does not support live
                      ///< frames
    FrameReader m_frames;
    std::optional<ForeignWatch> m_foreign;
    MonotonicClock::time_point m_nextRingLook;
    std::optional<Error> m_foreignError; ///< why the foreign picture cannot be read
    FrameStatistics m_foreignCounts;
    Flip m_flip = Flip::None;
    PicturePool m_pool;
    FrameRate m_sourceRate;
    FrameRate m_rate;
    Latencies m_latencies;
};

} // namespace shmpix
