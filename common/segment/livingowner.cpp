#include "common/segment/livingowner.h"

#include "common/segment/filedescriptor.h"
#include "common/segment/heldlocks.h"
#include "common/segment/ownerrecord.h"
#include "common/segment/processinfo.h"

#include <QCoreApplication>

#include <csignal>
#include <thread>

#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(LivingOwner)
};

enum class Life { None, Known, Unknown };

struct Owner
{
    Life life = Life::None;
    pid_t process = 0;
};

/// Who holds the record at the moment. Asking for a shared lock tells whether anybody does.
Owner ownerOf(const QByteArray& record)
{
    const FileDescriptor fd(::open(record.constData(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    const auto opened = fd.isOpen() ? statusOf(fd.get()) : std::nullopt;
    if (!opened) {
        return {};
    }
    const auto holder =
        HeldLocks::parse(procText(QStringLiteral("locks"))).holder(opened->id.device, opened->id.inode);
    const auto note = readOwnerNote(record);
    if (!holder) {
        const bool isFree = ::flock(fd.get(), LOCK_SH | LOCK_NB) == 0;
        return {isFree ? Life::None : Life::Unknown, 0};
    }
    const bool isWritten = opened->user == ::geteuid() && note && note->process == *holder;
    return isWritten ? Owner{Life::Known, static_cast<pid_t>(*holder)} : Owner{Life::Unknown, 0};
}

Error notTaken(const SegmentAddress& address, const QString& reason)
{
    return {ErrorCode::NotPermitted, Text::tr("%1 cannot be taken over: %2").arg(address.toString(), reason)};
}

} // namespace

Result<void> endLivingOwner(const SegmentAddress& address, std::chrono::milliseconds atMost)
{
    const QByteArray record = SegmentPath(address).record;
    const Owner owner = ownerOf(record);
    if (owner.life == Life::None) {
        return {};
    }
    if (owner.life == Life::Unknown) {
        return notTaken(address,
                        Text::tr("it cannot be told who shares there. Stop sharing in that program."));
    }
    if (owner.process == ::getpid()) {
        return notTaken(address, Text::tr("this program itself shares there. Stop sharing first."));
    }
    // System calls: the C library's functions for them came late, and first not for C++.
    const FileDescriptor process(static_cast<int>(::syscall(SYS_pidfd_open, owner.process, 0)));
    // The number may have been given again until now; whoever has the record now is who we have opened.
    const Owner again = ownerOf(record);
    if (process.isOpen() && again.life == Life::Known && again.process == owner.process &&
        ::syscall(SYS_pidfd_send_signal, process.get(), SIGTERM, nullptr, 0) != 0 && errno != ESRCH) {
        return notTaken(address, Text::tr("%1 cannot be ended (%2). Stop sharing there.")
                                     .arg(describeProcess(owner.process), systemMessage(errno)));
    }
    const auto deadline = std::chrono::steady_clock::now() + atMost;
    while (ownerOf(record).life != Life::None) {
        if (std::chrono::steady_clock::now() >= deadline) {
            return Error{
                ErrorCode::TimedOut,
                Text::tr("%1 cannot be taken over: %2 was asked to end, and has not. End it, or choose "
                         "another key.")
                    .arg(address.toString(), describeProcess(owner.process))};
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return {};
}

} // namespace shmpix
