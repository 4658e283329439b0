#include "common/segment/posix/exchangednames.h"

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <unistd.h>

namespace shmpix {

namespace {

int linkToFree(const QByteArray& from, const QByteArray& to)
{
    return ::link(from.constData(), to.constData()) == 0 ? ::unlink(from.constData()) : -1;
}

} // namespace

#ifdef RENAME_EXCHANGE
int exchangeNames(const QByteArray& a, const QByteArray& b)
{
    return ::renameat2(AT_FDCWD, a.constData(), AT_FDCWD, b.constData(), RENAME_EXCHANGE);
}
int renameToFree(const QByteArray& from, const QByteArray& to)
{
    if (::renameat2(AT_FDCWD, from.constData(), AT_FDCWD, to.constData(), RENAME_NOREPLACE) == 0) {
        return 0;
    }
    return errno == EINVAL || errno == ENOSYS ? linkToFree(from, to) : -1; // some network file systems
}
#else
int exchangeNames(const QByteArray&, const QByteArray&)
{
    errno = ENOSYS;
    return -1;
}
int renameToFree(const QByteArray& from, const QByteArray& to)
{
    return linkToFree(from, to);
}
#endif

} // namespace shmpix
