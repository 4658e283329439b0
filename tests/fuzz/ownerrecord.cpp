#include "common/segment/posix/ownerrecord.h"

#include "tests/fuzz/oracle.h"

#include <QFile>
#include <QTemporaryDir>

namespace shmpix::fuzz {

namespace {

void requireOf(bool holds, const char* finding, const OwnerNote& note)
{
    if (!holds) {
        QString files;
        for (const FileId& file : note.files) {
            files += QStringLiteral(" %1:%2:%3").arg(file.device).arg(file.inode).arg(file.born);
        }
        fail(QLatin1StringView(finding) + files);
    }
}

} // namespace

/// A foreign record, over which our record of the same files is written. print and parse are inverse
/// functions as far as there is room for the files.
void fuzzOwnerrecord(Input input)
{
    static const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("record"));
    QFile file(path);
    fuzz::require(file.open(QIODevice::WriteOnly) && file.write(bytesOf(input)) == qint64(input.size()),
                  "the folder for temporary files is full");
    file.close();
    const auto note = readOwnerNote(QFile::encodeName(path));
    fuzz::require(note.has_value(), "a record that cannot be read");
    auto record = OwnerRecord::takeFromDead(QFile::encodeName(path));
    fuzz::require(record && record->isNamed(), "a dead owner's record that is not ours");
    for (const FileId& listed : note->files) {
        requireOf(record->lists(listed), "who takes the record knows other files", *note);
    }
    fuzz::require(record->write(note->files).has_value(), "the record cannot be written");
    const auto again = readOwnerNote(QFile::encodeName(path));
    fuzz::require(again && again->process == ::getpid(), "our own record says another process");
    const bool isPrefix = again->files.size() <= note->files.size() &&
                          std::equal(again->files.begin(), again->files.end(), note->files.begin());
    requireOf(isPrefix, "our own record lists other files", *again);
    constexpr std::size_t alwaysRoom = 6; // even for the longest numbers
    requireOf(again->files.size() >= std::min(alwaysRoom, note->files.size()),
              "our own record leaves files out", *again);
    record->remove();
}

} // namespace shmpix::fuzz
