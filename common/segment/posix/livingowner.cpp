#include "common/segment/livingowner.h"

#include "common/base/linux/filedescriptor.h"
#include "common/base/monotonicclock.h"
#include "common/segment/posix/hiddenfiles.h"
#include "common/segment/posix/ownerlife.h"
#include "common/segment/posix/processinfo.h"

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

/// The current holder of the record. Trying a shared lock shows whether there is one.
Owner holderOf(const QByteArray& record)
{
    const FileDescriptor fd(
        ownFile(record) ? ::open(record.constData(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) : -1);
    const auto opened = fd.isOpen() ? statusOf(fd.get()) : std::nullopt;
    if (!opened) {
        return {};
    }
    const OwnerLives lives;
    const auto note = readOwnerNote(record);
    const auto life = lives.of(opened->id, note);
    if (life.liveness != Liveness::Alive) {
        const bool isFree = ::flock(fd.get(), LOCK_SH | LOCK_NB) == 0;
        return {isFree ? Life::None : Life::Unknown, 0};
    }
    // The number identifies a process only if the owner, the list of locks and we share a namespace; older
    // versions do not record theirs.
    const auto ours = processNamespace();
    const bool isWritten = ours && opened->user == ::geteuid() && note && note->process == life.process &&
                           (note->processNamespace == 0 || note->processNamespace == *ours);
    return isWritten ? Owner{Life::Known, static_cast<pid_t>(life.process)} : Owner{Life::Unknown, 0};
}

/// The living owner under one of the hidden names of the address.
Owner ownerOf(const SegmentAddress& address)
{
    for (const QByteArray& stem : hiddenStems(SegmentPath(address))) {
        if (const Owner owner = holderOf(recordOf(stem)); owner.life != Life::None) {
            return owner;
        }
    }
    return {};
}

Error notTaken(const SegmentAddress& address, const QString& reason)
{
    return {ErrorCode::NotPermitted, Text::tr("%1 cannot be taken over: %2").arg(address.toString(), reason)};
}

} // namespace

Result<void> endLivingOwner(const SegmentAddress& address, std::chrono::milliseconds atMost)
{
    const Owner owner = ownerOf(address);
    if (owner.life == Life::None) {
        return {};
    }
    if (owner.life == Life::Unknown) {
        return notTaken(address, Text::tr("the program that shares there cannot be identified and may run in "
                                          "another container. Stop sharing in that program."));
    }
    if (owner.process == ::getpid()) {
        return notTaken(address, Text::tr("this program itself shares a picture there. Stop sharing first."));
    }
    // Direct system calls, because the C library got functions for them late, at first not usable from C++.
    const FileDescriptor process(static_cast<int>(::syscall(SYS_pidfd_open, owner.process, 0)));
    const int failed = process.isOpen() ? 0 : errno;
    // The number may have been reused meanwhile. If the holder of the record is still the same, we have
    // opened the right process.
    const Owner again = ownerOf(address);
    const bool isTheSame = again.life == Life::Known && again.process == owner.process;
    const bool isAsked = isTheSame && process.isOpen() &&
                         ::syscall(SYS_pidfd_send_signal, process.get(), SIGTERM, nullptr, 0) == 0;
    const int notAsked = isAsked || !isTheSame ? 0 : process.isOpen() ? errno : failed;
    if (notAsked != 0 && notAsked != ESRCH) {
        return notTaken(address, Text::tr("%1 cannot be asked to quit (%2). Stop sharing in that program.")
                                     .arg(describeProcess(owner.process), systemMessage(notAsked)));
    }
    const auto deadline = MonotonicClock::now() + atMost;
    while (ownerOf(address).life != Life::None) {
        if (MonotonicClock::now() >= deadline) {
            return Error{ErrorCode::TimedOut,
                         Text::tr("%1 cannot be taken over: %2 was asked to quit but is still running. Quit "
                                  "that program, or choose another key.")
                             .arg(address.toString(), describeProcess(owner.process))};
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return {};
}

} // namespace shmpix
