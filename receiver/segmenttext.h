#pragma once

#include "common/channel/segmentsurvey.h"

#include <QString>

namespace shmpix {

/// Facts of a listed segment as people read them, each one line whatever its name holds.
[[nodiscard]] QString addressText(const ListedSegment& segment);  ///< what to load, else the name
[[nodiscard]] QString contentText(const SurveyedSegment& row);    ///< "BMP, 640 × 480"; empty before a look
[[nodiscard]] QString producerText(const ListedSegment& segment); ///< "Python", else the process' name
[[nodiscard]] QString ownerText(const ListedSegment& segment);    ///< "alice, alive: python3 (process 4711)"

/// "alive", "dead" or "unknown", for scripts.
[[nodiscard]] QString livenessWord(Liveness liveness);

/// Seconds since it was made.
[[nodiscard]] qint64 ageOf(const ListedSegment& segment);

/// Why a list is empty and what there could be, in sentences.
[[nodiscard]] QString nothingListedText();

} // namespace shmpix
