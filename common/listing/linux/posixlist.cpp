#include "common/listing/linux/posixlist.h"

#include "common/base/onelinetext.h"
#include "common/listing/producername.h"
#include "common/segment/posix/foldernames.h"
#include "common/segment/posix/hiddenfiles.h"
#include "common/segment/posix/ownerlife.h"
#include "common/segment/posix/ownerrecord.h"
#include "common/segment/posix/processinfo.h"

#include <QFile>
#include <QHash>
#include <QSet>

#include <algorithm>

#include <sys/stat.h>

namespace shmpix {

namespace {

constexpr qint64 second = 1'000'000'000;

QByteArray versionOf(const FileStatus& status)
{
    return QByteArray::number(status.id.device) + ' ' + QByteArray::number(status.id.inode) + ' ' +
           QByteArray::number(status.id.born) + ' ' + QByteArray::number(status.written) + ' ' +
           QByteArray::number(status.bytes);
}

std::optional<SegmentAddress> addressOf(const QByteArray& folder, const QByteArray& name)
{
    const QString text = QFile::decodeName(name);
    if (QFile::encodeName(text) != name) {
        return std::nullopt; // not representable as text
    }
    // Escaped like an address: a name may contain %.
    const bool isStandard = folder == "/dev/shm";
    QString escaped = isStandard ? text : QFile::decodeName(folder) + QLatin1Char('/') + text;
    escaped.replace(QLatin1Char('%'), QLatin1StringView("%25"));
    const auto address =
        SegmentAddress::parse((isStandard ? QStringLiteral("posix:/") : QStringLiteral("file:")) + escaped);
    return address ? std::optional(*address) : std::nullopt;
}

/// Lists one folder; holds what all its files share.
class PosixFolder
{
public:
    explicit PosixFolder(const QByteArray& folder)
        : m_folder(folder)
        , m_names(namesIn(folder).value_or(std::vector<QByteArray>()))
    {
        for (const QByteArray& name : m_names) {
            if (name.startsWith(".shmpix.")) {
                m_hidden.insert(name);
            }
        }
        if (!m_hidden.isEmpty()) {
            m_lives.emplace();
        }
    }

    [[nodiscard]] std::vector<ListedSegment> list()
    {
        std::vector<ListedSegment> segments;
        for (const QByteArray& name : m_names) {
            const bool isOther = name.startsWith("sem.") || name.startsWith(".shmpix.");
            const auto status = isOther ? std::nullopt : statusOf(m_folder + '/' + name);
            if (status && S_ISREG(status->mode)) {
                segments.push_back(describe(name, *status));
            }
        }
        return segments;
    }

private:
    ListedSegment describe(const QByteArray& name, const FileStatus& status)
    {
        ListedSegment segment;
        segment.kind = ListedSegment::Kind::Posix;
        segment.path = m_folder + '/' + name;
        segment.version = versionOf(status);
        segment.device = status.id.device;
        segment.id = static_cast<qint64>(status.id.inode);
        segment.name = displayName(name);
        segment.address = addressOf(m_folder, name);
        segment.bytes = status.bytes;
        segment.user = status.user;
        segment.userName = nameOfUser(status.user);
        segment.mode = status.mode & 07777;
        segment.made = (status.id.born != 0 ? status.id.born : status.written) / second;
        segment.producer = producerByName(QFile::decodeName(name));
        for (int number = 1; m_lives && number <= hiddenNames && !segment.isOurs; ++number) {
            addOwner(segment, recordOf(hiddenName(name, status.user, number)), status);
        }
        return segment;
    }

    void addOwner(ListedSegment& segment, const QByteArray& record, const FileStatus& file) const
    {
        if (!m_hidden.contains(record)) {
            return;
        }
        const QByteArray path = m_folder + '/' + record;
        const auto status = statusOf(path);
        if (!status || !S_ISREG(status->mode) || status->user != file.user) {
            return; // another program created it
        }
        // Another user's record cannot be read, so its existence has to suffice.
        const auto note = readOwnerNote(path);
        if (note && !note->lists(file.id)) {
            return; // another program has taken the name since
        }
        const OwnerLives::Life life = m_lives->of(status->id, note);
        const bool isOurNumber =
            note && (note->processNamespace == 0 || m_lives->isOurNamespace(note->processNamespace));
        segment.isOurs = true;
        segment.producer = QStringLiteral("Shmpix");
        segment.maker = life.liveness;
        segment.process = life.process > 0 ? life.process : isOurNumber ? note->process : 0;
        segment.processName = life.process > 0 ? processName(static_cast<pid_t>(life.process)) : QString();
    }

    /// The system call takes longer than everything else.
    QString nameOfUser(quint32 user)
    {
        if (!m_users.contains(user)) {
            m_users.insert(user, userName(user));
        }
        return m_users.value(user);
    }

    QByteArray m_folder;
    std::vector<QByteArray> m_names;
    QSet<QByteArray> m_hidden;
    std::optional<OwnerLives> m_lives;
    QHash<quint32, QString> m_users;
};

} // namespace

std::vector<ListedSegment> listPosixSegments(const QByteArray& folder)
{
    return PosixFolder(folder).list();
}

QString displayName(const QByteArray& fileName)
{
    return onOneLine(QFile::decodeName(fileName));
}

} // namespace shmpix
