#include "common/listing/linux/mappingtable.h"

#include "common/segment/posix/processinfo.h"

#include <QDeadlineTimer>
#include <QDir>

#include <algorithm>
#include <optional>
#include <set>

namespace shmpix {

namespace {

/// Takes fields from the front of a line.
class Fields
{
public:
    explicit Fields(QByteArrayView line)
        : m_rest(line)
    {
    }

    /// Reads up to the separator, which is skipped.
    QByteArrayView next(char separator)
    {
        const qsizetype end = m_rest.indexOf(separator);
        const QByteArrayView field = m_rest.first(end < 0 ? m_rest.size() : end);
        m_rest = end < 0 ? QByteArrayView() : m_rest.sliced(end + 1);
        return field;
    }

    quint64 number(char separator, int base)
    {
        bool isNumber = false;
        const quint64 value = next(separator).toULongLong(&isNumber, base);
        m_isWhole = m_isWhole && isNumber;
        return value;
    }

    [[nodiscard]] bool isWhole() const { return m_isWhole; }
    [[nodiscard]] QByteArrayView rest() const { return m_rest; }

private:
    QByteArrayView m_rest;
    bool m_isWhole = true;
};

/// "7f11a000-7f11b000 rw-s 00000000 00:17 1234        /dev/shm/name"
std::optional<Mapping> parseLine(QByteArrayView line, const QByteArray& folder)
{
    Fields fields(line);
    Mapping mapping;
    mapping.start = fields.number('-', 16);
    mapping.end = fields.number(' ', 16);
    fields.next(' '); // the permissions
    mapping.offset = fields.number(' ', 16);
    const quint64 major = fields.number(':', 16);
    mapping.device = major << 32 | fields.number(' ', 16);
    mapping.inode = fields.number(' ', 10);
    const QByteArrayView path = fields.rest().trimmed();
    mapping.isSystemV = path.startsWith("/SYSV");
    const bool isSegment =
        mapping.isSystemV || (path.startsWith(folder) && path.sliced(folder.size()).startsWith('/'));
    const bool isSane = fields.isWhole() && mapping.start < mapping.end && major <= 0xffffffff;
    return isSegment && isSane ? std::optional(mapping) : std::nullopt;
}

} // namespace

std::vector<Mapping> parseMappings(const QByteArray& text, qint64 process, const QByteArray& folder)
{
    std::vector<Mapping> mappings;
    QByteArrayView rest(text);
    while (!rest.isEmpty()) {
        const qsizetype end = rest.indexOf('\n');
        const QByteArrayView line = rest.first(end < 0 ? rest.size() : end);
        rest = end < 0 ? QByteArrayView() : rest.sliced(end + 1);
        if (auto mapping = parseLine(line, folder)) {
            mapping->process = process;
            mappings.push_back(*mapping);
        }
    }
    return mappings;
}

MappingTable MappingTable::ofAllProcesses(const QByteArray& folder)
{
    const QDeadlineTimer deadline(1000);
    std::vector<Mapping> all;
    const QStringList names = QDir(QStringLiteral("/proc")).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString& name : names) {
        bool isProcess = false;
        const qint64 process = name.toLongLong(&isProcess);
        if (!isProcess) {
            continue;
        }
        const QByteArray text = procText(QStringLiteral("%1/maps").arg(name));
        const std::vector<Mapping> found = parseMappings(text, process, folder);
        all.insert(all.end(), found.begin(), found.end());
        if (deadline.hasExpired()) {
            break;
        }
    }
    return MappingTable(std::move(all));
}

std::vector<Mapping> MappingTable::ofFile(quint64 device, quint64 inode) const
{
    std::vector<Mapping> found;
    std::copy_if(m_mappings.begin(), m_mappings.end(), std::back_inserter(found),
                 [&](const Mapping& mapping) {
                     return !mapping.isSystemV && mapping.device == device && mapping.inode == inode;
                 });
    return found;
}

std::vector<Mapping> MappingTable::ofSystemV(qint64 id) const
{
    std::vector<Mapping> found;
    std::copy_if(m_mappings.begin(), m_mappings.end(), std::back_inserter(found),
                 [&](const Mapping& mapping) {
                     return mapping.isSystemV && mapping.inode == static_cast<quint64>(id);
                 });
    return found;
}

int processCount(const std::vector<Mapping>& mappings)
{
    std::set<qint64> processes;
    for (const Mapping& mapping : mappings) {
        processes.insert(mapping.process);
    }
    return static_cast<int>(processes.size());
}

} // namespace shmpix
