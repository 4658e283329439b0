#pragma once

#include "common/base/bytesource.h"
#include "common/segment/accessrights.h"
#include "common/segment/readoptions.h"
#include "common/segment/segmentaddress.h"
#include "common/segment/segmentwriter.h"

#include <QByteArray>

#include <memory>

namespace shmpix {

/// Makes readers and writers of the kind of segment that an address names.

/// Opens an existing segment for reading, without changing it or leaving anything behind. May wait as long as
/// the options' patience, so never on the GUI thread; the lock, if any, is held for the lifetime of the
/// source. Fails with NotFound, NotPermitted, LockHeld, TimedOut, or Usage for an address that this system
/// does not support.
[[nodiscard]] Result<std::unique_ptr<ByteSource>> openSegment(const SegmentAddress& address,
                                                              const ReadOptions& options = {});

/// Fails with Usage for an address whose segments cannot be viewed: only POSIX segments and files can.
[[nodiscard]] Result<void> checkViewable(const SegmentAddress& address);

/// Maps an existing segment without changing it. Fails like openSegment() and checkViewable(), and with
/// NotFound for an empty segment, which its writer has not filled yet.
[[nodiscard]] Result<std::unique_ptr<ReadableMemory>> viewSegment(const SegmentAddress& address);

/// The file that holds the segment, as the system spells its path; empty if the system shows none.
[[nodiscard]] QByteArray segmentFile(const SegmentAddress& address);

/// A writer for the address; touches nothing before the first reserve(). With Existing::Replace, it replaces
/// a segment that Shmpix did not create, but never one that a living owner holds. The access rights apply to
/// others; if they are changed meanwhile, each new segment under the address inherits those of its
/// predecessor. Fails with Usage for an address that this system does not support.
[[nodiscard]] Result<std::unique_ptr<SegmentWriter>> makeSegmentWriter(const SegmentAddress& address,
                                                                       Existing existing = Existing::Respect,
                                                                       const AccessRights& access = {});

} // namespace shmpix
