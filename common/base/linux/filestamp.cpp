#include "common/base/filestamp.h"

#include <sys/stat.h>

namespace shmpix {

FileStamp FileStamp::of(const QByteArray& path)
{
    struct stat status = {};
    if (::stat(path.constData(), &status) != 0) {
        return {};
    }
    return {status.st_ino, status.st_size, status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec};
}

} // namespace shmpix
