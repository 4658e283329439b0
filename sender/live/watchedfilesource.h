#pragma once

#include "common/segment/filedescriptor.h"

#include "sender/live/framesource.h"

namespace shmpix {

/// A picture file that other programs keep changing, in place or by replacing it. Each change yields a frame.
/// While the file is half written, damaged or missing, the last picture stays and reading is retried; if that
/// lasts, a warning gives the reason.
class WatchedFileSource final : public FrameSource
{
public:
    explicit WatchedFileSource(const QString& path);

    [[nodiscard]] Result<SourceStep> next(FrameSlot& slot, const SourceWish& wish) override;

private:
    using Clock = std::chrono::steady_clock;

    /// What changes with a file's content, as far as its folder knows.
    struct Stamp
    {
        quint64 inode = 0;
        qint64 bytes = -1; ///< -1: there is none
        qint64 written = 0;

        friend bool operator==(const Stamp&, const Stamp&) = default;
    };

    /// To tell a change from a file that was only touched, or read twice.
    struct Content
    {
        PixelLayout layout;
        quint32 checksum = 0;

        friend bool operator==(const Content&, const Content&) = default;
    };

    [[nodiscard]] Stamp stamp() const;
    void waitForChange(std::chrono::milliseconds atMost) const;
    [[nodiscard]] Result<SourceStep> tryAgainLater(const Error& error);

    QString m_path;
    FileDescriptor m_events; ///< of the folder; without them the file is looked at now and then
    std::optional<Stamp> m_seen;
    std::optional<Content> m_shown;
    Clock::time_point m_readAt;  ///< when it was read last
    Clock::time_point m_changed; ///< when it was last seen to be another one
    bool m_isGood = false;
    bool m_hasWarned = false;
};

} // namespace shmpix
