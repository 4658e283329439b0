#include "common/segment/posix/processinfo.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QFile>

#include <array>
#include <csignal>
#include <ctime>
#include <vector>

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shmpix {

namespace {

/// The start time of the process in seconds since 1970, accurate to one second; nothing if it cannot be read.
std::optional<double> startTime(pid_t pid)
{
    const auto ticks = startTicks(pid);
    if (!ticks) {
        return std::nullopt;
    }
    timespec sinceBoot = {};
    ::clock_gettime(CLOCK_BOOTTIME, &sinceBoot);
    return double(::time(nullptr)) - double(sinceBoot.tv_sec) +
           double(*ticks) / double(::sysconf(_SC_CLK_TCK));
}

} // namespace

QString describeProcess(pid_t pid)
{
    const QString name = processName(pid);
    return name.isEmpty() ? QCoreApplication::translate("ProcessInfo", "process %1").arg(pid)
                          : QCoreApplication::translate("ProcessInfo", "%1 (process %2)").arg(name).arg(pid);
}

QString describeOwner(pid_t pid)
{
    const auto started = startTime(pid);
    if (!started) {
        return describeProcess(pid);
    }
    const QString time =
        QDateTime::fromSecsSinceEpoch(qint64(*started)).toString(QStringLiteral("yyyy-MM-dd HH:mm:ss"));
    return QCoreApplication::translate("ProcessInfo", "%1 (process %2, started %3)")
        .arg(processName(pid))
        .arg(pid)
        .arg(time);
}

QString processName(pid_t pid)
{
    return isProcOurs() ? QString::fromUtf8(procText(QStringLiteral("%1/comm").arg(pid))).trimmed()
                        : QString();
}

QByteArray procText(const QString& file)
{
    QFile device(QStringLiteral("/proc/") + file);
    return device.open(QIODevice::ReadOnly | QIODevice::Unbuffered) ? device.readAll() : QByteArray();
}

bool isProcOurs()
{
    std::array<char, 32> self = {};
    const ssize_t length = ::readlink("/proc/self", self.data(), self.size());
    return length > 0 && QByteArrayView(self.data(), length) == QByteArray::number(::getpid());
}

std::optional<quint64> processNamespace()
{
    struct stat status = {};
    return isProcOurs() && ::stat("/proc/self/ns/pid", &status) == 0 ? std::optional<quint64>(status.st_ino)
                                                                     : std::nullopt;
}

std::optional<quint64> startTicks(pid_t pid)
{
    const QByteArray stat = isProcOurs() ? procText(QStringLiteral("%1/stat").arg(pid)) : QByteArray();
    // The second field is the program's name in brackets, which may contain any character.
    const QList<QByteArray> fields = stat.mid(stat.lastIndexOf(')') + 2).split(' ');
    constexpr qsizetype startTime = 22 - 3;
    return fields.size() > startTime ? std::optional<quint64>(fields[startTime].toULongLong()) : std::nullopt;
}

std::optional<bool> ranAlready(pid_t pid, qint64 since)
{
    if (pid <= 0) {
        return std::nullopt;
    }
    if (::kill(pid, 0) != 0 && errno == ESRCH) {
        return false;
    }
    constexpr double rounding = 2; // both clocks count whole seconds
    const auto started = startTime(pid);
    return started ? std::optional(*started <= double(since) + rounding) : std::nullopt;
}

QString userName(uid_t uid)
{
    std::vector<char> buffer(4096);
    passwd entry = {};
    passwd* found = nullptr;
    ::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found);
    return found != nullptr ? QString::fromLocal8Bit(found->pw_name) : QString::number(uid);
}

} // namespace shmpix
