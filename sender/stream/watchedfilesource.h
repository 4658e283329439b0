#pragma once

#include "common/segment/posix/filedescriptor.h"

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
    using Clock = std::chrono::steady_clock;

    /// The file's metadata that changes with its content.
    struct Stamp
    {
        quint64 inode = 0;
        qint64 bytes = -1; ///< -1: the file does not exist
        qint64 written = 0;

        friend bool operator==(const Stamp&, const Stamp&) = default;
    };

    /// Tells a real change from a file that was only touched or read twice.
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
    FileDescriptor m_events; ///< for the folder; without them, the file is checked now and then
    std::optional<Stamp> m_seen;
    std::optional<Content> m_shown;
    Clock::time_point m_readAt;  ///< when the file was last read
    Clock::time_point m_changed; ///< when the file was last seen to change
    bool m_isGood = false;
    bool m_hasWarned = false;
};

} // namespace shmpix
