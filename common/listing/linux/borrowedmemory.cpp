#include "common/listing/linux/borrowedmemory.h"

#include "common/segment/posix/processinfo.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cerrno>

#include <fcntl.h>
#include <sys/uio.h>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(BorrowedMemory)
};

Error notInMemory()
{
    return {ErrorCode::NotPermitted, Text::tr("A preview would change the segment, parts of which were never "
                                              "written. Load it to see the picture.")};
}

Error notAllowed()
{
    return {ErrorCode::NotPermitted, Text::tr("The system does not let you inspect the programs that have "
                                              "the segment attached. Load it to see the picture.")};
}

} // namespace

Result<std::unique_ptr<BorrowedMemory>> BorrowedMemory::open(const std::vector<Mapping>& mappings,
                                                             qint64 bytes)
{
    bool isThere = false;
    for (const Mapping& mapping : mappings) {
        // The process may have detached or ended since, and its number may have been reused.
        const QString folder = QString::number(mapping.process);
        const auto now =
            parseMappings(procText(folder + QStringLiteral("/maps")), mapping.process, "/dev/shm");
        const bool isWhole =
            mapping.offset == 0 && mapping.end - mapping.start >= static_cast<quint64>(bytes);
        if (!isWhole || std::find(now.begin(), now.end(), mapping) == now.end()) {
            continue;
        }
        isThere = true;
        const QByteArray pageMap = "/proc/" + QByteArray::number(mapping.process) + "/pagemap";
        std::unique_ptr<BorrowedMemory> memory(new BorrowedMemory(
            mapping, bytes, FileDescriptor(::open(pageMap.constData(), O_RDONLY | O_CLOEXEC))));
        std::array<std::byte, 1> first = {};
        if (memory->m_pageMap.isOpen() && (bytes == 0 || memory->read(0, first))) {
            return memory;
        }
    }
    if (isThere) {
        return notAllowed();
    }
    return Error{
        ErrorCode::NotFound,
        Text::tr("No program that you may inspect has the segment attached. Load it to see the picture.")};
}

bool BorrowedMemory::isInMemory(quint64 address, quint64 bytes) const
{
    constexpr quint64 present = quint64{1} << 63;
    static const auto pageBytes = static_cast<quint64>(::sysconf(_SC_PAGESIZE));
    std::array<quint64, 512> entries = {};
    quint64 page = address / pageBytes;
    const quint64 end = (address + bytes - 1) / pageBytes + 1;
    while (page < end) {
        const quint64 count = std::min<quint64>(entries.size(), end - page);
        const auto wanted = static_cast<ssize_t>(count * sizeof(quint64));
        if (::pread(m_pageMap.get(), entries.data(), static_cast<std::size_t>(wanted),
                    static_cast<off_t>(page * sizeof(quint64))) != wanted) {
            return false;
        }
        const bool all = std::all_of(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(count),
                                     [](quint64 entry) { return (entry & present) != 0; });
        if (!all) {
            return false;
        }
        page += count;
    }
    return true;
}

Result<void> BorrowedMemory::read(qint64 offset, std::span<std::byte> out)
{
    if (!isWithin(offset, static_cast<qint64>(out.size()), m_size)) {
        return Error{ErrorCode::BadData,
                     Text::tr("The segment ends before the picture does. Share the picture again.")};
    }
    while (!out.empty()) {
        const quint64 address = m_mapping.start + static_cast<quint64>(offset);
        if (!isInMemory(address, out.size())) {
            return notInMemory();
        }
        const iovec local = {out.data(), out.size()};
        // An address of another process. NOLINTNEXTLINE(performance-no-int-to-ptr)
        const iovec remote = {reinterpret_cast<void*>(address), out.size()};
        const ssize_t count =
            ::process_vm_readv(static_cast<pid_t>(m_mapping.process), &local, 1, &remote, 1, 0);
        if (count <= 0) {
            return notAllowed();
        }
        out = out.subspan(static_cast<std::size_t>(count));
        offset += count;
    }
    return {};
}

} // namespace shmpix
