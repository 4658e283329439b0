#pragma once

#include "common/base/bytesource.h"
#include "common/segment/filedescriptor.h"
#include "common/segment/mappingtable.h"

#include <memory>

namespace shmpix {

/// Reads System V memory through a process that has it attached. Attaching ourselves would be seen: it
/// counts, it sets times, and Qt removes a segment when the last one detaches, which we might keep it from.
/// Only pages that this process has in memory are read: looking at one that nobody ever wrote would make it.
class BorrowedMemory final : public ByteSource
{
public:
    /// Through one of these mappings, which are looked up again. Fails with NotFound when none is there any
    /// more, and NotPermitted when the system does not let us look into these processes.
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
