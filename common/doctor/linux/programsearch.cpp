#include "common/doctor/linux/programsearch.h"

#include <QDirIterator>
#include <QFile>

#include <algorithm>

#include <unistd.h>

namespace shmpix {

namespace {

template <class Visit>
void forEachProgram(const QDeadlineTimer& deadline, Visit visit)
{
    QDirIterator programs(QStringLiteral("/proc"), QDir::Dirs | QDir::NoDotAndDotDot);
    while (programs.hasNext() && !deadline.hasExpired()) {
        const QString path = programs.next();
        bool isProgram = false;
        const pid_t pid = programs.fileName().toInt(&isProgram);
        if (isProgram && visit(pid, path)) {
            return;
        }
    }
}

/// The file maps lists a program's mappings, one per line, ending in the file's path; some programs have
/// thousands.
bool hasMappingOf(const QString& maps, const QByteArray& ending, const QDeadlineTimer& deadline)
{
    QFile file(maps);
    if (!file.open(QIODevice::ReadOnly)) {
        return false; // belongs to another user, or has ended
    }
    constexpr qint64 longestLine = 8192;
    for (QByteArray line = file.readLine(longestLine); !line.isEmpty() && !deadline.hasExpired();
         line = file.readLine(longestLine)) {
        if (line.endsWith(ending)) {
            return true;
        }
    }
    return false;
}

} // namespace

std::optional<pid_t> programThatMapsRemoved(const QString& path, const QDeadlineTimer& deadline)
{
    const QByteArray name = QFile::encodeName(path).replace('\n', "\\012"); // as the kernel writes it
    const QByteArray ending = ' ' + name + " (deleted)\n";
    std::optional<pid_t> found;
    forEachProgram(deadline, [&](pid_t pid, const QString& folder) {
        if (hasMappingOf(folder + QLatin1String("/maps"), ending, deadline)) {
            found = pid;
        }
        return found.has_value();
    });
    return found;
}

std::vector<ProgramFolder> programFolders(const QDeadlineTimer& deadline)
{
    std::vector<ProgramFolder> folders;
    forEachProgram(deadline, [&](pid_t pid, const QString& folder) {
        const QString path = QFile::symLinkTarget(folder + QLatin1String("/cwd"));
        const bool isNew = std::none_of(folders.begin(), folders.end(),
                                        [&](const ProgramFolder& other) { return other.path == path; });
        if (!path.isEmpty() && isNew && pid != ::getpid()) {
            folders.push_back({path, pid});
        }
        return false;
    });
    return folders;
}

} // namespace shmpix
