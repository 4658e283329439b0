#pragma once

#include "common/base/bytesource.h"
#include "common/listing/listedsegment.h"

#include <memory>
#include <vector>

namespace shmpix {

/// The folder in which the system keeps POSIX segments as files.
[[nodiscard]] QByteArray posixFolder();

/// Fails, beginning with `failure`, if posixFolder() cannot be read because this process or the system has
/// reached a limit: a list is then empty, too.
[[nodiscard]] Result<void> checkListable(const QString& failure);

/// Lists the segments of this machine: POSIX objects, and System V memory with or without Qt keys. Does not
/// change, lock, remove or attach to anything that it lists and leaves no trace, not even an access time.
/// Used on one thread, not the GUI's.
class SegmentLister
{
public:
    /// `folder` is an alternative place for POSIX segments.
    explicit SegmentLister(QByteArray folder = posixFolder());
    ~SegmentLister();
    SegmentLister(const SegmentLister&) = delete;
    SegmentLister& operator=(const SegmentLister&) = delete;

    /// The current segments, by kind and name; takes milliseconds.
    [[nodiscard]] std::vector<ListedSegment> list();

    /// Adds which processes have the segments attached, and keys that take time to find; takes up to some
    /// seconds.
    void lookCloser(std::vector<ListedSegment>& segments);

    /// Opens a segment for reading without leaving a trace. System V memory is read through a process that
    /// has it attached, which lookCloser() must have found, because if we attached, the memory might outlive
    /// its last user. Fails with NotFound if the segment is gone, otherwise with NotPermitted and the reason.
    [[nodiscard]] Result<std::unique_ptr<ByteSource>> open(const ListedSegment& segment) const;

private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

/// Explains to people why the list may be incomplete: memory is shared only within a container, a sandbox or
/// a session.
[[nodiscard]] QString isolationText();

} // namespace shmpix
