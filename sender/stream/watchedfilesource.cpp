#include "sender/stream/watchedfilesource.h"

#include "common/base/checksums.h"
#include "common/base/monotonicclock.h"

#include "sender/stream/pictureframe.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(WatchedFileSource)
};

constexpr std::chrono::milliseconds retryInterval{200};
constexpr std::chrono::milliseconds patience{1500}; // how long a file may stay damaged before a warning

/// File systems record times in steps of some milliseconds. A file that was written just before it was read
/// may have been written again in the same step.
constexpr std::chrono::milliseconds timeStep{20};

} // namespace

WatchedFileSource::WatchedFileSource(const QString& path)
    : m_path(path)
    , m_notice(QFile::encodeName(QFileInfo(path).absoluteFilePath()))
    , m_changed(MonotonicClock::now())
{
}

Result<SourceStep> WatchedFileSource::next(FrameSlot& slot, const SourceWish& wish)
{
    const auto isDue = [this] {
        const FileStamp now = FileStamp::of(QFile::encodeName(m_path));
        if (m_seen != now) {
            m_seen = now;
            m_changed = MonotonicClock::now();
            m_isGood = false;
            m_hasWarned = false;
            return true;
        }
        const auto age = MonotonicClock::now() - m_readAt;
        return m_isGood ? age > timeStep && m_readAt - m_changed < timeStep : age > retryInterval;
    };
    if (!isDue()) {
        static_cast<void>(m_notice.wait(wish.atMost));
        if (!isDue()) {
            return SourceStep{};
        }
    }
    m_readAt = MonotonicClock::now();
    const auto decoded = decodeIntoSlot(m_path, slot);
    if (!decoded) {
        return slot.failure() ? Result<SourceStep>(*slot.failure()) : tryAgainLater(decoded.error());
    }
    m_isGood = true;
    const Content content{slot.layout(), crc32(0, slot.bytes())};
    if (m_shown == content) {
        slot.drop();
        return SourceStep{};
    }
    m_shown = content;
    slot.note.text = QFileInfo(m_path).fileName().toUtf8();
    return SourceStep{SourceStep::Kind::Frame, {}, {}};
}

Result<SourceStep> WatchedFileSource::tryAgainLater(const Error& error)
{
    m_isGood = false;
    if (m_hasWarned || MonotonicClock::now() - m_changed < patience) {
        return SourceStep{};
    }
    m_hasWarned = true;
    return SourceStep{SourceStep::Kind::Later,
                      {},
                      Text::tr("%1 The picture will be shared as soon as it can be read.").arg(error.text)};
}

} // namespace shmpix
