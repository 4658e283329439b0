#pragma once

#include "common/base/filenotice.h"
#include "common/base/filestamp.h"
#include "common/base/monotonicclock.h"

#include "sender/stream/framesource.h"

namespace shmpix {

/// A picture file that other programs keep changing, in place or by replacing it. Each change yields a frame.
/// While the file is half written, damaged or missing, the last picture stays and the file is read again and
/// again; if that lasts, a warning gives the reason.
class WatchedFileSource final : public FrameSource
{
public:
    explicit WatchedFileSource(const QString& path);

    [[nodiscard]] Result<SourceStep> next(FrameSlot& slot, const SourceWish& wish) override;

private:
    /// Tells a real change from a file that was only touched or read twice.
    struct Content
    {
        PixelLayout layout;
        quint32 checksum = 0;

        friend bool operator==(const Content&, const Content&) = default;
    };

    [[nodiscard]] Result<SourceStep> tryAgainLater(const Error& error);

    QString m_path;
    FileNotice m_notice; ///< only wakes us; the stamp tells whether the file has changed
    std::optional<FileStamp> m_seen;
    std::optional<Content> m_shown;
    MonotonicClock::time_point m_readAt;  ///< when the file was last read
    MonotonicClock::time_point m_changed; ///< when the file was last seen to change
    bool m_isGood = false;
    bool m_hasWarned = false;
};

} // namespace shmpix
