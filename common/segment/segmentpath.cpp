#include "common/segment/segmentpath.h"

#include "common/segment/processinfo.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QFile>
#include <QFileInfo>

#include <cerrno>

#include <unistd.h>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(SegmentPath)
};

QString kindOf(mode_t mode)
{
    if (S_ISDIR(mode)) {
        return Text::tr("a folder");
    }
    if (S_ISFIFO(mode)) {
        return Text::tr("a named pipe");
    }
    if (S_ISLNK(mode)) {
        return Text::tr("a symbolic link");
    }
    if (S_ISSOCK(mode)) {
        return Text::tr("a socket");
    }
    return Text::tr("a device");
}

} // namespace

SegmentPath::SegmentPath(const SegmentAddress& address)
{
    const bool isFile = address.scheme() == SegmentAddress::Scheme::File;
    const QByteArray name = QFile::encodeName(isFile ? QFileInfo(address.name()).fileName() : address.name());
    folder = isFile ? QFile::encodeName(QFileInfo(address.name()).path()) : QByteArrayLiteral("/dev/shm");
    file = folder + '/' + name;
    // A hash, because a name of 255 bytes has no room for an ending.
    const QByteArray hash = QCryptographicHash::hash(name, QCryptographicHash::Sha1).toHex().left(16);
    const QByteArray hidden = folder + "/.shmpix." + QByteArray::number(::getuid()) + '.' + hash;
    spare = hidden + ".spare";
    record = hidden + ".owner";
}

FileId fileId(const struct stat& status)
{
    return {status.st_dev, status.st_ino};
}

Result<void> checkRegular(const struct stat& status, const SegmentAddress& address)
{
    if (S_ISREG(status.st_mode)) {
        return {};
    }
    return Error{ErrorCode::NotPermitted, Text::tr("%1 is %2, not a segment. Choose another key, or remove it.")
                                              .arg(address.toString(), kindOf(status.st_mode))};
}

Error openError(int errorNumber, const SegmentAddress& address)
{
    const SegmentPath path(address);
    struct stat status = {};
    const bool exists = ::lstat(path.file.constData(), &status) == 0;
    if (exists) {
        if (auto regular = checkRegular(status, address); !regular) {
            return regular.error();
        }
    }
    if (errorNumber == ENOENT) {
        return {ErrorCode::NotFound,
                Text::tr("Nothing is shared under %1. Share a picture there first, or check the key.")
                    .arg(address.toString())};
    }
    if ((errorNumber == EACCES || errorNumber == EPERM) && exists) {
        return {ErrorCode::NotPermitted,
                Text::tr("%1 belongs to user %2, who does not let you read it (mode %3). Ask for permission, or choose "
                         "another key.")
                    .arg(address.toString(), userName(status.st_uid))
                    .arg(status.st_mode & 07777, 4, 8, QLatin1Char('0'))};
    }
    if (errorNumber == EACCES || errorNumber == EPERM) {
        return {ErrorCode::NotPermitted, Text::tr("You may not open files in %1. Choose another place.")
                                             .arg(QFile::decodeName(path.folder))};
    }
    return {ErrorCode::System,
            Text::tr("%1 cannot be opened: %2.").arg(address.toString(), systemMessage(errorNumber))};
}

} // namespace shmpix
