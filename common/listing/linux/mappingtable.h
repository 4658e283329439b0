#pragma once

#include <QByteArray>
#include <QString>

#include <vector>

namespace shmpix {

/// A part of a segment in a process's address space.
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

/// The mappings of files under `folder` and of System V memory in the text of a /proc/PID/maps. Invalid lines
/// are skipped.
[[nodiscard]] std::vector<Mapping> parseMappings(const QByteArray& text, qint64 process,
                                                 const QByteArray& folder);

/// Which processes have which segments mapped, among those that we may inspect: the user's own, or all for
/// root. A value. Takes milliseconds per process, so never create it on the GUI thread.
class MappingTable
{
public:
    MappingTable() = default;
    explicit MappingTable(std::vector<Mapping> mappings)
        : m_mappings(std::move(mappings))
    {
    }

    /// Reads /proc for at most a second.
    [[nodiscard]] static MappingTable ofAllProcesses(const QByteArray& folder);

    [[nodiscard]] std::vector<Mapping> ofFile(quint64 device, quint64 inode) const;
    [[nodiscard]] std::vector<Mapping> ofSystemV(qint64 id) const;

private:
    std::vector<Mapping> m_mappings;
};

/// The number of processes that these mappings belong to.
[[nodiscard]] int processCount(const std::vector<Mapping>& mappings);

} // namespace shmpix
