#pragma once

#include "common/base/error.h"

#include <optional>

namespace shmpix {

/// What failed because of a limit on files, which has nothing to do with the name that was used: too many
/// open ones (EMFILE, ENFILE) or one that would be too large (EFBIG). `failure` is the beginning of the
/// sentence, such as "a.png was not saved"; `bytes` is the size that the file would have had, where that is
/// known. Nothing for other errno values. Any thread.
[[nodiscard]] std::optional<Error> limitError(int errorNumber, const QString& failure,
                                              std::optional<qint64> bytes = {});

/// The same when hardly a further file can be opened at this moment: a library that cannot open its plug-in
/// says only that it does not know the format.
[[nodiscard]] std::optional<Error> openLimitError(const QString& failure);

} // namespace shmpix
