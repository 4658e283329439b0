#include "common/segment/accessrights.h"

#include <QCoreApplication>

#ifdef Q_OS_UNIX
#include "common/segment/posix/processinfo.h"
#include "common/segment/posix/segmentpath.h"

#include <algorithm>
#include <cerrno>
#include <vector>

#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(AccessRights)
};

#ifdef Q_OS_UNIX

constexpr std::size_t bytesOfAGroup = 65536; // one with many members

std::optional<gid_t> groupNamed(const QString& name)
{
    std::vector<char> buffer(bytesOfAGroup);
    group entry = {};
    group* found = nullptr;
    ::getgrnam_r(name.toLocal8Bit().constData(), &entry, buffer.data(), buffer.size(), &found);
    return found != nullptr ? std::optional(found->gr_gid) : std::nullopt;
}

bool mayGiveTo(gid_t group)
{
    const int count = ::getgroups(0, nullptr);
    std::vector<gid_t> groups(static_cast<std::size_t>(std::max(0, count)));
    groups.resize(static_cast<std::size_t>(std::max(0, ::getgroups(count, groups.data()))));
    return ::geteuid() == 0 || ::getegid() == group ||
           std::find(groups.begin(), groups.end(), group) != groups.end();
}

#endif

} // namespace

Result<quint32> parseMode(const QString& text)
{
    constexpr qsizetype most = 4; // 0644
    bool isNumber = false;
    const quint32 mode = text.toUInt(&isNumber, 8);
    const bool isDigits =
        std::all_of(text.begin(), text.end(), [](QChar letter) { return letter >= u'0' && letter <= u'7'; });
    if (!isNumber || !isDigits || text.size() > most || mode > 0777) {
        return Error{ErrorCode::Usage, Text::tr("“%1” is not a mode. Write octal digits for the owner, the "
                                                "group and all others, such as --mode 0644.")
                                           .arg(text)};
    }
    if ((mode & 0600) != 0600) {
        return Error{ErrorCode::Usage, Text::tr("The mode %1 would keep you yourself from reading and "
                                                "writing. Begin it with 6, as in --mode 0644.")
                                           .arg(text)};
    }
    if ((mode & 0111) != 0) {
        return Error{ErrorCode::Usage, Text::tr("The mode %1 would make the picture executable. Use 4 to let "
                                                "others read it, as in --mode 0644.")
                                           .arg(text)};
    }
    return mode;
}

#ifdef Q_OS_UNIX

Result<quint32> parseGroup(const QString& text)
{
    bool isNumber = false;
    const quint32 number = text.toUInt(&isNumber);
    const auto named = groupNamed(text);
    const bool isKnown = named || (isNumber && number != ~quint32{0});
    if (!isKnown) {
        return Error{
            ErrorCode::Usage,
            Text::tr("There is no group “%1” on this system. The command id lists your groups.").arg(text)};
    }
    const quint32 group = named.value_or(number);
    if (!mayGiveTo(group)) {
        return Error{ErrorCode::Usage,
                     Text::tr("You are not a member of the group %1. Name one of your groups, which the "
                              "command id lists, or ask an administrator to add you.")
                         .arg(text)};
    }
    return group;
}

QString groupName(quint32 number)
{
    std::vector<char> buffer(bytesOfAGroup);
    group entry = {};
    group* found = nullptr;
    ::getgrgid_r(number, &entry, buffer.data(), buffer.size(), &found);
    return found != nullptr ? QString::fromLocal8Bit(found->gr_name) : QString::number(number);
}

bool giveRights(int fd, const AccessRights& rights)
{
    const auto status = statusOf(fd);
    if (!status) {
        return false;
    }
    const bool hasGroup = !rights.group || status->group == *rights.group ||
                          ::fchown(fd, static_cast<uid_t>(-1), *rights.group) == 0;
    const int failed = errno;
    const mode_t bits = hasGroup ? rights.bits() : rights.bits() & ~mode_t{S_IRWXG};
    if ((status->mode & 07777) != bits && ::fchmod(fd, bits) != 0) {
        return false;
    }
    errno = failed;
    return hasGroup;
}

#else

Result<quint32> parseGroup(const QString& text)
{
    return Error{ErrorCode::Usage,
                 Text::tr("This system has no groups such as “%1”. Leave out --group.").arg(text)};
}

QString groupName(quint32 group)
{
    return QString::number(group);
}

bool giveRights(int, const AccessRights&)
{
    return true;
}

#endif

} // namespace shmpix
