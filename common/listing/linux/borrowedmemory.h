#pragma once

#include "common/base/bytesource.h"
#include "common/base/linux/filedescriptor.h"
#include "common/listing/linux/mappingtable.h"

#include <memory>

namespace shmpix {

/// Reads System V memory through a process that has it attached. Attaching ourselves would be visible: it
/// changes counts and times, and could keep Qt from removing the segment when the last process detaches. Only
/// pages that are in memory are read, because reading a page that was never written would allocate it.
class BorrowedMemory final : public ByteSource
{
public:
    /// Reads through one of these mappings, which are looked up again. Fails with NotFound if none is left,
    /// and with NotPermitted if the system does not let us inspect these processes.
    [[nodiscard]] static Result<std::unique_ptr<BorrowedMemory>> open(const std::vector<Mapping>& mappings,
                                                                      qint64 bytes);

    [[nodiscard]] qint64 size() const override { return m_size; }
    [[nodiscard]] Result<void> read(qint64 offset, std::span<std::byte> out) override;

private:
    BorrowedMemory(const Mapping& mapping, qint64 size, FileDescriptor pageMap)
        : m_mapping(mapping)
        , m_size(size)
        , m_pageMap(std::move(pageMap))
    {
    }

    [[nodiscard]] bool isInMemory(quint64 address, quint64 bytes) const;

    Mapping m_mapping;
    qint64 m_size;
    FileDescriptor m_pageMap;
};

} // namespace shmpix
