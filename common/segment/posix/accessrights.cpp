#include "common/segment/accessrights.h"

#include "common/segment/posix/segmentpath.h"

#include <QCoreApplication>

#include <algorithm>
#include <cerrno>
#include <vector>

#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(AccessRights)
};

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

} // namespace

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

} // namespace shmpix
