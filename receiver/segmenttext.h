#pragma once

#include "common/listing/segmentsurvey.h"

#include <QString>

namespace shmpix {

/// Facts about a listed segment for people, each on one line whatever its name contains.
[[nodiscard]] QString addressText(const ListedSegment& segment); ///< to load, or the name if there is none
[[nodiscard]] QString contentText(const SurveyedSegment& row);   ///< "BMP, 640 × 480"; empty until looked at
[[nodiscard]] QString producerText(const ListedSegment& segment); ///< "Python", or the process name
[[nodiscard]] QString ownerText(const ListedSegment& segment);    ///< "alice, alive: python3 (process 4711)"

/// "alive", "dead" or "unknown", for scripts.
[[nodiscard]] QString livenessWord(Liveness liveness);

/// Seconds since the segment was created.
[[nodiscard]] qint64 ageOf(const ListedSegment& segment);

/// Explains in sentences why a list is empty and what it could contain.
[[nodiscard]] QString nothingListedText();

} // namespace shmpix
