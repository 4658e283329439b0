#include "common/listing/linux/keyfiles.h"

#include "common/segment/posix/processinfo.h"
#include "common/segment/systemvnames.h"

#include <QCryptographicHash>
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>

#include <utility>

#include <sys/stat.h>
#include <unistd.h>

namespace shmpix {

namespace {

constexpr quint32 qtProject = 'Q';
const QLatin1StringView qtBeginning("qipc_sharedmemory_");
constexpr int mostFiles = 20000; // in one folder, which may be world-writable

QByteArray sha1(const QByteArray& text)
{
    return QCryptographicHash::hash(text, QCryptographicHash::Sha1);
}

/// The number after the letters, below `end`, that yields that hash.
std::optional<QString> withNumber(const QByteArray& letters, const QByteArray& hash, int end)
{
    for (int number = 0; number < end; ++number) {
        const QByteArray text = letters + QByteArray::number(number);
        if (sha1(text) == hash) {
            return QString::fromLatin1(text);
        }
    }
    return std::nullopt;
}

} // namespace

quint32 systemVKeyOf(quint64 device, quint64 inode)
{
    return qtProject << 24 | static_cast<quint32>(device & 0xff) << 16 | static_cast<quint32>(inode & 0xffff);
}

std::optional<QString> qtKeyOf(const QString& keyFileName, Effort effort)
{
    constexpr qsizetype hashDigits = 40;
    if (!keyFileName.startsWith(qtBeginning) || keyFileName.size() < qtBeginning.size() + hashDigits) {
        return std::nullopt;
    }
    const QByteArray letters = keyFileName.mid(qtBeginning.size()).chopped(hashDigits).toLatin1();
    const QByteArray hash = QByteArray::fromHex(keyFileName.right(hashDigits).toLatin1());
    if (sha1(letters) == hash) {
        return QString::fromLatin1(letters);
    }
    constexpr int few = 100;
    constexpr int many = 1'000'000; // some programs use plain numbers as keys
    return withNumber(letters, hash, letters.isEmpty() && effort == Effort::Thorough ? many : few);
}

void KeyFiles::refresh()
{
    m_files.clear();
    m_folders.clear();
    m_open.clear();
    add(QDir::tempPath(), qtBeginning);
    // QStandardPaths would create a missing folder.
    const QString runtime = qEnvironmentVariable(
        "XDG_RUNTIME_DIR", QDir::tempPath() + QStringLiteral("/runtime-") + userName(::geteuid()));
    add(runtime, QString()); // where Qt 6.6 and later puts native keys
}

void KeyFiles::add(const QString& folder, const QString& beginning)
{
    QDirIterator entries(folder, QDir::Files | QDir::Hidden | QDir::NoSymLinks | QDir::System);
    for (int count = 0; entries.hasNext() && count < mostFiles; ++count) {
        const QString path = entries.next();
        struct stat status = {};
        if (entries.fileName().startsWith(beginning) &&
            ::lstat(QFile::encodeName(path).constData(), &status) == 0 && S_ISREG(status.st_mode)) {
            const quint32 key = systemVKeyOf(status.st_dev, status.st_ino);
            // Several files may have the same key. Qt's own are looked up first, and key files are empty.
            if (!m_files.contains(key) && (!beginning.isEmpty() || status.st_size == 0)) {
                m_files.insert(key, path);
            }
        }
    }
}

std::optional<SegmentAddress> KeyFiles::addressOf(quint32 key, qint64 maker)
{
    if (key >> 24 != qtProject) {
        return std::nullopt; // created differently: no address of ours has such a key
    }
    if (!m_files.contains(key) && maker > 0) {
        const QString folder = QFile::symLinkTarget(QStringLiteral("/proc/%1/cwd").arg(maker));
        if (!folder.isEmpty() && !m_folders.contains(folder)) {
            m_folders.insert(folder);
            add(folder, QString());
        }
    }
    const QString file = m_files.value(key);
    if (file.isEmpty()) {
        return std::nullopt;
    }
    const QString name = QFileInfo(file).fileName();
    if (!m_qtKeys.contains(name) && name.startsWith(qtBeginning)) {
        if (const auto found = qtKeyOf(name, Effort::Quick)) {
            m_qtKeys.insert(name, *found);
        } else {
            m_open.append(name);
        }
    }
    const QString qtKey = m_qtKeys.value(name);
    const auto qt = SegmentAddress::parse(QStringLiteral("qt:") + qtKey);
    if (!qtKey.isEmpty() && qt && SystemVNames(*qt).segmentFile == file) {
        return *qt;
    }
    const auto systemV = SegmentAddress::parse(QStringLiteral("systemv:") + file);
    return systemV ? std::optional(*systemV) : std::nullopt;
}

void KeyFiles::searchFurther()
{
    for (const QString& name : std::exchange(m_open, {})) {
        m_qtKeys.insert(name, qtKeyOf(name, Effort::Thorough).value_or(QString()));
    }
}

} // namespace shmpix
