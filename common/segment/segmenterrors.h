#pragma once

#include "common/base/error.h"
#include "common/segment/segmentaddress.h"

namespace shmpix {

/// Errors that are the same for every kind of segment.

/// The segment does not exist.
[[nodiscard]] Error nothingShared(const SegmentAddress& address);

/// A living program shares there; `program` is a text such as that of describeOwner(), or empty if unknown.
[[nodiscard]] Error inUse(const SegmentAddress& address, const QString& program);

/// A file required for sharing under the address cannot be created in `folder`; for an errno value.
[[nodiscard]] Error cannotShare(int errorNumber, const SegmentAddress& address, const QString& folder);

/// Files required for sharing under the address cannot be locked in `folder`; for an errno value of flock().
[[nodiscard]] Error cannotLock(int errorNumber, const SegmentAddress& address, const QString& folder);

} // namespace shmpix
