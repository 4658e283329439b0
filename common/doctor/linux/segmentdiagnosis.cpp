#include "common/doctor/segmentdiagnosis.h"

#include "common/doctor/keynames.h"
#include "common/doctor/linux/lookalikes.h"
#include "common/doctor/linux/programsearch.h"
#include "common/segment/posix/processinfo.h"
#include "common/segment/posix/segmentpath.h"
#include "common/segment/systemv/systemvstatus.h"
#include "common/segment/systemvnames.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(SegmentDiagnosis)
};

using Scheme = SegmentAddress::Scheme;

constexpr std::chrono::milliseconds patience{500};

bool isSystemV(const SegmentAddress& address)
{
    return address.scheme() == Scheme::SystemV || address.scheme() == Scheme::Qt;
}

QString octal(mode_t mode)
{
    return QStringLiteral("%1").arg(mode & 07777, 4, 8, QLatin1Char('0'));
}

/// The input is not an address; perhaps it is one without its scheme.
std::optional<Diagnosis> diagnoseText(const QString& key, const Error& error)
{
    const QString shm = QStringLiteral("/dev/shm/");
    const QFileInfo file(key);
    if (key.startsWith(shm) && SegmentAddress::of(Scheme::Posix, key.mid(shm.size()))) {
        const QString name = key.mid(shm.size());
        return Diagnosis{Text::tr("%1 is the file of a POSIX object, whose key is the name alone.").arg(key),
                         Text::tr("Load %1.").arg(name), name};
    }
    for (const Scheme scheme : {Scheme::SystemV, Scheme::File}) {
        const auto address = SegmentAddress::of(scheme, key);
        if (file.isAbsolute() && address && hasSegment(*address)) {
            return Diagnosis{
                Text::tr("%1 is the path of a file, but a key without a scheme is a name.").arg(key),
                Text::tr("Load %1.").arg(address->toString()), address->toString()};
        }
    }
    const QString proposal = keyNames(key).proposal;
    if (proposal.isEmpty()) {
        return std::nullopt;
    }
    return Diagnosis{
        error.text, Text::tr("Use %1 at both ends, a name that every program accepts.").arg(proposal), {}};
}

/// A lasting remedy, because changing one segment does not affect its successors.
QString howToAllow(const QString& user)
{
    return Text::tr("Run both programs as the same user, or ask %1 to start the Shmpix sender with --mode "
                    "0644, or with --group NAME for a group that you both belong to. A program other than "
                    "Shmpix must set that mode on its memory itself.")
        .arg(user);
}

/// The owner and who may use it; nothing if the system does not tell.
struct Permission
{
    uid_t user = 0;
    mode_t mode = 0;
};

std::optional<Permission> permissionOf(const SegmentAddress& address)
{
    if (isSystemV(address)) {
        const auto status = systemVStatus(address);
        return status ? std::optional(Permission{status->user, status->mode}) : std::nullopt;
    }
    const QByteArray path = SegmentPath(address).file;
    const auto status = statusOf(path);
    const bool mayRead = ::faccessat(AT_FDCWD, path.constData(), R_OK, AT_EACCESS) == 0;
    if (!status || !S_ISREG(status->mode) || mayRead) {
        return std::nullopt; // access to something else was denied
    }
    return Permission{status->user, status->mode};
}

std::optional<Diagnosis> diagnosePermission(const SegmentAddress& address)
{
    const auto permission = permissionOf(address);
    if (!permission) {
        return std::nullopt;
    }
    const QString user = userName(permission->user);
    return Diagnosis{Text::tr("%1 belongs to user %2 (mode %3), and this program runs as %4.")
                         .arg(address.toString(), user, octal(permission->mode), userName(::geteuid())),
                     howToAllow(user),
                     {}};
}

std::optional<Diagnosis> diagnoseEmpty(const SegmentAddress& address)
{
    if (isSystemV(address)) {
        return std::nullopt; // System V memory cannot be empty
    }
    const auto status = statusOf(SegmentPath(address).file);
    if (!status || !S_ISREG(status->mode) || status->bytes != 0) {
        return std::nullopt;
    }
    if (auto other = otherKindOf(address)) {
        return other; // a key file is empty
    }
    return Diagnosis{
        Text::tr("%1 has no size yet: the program that creates it has made the name but not the memory.")
            .arg(address.toString()),
        Text::tr("Load again. If that does not help, that program has failed. Restart it."),
        {}};
}

/// A name that was removed while programs continue to use its memory.
std::optional<Diagnosis> diagnoseRemoved(const SegmentAddress& address, const QDeadlineTimer& deadline)
{
    if (isSystemV(address)) {
        return std::nullopt;
    }
    const QString path = QFile::decodeName(SegmentPath(address).file);
    const auto program = programThatMapsRemoved(path, deadline);
    if (!program) {
        return std::nullopt;
    }
    return Diagnosis{
        Text::tr("%1 still has %2 mapped, but the name is gone. A possible cause is Python's resource "
                 "tracker, which removes the name when a Python program ends that merely opened the segment.")
            .arg(describeProcess(*program), address.toString()),
        Text::tr("Share again. In the Python program, call resource_tracker.unregister after opening the "
                 "segment or, from Python 3.13 on, open it with track=False."),
        {}};
}

std::optional<Diagnosis> diagnoseKeyFile(const SegmentAddress& address)
{
    if (!isSystemV(address)) {
        return std::nullopt;
    }
    const QString file = SystemVNames(address).segmentFile;
    if (!QFileInfo::exists(file) || hasSystemVMemory(address)) {
        return std::nullopt;
    }
    return Diagnosis{
        Text::tr("The key file %1 exists, but no memory belongs to it. The program that created it has "
                 "ended, has detached, or runs in another container.")
            .arg(file),
        Text::tr("Share again. The memory of QSharedMemory is removed when the last program detaches."),
        {}};
}

std::optional<Diagnosis> diagnoseName(const SegmentAddress& address)
{
    const QString& name = address.name();
    const bool isAscii =
        std::all_of(name.begin(), name.end(), [](QChar letter) { return letter.unicode() < 128; });
    if (isAscii || isSystemV(address)) {
        return std::nullopt;
    }
    return Diagnosis{Text::tr("Nothing is shared under %1, and Python before 3.13 cannot share there because "
                              "the name has letters that are not ASCII.")
                         .arg(address.toString()),
                     Text::tr("Use %1 at both ends, a name that every program accepts.")
                         .arg(portableName(QFileInfo(name).fileName())),
                     {}};
}

std::optional<Diagnosis> diagnoseMissing(const SegmentAddress& address)
{
    const QDeadlineTimer deadline(patience);
    if (auto found = otherKindOf(address)) {
        return found;
    }
    if (auto found = diagnoseRemoved(address, deadline)) {
        return found;
    }
    if (auto found = similarNameTo(address)) {
        return found;
    }
    if (auto found = keyFileOfProgram(address, deadline)) {
        return found;
    }
    if (auto found = diagnoseKeyFile(address)) {
        return found;
    }
    return diagnoseName(address);
}

/// An address of another system has no meaning here.
std::optional<Diagnosis> diagnoseForeign(const SegmentAddress& address)
{
    const auto here = SegmentAddress::of(Scheme::Posix, address.name());
    if (address.scheme() != Scheme::Windows || !here) {
        return std::nullopt;
    }
    return Diagnosis{
        Text::tr("%1 is Windows shared memory, which this system does not have.").arg(address.toString()),
        Text::tr("On this system, use the name %1.").arg(here->toString()),
        hasSegment(*here) ? here->toString() : QString()};
}

} // namespace

std::optional<Diagnosis> diagnose(const QString& key, const Error& error)
{
    const auto address = SegmentAddress::parse(key);
    if (!address) {
        return diagnoseText(key, address.error());
    }
    switch (error.code) {
    case ErrorCode::Usage:
        return diagnoseForeign(*address);
    case ErrorCode::NotFound:
        return diagnoseMissing(*address);
    case ErrorCode::TimedOut:
        // The picture is not missing; reading it took too long.
        return hasSegment(*address) ? std::nullopt : diagnoseMissing(*address);
    case ErrorCode::NotPermitted:
        return diagnosePermission(*address);
    case ErrorCode::BadData:
        return diagnoseEmpty(*address);
    default:
        return std::nullopt;
    }
}

} // namespace shmpix
