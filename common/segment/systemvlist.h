#pragma once

#include "common/segment/keyfiles.h"
#include "common/segment/listedsegment.h"
#include "common/segment/systemvtable.h"

#include <vector>

namespace shmpix {

/// The System V segments of a table, with the addresses that the key files give.
[[nodiscard]] std::vector<ListedSegment> listSystemVSegments(const std::vector<SystemVRow>& rows,
                                                             KeyFiles& files);

/// Gives a System V segment the address that the key files give by now, and the names that follow from it.
void nameAgain(ListedSegment& segment, KeyFiles& files);

} // namespace shmpix
