#pragma once

#include <QFile>
#include <QString>

#include <sys/stat.h>

namespace shmpix::test {

/// The memory or disk space that a file takes, which is less than its length if the file has holes. -1: there
/// is no file.
[[nodiscard]] inline qint64 memoryOf(const QString& path)
{
    struct stat status = {};
    constexpr qint64 blockBytes = 512;
    return ::stat(QFile::encodeName(path).constData(), &status) == 0 ? status.st_blocks * blockBytes : -1;
}

} // namespace shmpix::test
