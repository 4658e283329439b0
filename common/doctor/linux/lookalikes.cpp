#include "common/doctor/linux/lookalikes.h"

#include "common/doctor/keynames.h"
#include "common/doctor/linux/programsearch.h"
#include "common/segment/posix/processinfo.h"
#include "common/segment/posix/segmentpath.h"
#include "common/segment/systemv/systemvstatus.h"
#include "common/segment/systemvnames.h"

#include <QCoreApplication>
#include <QDir>
#include <QDirIterator>
#include <QFileInfo>

#include <sys/stat.h>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Lookalikes)
};

using Scheme = SegmentAddress::Scheme;

/// The name without folders and slashes, as users think of it.
QString plainName(const SegmentAddress& address)
{
    QString name = address.name();
    if (address.scheme() == Scheme::File || address.scheme() == Scheme::SystemV) {
        name = QFileInfo(name).fileName();
    }
    while (name.startsWith(QLatin1Char('/'))) {
        name.remove(0, 1);
    }
    return name;
}

Diagnosis foundInstead(const SegmentAddress& address, const SegmentAddress& instead, const QString& why)
{
    return {Text::tr("Nothing is shared under %1, but %2 exists: %3")
                .arg(address.toString(), instead.toString(), why),
            Text::tr("Load %1, or use the same key in both programs.").arg(instead.toString()),
            instead.toString()};
}

std::optional<Diagnosis> ifThere(const SegmentAddress& address, Scheme scheme, const QString& name,
                                 const QString& why)
{
    const auto instead = SegmentAddress::of(scheme, name);
    if (!instead || *instead == address || !hasSegment(*instead)) {
        return std::nullopt;
    }
    return foundInstead(address, *instead, why);
}

/// What QSharedMemory::setKey uses if Qt was built for POSIX memory, or with another folder for temporary
/// files.
std::optional<Diagnosis> otherQt(const SegmentAddress& address, const QString& name)
{
    const auto qtKey = SegmentAddress::of(Scheme::Qt, name);
    if (!qtKey) {
        return std::nullopt;
    }
    const QString hashed = QFileInfo(SystemVNames(*qtKey).segmentFile).fileName();
    if (auto found = ifThere(address, Scheme::Posix, hashed,
                             Text::tr("a build of Qt for POSIX memory turns the key into this name."))) {
        return found;
    }
    return ifThere(address, Scheme::SystemV, QStringLiteral("/tmp/") + hashed,
                   Text::tr("a Qt program that uses another folder for temporary files has that key."));
}

/// Names that people consider the same.
QString folded(const QString& name)
{
    return name.normalized(QString::NormalizationForm_KC).toCaseFolded();
}

std::optional<Diagnosis> sameLettersIn(const QString& folder, const SegmentAddress& address)
{
    const QString wanted = folded(plainName(address));
    constexpr int most = 20000;
    QDirIterator files(folder, QDir::Files);
    for (int i = 0; i < most && files.hasNext(); ++i) {
        files.next();
        const bool isFile = address.scheme() == Scheme::File;
        const QString name = isFile ? files.filePath() : files.fileName();
        if (folded(files.fileName()) != wanted) {
            continue;
        }
        if (auto found = ifThere(address, isFile ? Scheme::File : Scheme::Posix, name,
                                 Text::tr("keys are case-sensitive, and accents count."))) {
            return found;
        }
    }
    return std::nullopt;
}

} // namespace

bool hasSegment(const SegmentAddress& address)
{
    if (address.scheme() == Scheme::Qt || address.scheme() == Scheme::SystemV) {
        return hasSystemVMemory(address);
    }
    if (address.scheme() == Scheme::Windows) {
        return false;
    }
    const auto status = statusOf(SegmentPath(address).file);
    return status && S_ISREG(status->mode) && status->bytes > 0;
}

std::optional<Diagnosis> otherKindOf(const SegmentAddress& address)
{
    const QString name = plainName(address);
    if (address.scheme() != Scheme::Posix) {
        if (auto found = ifThere(address, Scheme::Posix, name,
                                 Text::tr("that is POSIX memory, as Python creates it, and not a Qt key."))) {
            return found;
        }
    }
    if (auto found = ifThere(address, Scheme::Qt, name,
                             Text::tr("that is a Qt key, which is System V memory, and not a POSIX name."))) {
        return found;
    }
    if (address.scheme() == Scheme::File) {
        if (auto found = ifThere(address, Scheme::SystemV, address.name(),
                                 Text::tr("the file is the key file of System V memory."))) {
            return found;
        }
    }
    return otherQt(address, name);
}

std::optional<Diagnosis> similarNameTo(const SegmentAddress& address)
{
    const QString name = plainName(address);
    const QString prefix = QStringLiteral("shm_");
    const QString other = name.startsWith(prefix) ? name.mid(prefix.size()) : prefix + name;
    if (auto found =
            ifThere(address, Scheme::Posix, other,
                    Text::tr("QSharedMemory::platformSafeKey puts shm_ before a name on Windows."))) {
        return found;
    }
    if (auto found = ifThere(address, Scheme::Posix, portableName(name),
                             Text::tr("that is the name in ASCII, which every program accepts."))) {
        return found;
    }
    const QString folder =
        address.scheme() == Scheme::File ? QFileInfo(address.name()).path() : QStringLiteral("/dev/shm");
    return sameLettersIn(folder, address);
}

std::optional<Diagnosis> keyFileOfProgram(const SegmentAddress& address, const QDeadlineTimer& deadline)
{
    const QString name = plainName(address);
    for (const ProgramFolder& folder : programFolders(deadline)) {
        const QString why =
            Text::tr("%1 runs in that folder, and QSharedMemory::setNativeKey creates its key file there.")
                .arg(describeProcess(folder.program));
        if (auto found = ifThere(address, Scheme::SystemV, QDir(folder.path).filePath(name), why)) {
            return found;
        }
    }
    return std::nullopt;
}

} // namespace shmpix
