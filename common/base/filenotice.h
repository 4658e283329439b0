#pragma once

#include <QByteArray>

#include <chrono>
#include <memory>

namespace shmpix {

/// Reports when a file is created, replaced, resized, written, closed or touched, in whatever state it is
/// now. Writes through a mapping are not reported. If the system has no such notifications for it, it only
/// waits. Used by one thread.
class FileNotice
{
public:
    /// An empty path means that there is no file.
    explicit FileNotice(const QByteArray& path);
    ~FileNotice();
    FileNotice(const FileNotice&) = delete;
    FileNotice& operator=(const FileNotice&) = delete;

    /// Returns true at once if something has happened since the last call, and false when the time is over.
    [[nodiscard]] bool wait(std::chrono::milliseconds atMost);

private:
    class Watch;

    std::unique_ptr<Watch> m_watch; ///< null: there are no notifications
};

} // namespace shmpix
