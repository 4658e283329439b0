#include "common/segment/systemv/systemvtable.h"

#include <QList>

#include <array>
#include <limits>
#include <optional>

namespace shmpix {

namespace {

/// The numbers of a line by the column names in the first line, because newer systems have more columns.
class Columns
{
public:
    explicit Columns(const QByteArray& heading)
        : m_names(heading.simplified().split(' '))
    {
    }

    /// Fails if a column is missing or not a number.
    [[nodiscard]] bool read(const QByteArray& line)
    {
        m_fields = line.simplified().split(' ');
        m_isWhole = m_fields.size() >= m_names.size();
        return m_isWhole;
    }

    [[nodiscard]] qint64 number(const char* name, int base = 10)
    {
        const qsizetype index = m_names.indexOf(name);
        bool isNumber = false;
        const qint64 value = index < 0 ? 0 : m_fields.value(index).toLongLong(&isNumber, base);
        m_isWhole = m_isWhole && isNumber;
        return value;
    }

    /// Whether all requested numbers were present.
    [[nodiscard]] bool isWhole() const { return m_isWhole; }

private:
    QList<QByteArray> m_names;
    QList<QByteArray> m_fields;
    bool m_isWhole = false;
};

std::optional<SystemVRow> parseRow(Columns& columns, const QByteArray& line)
{
    constexpr qint64 removed = 01000; // SHM_DEST
    if (!columns.read(line)) {
        return std::nullopt;
    }
    SystemVRow row;
    row.key = static_cast<quint32>(columns.number("key")); // printed as a signed number
    row.id = columns.number("shmid");
    const qint64 mode = columns.number("perms", 8);
    row.mode = static_cast<quint32>(mode & 0777);
    row.isRemoved = (mode & removed) != 0;
    row.bytes = columns.number("size");
    row.maker = columns.number("cpid");
    row.lastUser = columns.number("lpid");
    const qint64 attached = columns.number("nattch");
    row.attached = static_cast<int>(attached);
    row.user = static_cast<quint32>(columns.number("uid"));
    row.attachedAt = columns.number("atime");
    row.detachedAt = columns.number("dtime");
    row.changedAt = columns.number("ctime");
    row.bytesInMemory = columns.number("rss");
    const bool isSane = row.id >= 0 && row.bytes >= 0 && attached >= 0 &&
                        attached <= std::numeric_limits<int>::max() && row.maker >= 0;
    return columns.isWhole() && isSane ? std::optional(row) : std::nullopt;
}

} // namespace

std::vector<SystemVRow> parseSystemVTable(const QByteArray& text)
{
    std::vector<SystemVRow> rows;
    const QList<QByteArray> lines = text.split('\n');
    Columns columns(lines.first());
    for (const QByteArray& line : lines.mid(1)) {
        if (auto row = parseRow(columns, line)) {
            rows.push_back(*row);
        }
    }
    return rows;
}

} // namespace shmpix
