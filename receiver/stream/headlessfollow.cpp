#include "receiver/stream/headlessfollow.h"

#include "common/app/console.h"
#include "common/app/defaults.h"
#include "common/app/standardfiles.h"
#include "common/app/stopsignal.h"
#include "common/base/monotonicclock.h"
#include "common/channel/livesubscriber.h"
#include "receiver/picturesaver.h"
#include "receiver/stream/livereport.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cmath>

namespace shmpix {

namespace {

using namespace std::chrono_literals;
struct Text
{
    Q_DECLARE_TR_FUNCTIONS(HeadlessLive)
};

constexpr auto listenEvery = 100ms;      ///< how often to check for signals
constexpr auto refusalPatience = 1s;     ///< an unreadable segment may be about to be written
constexpr std::size_t latencies = 65536; ///< how many latencies the report covers
constexpr double usualRate = 25;
constexpr auto longestHolding = 1s; ///< how long the first frame is kept back; the second one tells the rate

/// Computes a whole number of frames a second from the first two frames; prefers a usual camera rate if one
/// is near.
int rateOf(const LiveFrame& first, const LiveFrame& second)
{
    const bool isKnown = first.published > 0 && second.published > first.published && first.number &&
                         second.number && *second.number > *first.number;
    const double rate =
        isKnown ? double(*second.number - *first.number) * 1e9 / double(second.published - first.published)
                : usualRate;
    constexpr std::array usual = {10, 15, 20, 24, 25, 30, 48, 50, 60, 90, 120, 144, 240};
    constexpr double near = 0.05;
    const auto known = std::find_if(usual.begin(), usual.end(),
                                    [rate](int each) { return std::abs(rate - each) < near * each; });
    return known != usual.end() ? *known : std::clamp(int(std::lround(std::min(rate, 1000.))), 1, 1000);
}

class HeadlessLive
{
public:
    HeadlessLive(const ReceiverOptions& options, const SegmentAddress& address)
        : m_options(options)
        , m_frames({address, options.protocol, {{}, options.layout}, {}}, latencies)
        , m_report(address)
    {
        const bool isPictureThere =
            options.stream || (!options.save.isEmpty() && isStandardOutput(options.frameNames.of(1)));
        m_output = isPictureThere ? Output::Error : Output::Standard;
        if (options.stream) {
            m_stream.emplace(standardOutput, *options.stream);
        }
    }

    [[nodiscard]] int run()
    {
        const auto deadline =
            m_options.timeout > 0
                ? MonotonicClock::now() + std::chrono::duration_cast<MonotonicClock::duration>(
                                              std::chrono::duration<double>(m_options.timeout))
                : MonotonicClock::time_point::max();
        if (m_options.timeout > 0) {
            m_limit.deadline = QDeadlineTimer(m_options.patience());
        }
        std::optional<Error> failure;
        while (!failure && !isDone() && MonotonicClock::now() < deadline) {
            const bool isNew = m_frames.wait(std::min(deadline, MonotonicClock::now() + listenEvery));
            failure = isNew ? takeNewest() : checkRefusal();
            if (!failure && MonotonicClock::now() > m_heldUntil) {
                failure = handOnHeld();
            }
        }
        if (!failure) {
            failure = handOnHeld();
        }
        if (!failure && !m_last.isNull()) {
            failure = save(m_last, 1);
        }
        if (auto told = tell(); !told && !failure) {
            failure = told.error();
        }
        return end(failure);
    }

private:
    [[nodiscard]] bool isDone() const
    {
        return isStopped() || m_nobodyReads || (m_options.count && m_report.frames() >= *m_options.count);
    }

    [[nodiscard]] bool isStopped() const { return m_signal.token().stop_requested(); }

    /// How long to wait for the program that reads the frames.
    [[nodiscard]] TimeLimit ofWriting() const { return {m_limit.deadline, m_signal.token()}; }

    [[nodiscard]] std::optional<Error> takeNewest()
    {
        auto frame = m_frames.take(m_limit);
        if (!frame) {
            if (m_frames.state() == LiveState::Live || m_frames.state() == LiveState::Closed) {
                m_report.addDamaged(frame.error());
            }
            return std::nullopt;
        }
        if (!*frame) {
            return std::nullopt;
        }
        m_refusedSince.reset();
        m_hasToldOfMove = false;
        m_report.check(**frame);
        if (m_report.frames() == 1 && !m_options.json && !m_stream) {
            const LoadedPicture& picture = (*frame)->picture;
            const auto printed = printLine(
                QStringLiteral("live %1x%2 %3 as %4 from %5")
                    .arg(picture.image.width())
                    .arg(picture.image.height())
                    .arg(picture.layout, protocolName(picture.protocol), picture.address.toString()),
                m_output);
            if (!printed) {
                return printed.error();
            }
        }
        if (m_options.flip != Flip::None) {
            (*frame)->picture.image = flipped((*frame)->picture.image, m_options.flip);
        }
        return use(std::move(**frame));
    }

    [[nodiscard]] std::optional<Error> use(LiveFrame frame)
    {
        if (!m_options.save.isEmpty() && !m_options.frameNames.isNumbered()) {
            m_last = frame.picture.image;
        } else if (!m_options.save.isEmpty()) {
            if (auto failure = save(frame.picture.image, m_report.frames())) {
                return failure;
            }
        }
        if (!m_stream) {
            return std::nullopt;
        }
        if (m_report.frames() == 1) { // kept back: the second one tells the rate
            m_held = std::move(frame);
            m_heldUntil = MonotonicClock::now() + longestHolding;
            return std::nullopt;
        }
        if (m_held) {
            m_stream->setRate(rateOf(*m_held, frame));
            if (auto failure = handOnHeld()) {
                return failure;
            }
        }
        return handOn(frame);
    }

    [[nodiscard]] std::optional<Error> save(const QImage& image, quint64 place)
    {
        const SaveOptions saving{m_options.patience(), m_options.access, ofWriting()};
        if (auto saved = savePicture(image, m_options.frameNames.of(place), saving); !saved) {
            return saved.error();
        }
        m_report.addSaved();
        return std::nullopt;
    }

    [[nodiscard]] std::optional<Error> handOnHeld()
    {
        return m_held ? handOn(*std::exchange(m_held, {})) : std::nullopt;
    }

    [[nodiscard]] std::optional<Error> handOn(const LiveFrame& frame)
    {
        auto written = m_stream->write(frame.picture.image, ofWriting());
        if (!written) {
            return written.error();
        }
        if (*written == FrameStream::Written::OtherSize) {
            m_report.addLeftOut();
        }
        m_nobodyReads |= *written == FrameStream::Written::NobodyReads;
        return std::nullopt;
    }

    /// An unreadable segment ends the run, unless there is time to wait for something else.
    [[nodiscard]] std::optional<Error> checkRefusal()
    {
        if (m_frames.state() != LiveState::Refused) {
            m_refusedSince.reset();
            return std::nullopt;
        }
        m_refusedSince = m_refusedSince.value_or(MonotonicClock::now());
        const bool goesOn = m_report.frames() > 0 && m_frames.reason().code == ErrorCode::NotPermitted;
        if (goesOn && !std::exchange(m_hasToldOfMove, true)) { // the sender may be started again at any time
            static_cast<void>(reportError(QStringLiteral("shmpix-receiver"), m_frames.reason()));
        }
        const bool mayWait =
            goesOn || m_options.timeout > 0 || MonotonicClock::now() - *m_refusedSince < refusalPatience;
        return mayWait ? std::nullopt : std::optional(m_frames.reason());
    }

    [[nodiscard]] Result<void> tell() const
    {
        const auto statistics = m_frames.statistics();
        return m_options.json ? printJson(m_report.toJson(statistics), m_output)
                              : printLine(m_report.toLine(statistics), m_output);
    }

    [[nodiscard]] int end(std::optional<Error> failure)
    {
        if (!failure) {
            failure = m_report.damage();
        }
        const bool isShort = m_options.count ? m_report.frames() < *m_options.count
                                             : m_options.timeout > 0 && m_report.frames() == 0;
        if (!failure && isShort && !m_nobodyReads) {
            failure = m_frames.state() == LiveState::Refused ? m_frames.reason() : tooFew();
        }
        return failure ? reportError(QStringLiteral("shmpix-receiver"), *failure) : 0;
    }

    [[nodiscard]] Error tooFew() const
    {
        const QString wanted =
            m_options.count ? Text::tr("%1 of %2 frames arrived").arg(m_report.frames()).arg(*m_options.count)
                            : Text::tr("No frame arrived");
        return {ErrorCode::TimedOut,
                isStopped() ? Text::tr("%1 before the receiver was stopped. Let it run longer.").arg(wanted)
                            : Text::tr("%1 within %2 seconds. Start the sender, or check the key.")
                                  .arg(wanted)
                                  .arg(m_options.timeout)};
    }

    const ReceiverOptions& m_options;
    StopSignal m_signal;
    TimeLimit m_limit; ///< for reading
    LiveSubscriber m_frames;
    LiveReport m_report;
    Output m_output = Output::Standard; ///< where text is printed
    std::optional<FrameStream> m_stream;
    std::optional<LiveFrame> m_held; ///< the first frame of a stream that is written out
    MonotonicClock::time_point m_heldUntil;
    QImage m_last; ///< the picture to save at the end
    std::optional<MonotonicClock::time_point> m_refusedSince;
    bool m_hasToldOfMove = false;
    bool m_nobodyReads = false;
};

} // namespace

int runHeadlessFollow(const ReceiverOptions& options)
{
    auto address = SegmentAddress::parse(keyOrDefault(options.key));
    if (!address) {
        return reportError(QStringLiteral("shmpix-receiver"), address.error());
    }
    return HeadlessLive(options, *address).run();
}

} // namespace shmpix
