#pragma once

#include "common/base/error.h"
#include "common/segment/segmentaddress.h"

namespace shmpix {

/// What is said of an address by every kind of segment alike.

/// There is no segment.
[[nodiscard]] Error nothingShared(const SegmentAddress& address);

/// A living program shares there; `program` is a text such as describeOwner() gives, or empty when it is
/// not known.
[[nodiscard]] Error inUse(const SegmentAddress& address, const QString& program);

/// A file that sharing under the address needs cannot be made in `folder`; for an errno value.
[[nodiscard]] Error cannotShare(int errorNumber, const SegmentAddress& address, const QString& folder);

/// Files that sharing under the address needs cannot be locked in `folder`; for an errno value of flock().
[[nodiscard]] Error cannotLock(int errorNumber, const SegmentAddress& address, const QString& folder);

} // namespace shmpix
