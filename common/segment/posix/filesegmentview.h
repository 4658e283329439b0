#pragma once

#include "common/base/memory.h"
#include "common/segment/posix/busguard.h"
#include "common/segment/posix/mappedregion.h"
#include "common/segment/posix/openedfile.h"
#include "common/segment/segmentaddress.h"

namespace shmpix {

/// A POSIX segment or a mapped file.
class FileSegmentView final : public ReadableMemory
{
public:
    [[nodiscard]] static Result<std::unique_ptr<FileSegmentView>> open(const SegmentAddress& address);

    [[nodiscard]] std::span<const std::byte> bytes() const override { return m_map.bytes(); }
    [[nodiscard]] bool isCut() const override;
    [[nodiscard]] bool isCurrent() const override;

private:
    FileSegmentView(QByteArray path, OpenedFile file, MappedRegion map)
        : m_path(std::move(path))
        , m_file(std::move(file))
        , m_map(std::move(map))
    {
    }

    QByteArray m_path;
    OpenedFile m_file;
    MappedRegion m_map;
};

} // namespace shmpix
