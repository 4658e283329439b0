#pragma once

#include "common/base/bytesource.h"
#include "common/segment/listedsegment.h"

#include <memory>
#include <vector>

namespace shmpix {

/// The folder in which the system keeps POSIX segments as files.
[[nodiscard]] QByteArray posixFolder();

/// Lists the segments of this machine: POSIX objects, and System V memory, with or without Qt's keys.
/// Changes, locks and removes nothing that it lists, attaches to nothing and leaves no trace, not even the
/// time of the last access. Used on one thread, not the GUI's.
class SegmentLister
{
public:
    /// `folder` is another place to look for POSIX segments.
    explicit SegmentLister(QByteArray folder = posixFolder());
    ~SegmentLister();
    SegmentLister(const SegmentLister&) = delete;
    SegmentLister& operator=(const SegmentLister&) = delete;

    /// What there is now, by kind and name; takes milliseconds.
    [[nodiscard]] std::vector<ListedSegment> list();

    /// Adds who has the segments attached, and keys that take time to find; takes up to some seconds.
    void lookCloser(std::vector<ListedSegment>& segments);

    /// Opens one for reading its bytes, as far as that leaves no trace. System V memory is read through a
    /// process that has it attached, which lookCloser() has to have found: if we attached, the memory might
    /// outlive its last user. Fails with NotFound when it is gone, else with NotPermitted and why.
    [[nodiscard]] Result<std::unique_ptr<ByteSource>> open(const ListedSegment& segment) const;

private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

/// Why there may be more than a list shows, in sentences for people: memory is shared within a container, a
/// sandbox or a session only.
[[nodiscard]] QString isolationText();

} // namespace shmpix
