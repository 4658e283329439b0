#pragma once

#include <QByteArray>

#include <optional>
#include <vector>

namespace shmpix {

/// The names of all entries of a folder, sorted, as the bytes that the file system has; conversion to text
/// would lose names that are not valid text. Nothing, with errno set, if the folder cannot be read.
[[nodiscard]] std::optional<std::vector<QByteArray>> namesIn(const QByteArray& folder);

} // namespace shmpix
