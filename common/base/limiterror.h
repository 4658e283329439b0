#pragma once

#include "common/base/error.h"

#include <optional>

namespace shmpix {

/// The error for a limit on files, whatever name was used: too many open files (EMFILE, ENFILE), or a file
/// that would be too large (EFBIG). `failure` begins the sentence, such as "a.png was not saved"; `bytes` is
/// the size that the file would have had, if known. Nothing for other errno values. Any thread.
[[nodiscard]] std::optional<Error> limitError(int errorNumber, const QString& failure,
                                              std::optional<qint64> bytes = {});

/// The same if almost no further file can be opened right now: a library that cannot open its plugin reports
/// an unknown format.
[[nodiscard]] std::optional<Error> openLimitError(const QString& failure);

} // namespace shmpix
