#include "common/segment/posix/hiddenfiles.h"

#include "common/segment/posix/processinfo.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QFile>

#include <sys/stat.h>
#include <unistd.h>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(HiddenFiles)
};

constexpr qsizetype hashLetters = 16;

QByteArray beginning(uid_t user)
{
    return ".shmpix." + QByteArray::number(user) + '.';
}

QByteArray numbered(const QByteArray& firstName, int number)
{
    return number > 1 ? firstName + '.' + QByteArray::number(number) : firstName;
}

} // namespace

HiddenStems hiddenStems(const SegmentPath& path)
{
    const QByteArray name = path.file.mid(path.folder.size() + 1);
    const QByteArray first = path.folder + '/' + hiddenName(name, ::geteuid());
    HiddenStems stems;
    for (std::size_t i = 0; i < stems.size(); ++i) {
        stems[i] = numbered(first, static_cast<int>(i) + 1);
    }
    return stems;
}

QByteArray spareOf(const QByteArray& stem)
{
    return stem + ".spare";
}

QByteArray recordOf(const QByteArray& stem)
{
    return stem + ".owner";
}

QByteArray hiddenName(const QByteArray& segmentName, uid_t user, int number)
{
    // A hash, because a name of 255 bytes leaves no room for a suffix.
    const QByteArray hash =
        QCryptographicHash::hash(segmentName, QCryptographicHash::Sha1).toHex().left(hashLetters);
    return numbered(beginning(user) + hash, number);
}

QByteArray firstHiddenName(const QByteArray& stem, uid_t user)
{
    const QByteArray name = stem.mid(stem.lastIndexOf('/') + 1);
    const qsizetype length = beginning(user).size() + hashLetters;
    const QByteArray number = name.mid(length);
    const bool isNumbered =
        number.size() == 2 && number[0] == '.' && number[1] >= '2' && number[1] < '1' + hiddenNames;
    const bool isOne = name.startsWith(beginning(user)) && name.size() >= length;
    return isOne && (number.isEmpty() || isNumbered) ? name.left(length) : QByteArray();
}

std::optional<FileStatus> ownFile(const QByteArray& path)
{
    const auto status = statusOf(path);
    const bool isOwn = status && S_ISREG(status->mode) && status->user == ::geteuid();
    return isOwn ? status : std::nullopt;
}

bool isSafeFolder(const QByteArray& folder)
{
    const auto status = statusOfTarget(folder);
    return status && ((status->mode & S_ISVTX) != 0 || (status->mode & (S_IWGRP | S_IWOTH)) == 0);
}

Error blockedBy(const QByteArray& path, const SegmentAddress& address)
{
    const auto status = statusOf(path);
    const QString name = QFile::decodeName(path);
    if (!status) {
        return {ErrorCode::NotPermitted, Text::tr("%1 cannot be shared: something else was in the place of "
                                                  "%2, which Shmpix reserves for its own file. Share again.")
                                             .arg(address.toString(), name)};
    }
    if (status->user == ::geteuid()) {
        return {ErrorCode::NotPermitted,
                Text::tr("%1 cannot be shared: %2, which Shmpix reserves for its own file, is %3 that "
                         "belongs to you. Remove it, or choose another key.")
                    .arg(address.toString(), name, kindOfFile(status->mode))};
    }
    return {ErrorCode::NotPermitted,
            Text::tr("%1 cannot be shared: %2, which Shmpix reserves for its own file, is %3 that belongs to "
                     "user %4. Ask that user or an administrator to remove it, or choose another key.")
                .arg(address.toString(), name, kindOfFile(status->mode), userName(status->user))};
}

bool removeIfSame(const QByteArray& path, const FileId& file)
{
    const auto named = statusOf(path);
    return named && named->id == file && ::unlink(path.constData()) == 0;
}

} // namespace shmpix
