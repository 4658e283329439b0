#include "common/segment/posix/foldernames.h"

#include <algorithm>
#include <memory>

#include <dirent.h>

namespace shmpix {

std::optional<std::vector<QByteArray>> namesIn(const QByteArray& folder)
{
    const auto close = [](DIR* open) { ::closedir(open); };
    const std::unique_ptr<DIR, decltype(close)> entries(::opendir(folder.constData()), close);
    if (!entries) {
        return std::nullopt;
    }
    std::vector<QByteArray> names;
    while (const dirent* entry = ::readdir(entries.get())) {
        const QByteArray name(entry->d_name);
        if (name != "." && name != "..") {
            names.push_back(name);
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

} // namespace shmpix
