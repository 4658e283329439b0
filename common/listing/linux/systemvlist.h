#pragma once

#include "common/listing/linux/keyfiles.h"
#include "common/listing/listedsegment.h"
#include "common/segment/systemv/systemvtable.h"

#include <vector>

namespace shmpix {

/// The System V segments of a table, with the addresses according to the key files.
[[nodiscard]] std::vector<ListedSegment> listSystemVSegments(const std::vector<SystemVRow>& rows,
                                                             KeyFiles& files);

/// Sets the address of a System V segment that the key files now yield, and the names derived from it.
void nameAgain(ListedSegment& segment, KeyFiles& files);

} // namespace shmpix
