#pragma once

#include <QByteArray>
#include <QString>

#include <vector>

namespace shmpix {

/// A piece of a segment in a process' address space.
struct Mapping
{
    qint64 process = 0;
    quint64 start = 0;
    quint64 end = 0;
    quint64 offset = 0;
    quint64 device = 0; ///< major << 32 | minor
    quint64 inode = 0;  ///< System V: the identifier (shmid)
    bool isSystemV = false;

    friend bool operator==(const Mapping&, const Mapping&) = default;
};

/// The mappings of files under `folder` and of System V memory in the text of a /proc/PID/maps. Lines that do
/// not make sense are left out.
[[nodiscard]] std::vector<Mapping> parseMappings(const QByteArray& text, qint64 process,
                                                 const QByteArray& folder);

/// Who has which segment mapped, among the processes that we may look at: one's own, and for root all.
/// A value; takes milliseconds for each process, so never made on the GUI thread.
class MappingTable
{
public:
    MappingTable() = default;
    explicit MappingTable(std::vector<Mapping> mappings)
        : m_mappings(std::move(mappings))
    {
    }

    /// Reads /proc; stops looking after a second.
    [[nodiscard]] static MappingTable ofAllProcesses(const QByteArray& folder);

    [[nodiscard]] std::vector<Mapping> ofFile(quint64 device, quint64 inode) const;
    [[nodiscard]] std::vector<Mapping> ofSystemV(qint64 id) const;

private:
    std::vector<Mapping> m_mappings;
};

/// How many processes these mappings are of.
[[nodiscard]] int processCount(const std::vector<Mapping>& mappings);

} // namespace shmpix
