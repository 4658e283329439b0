#pragma once

#include <QByteArray>

#include <optional>
#include <vector>

namespace shmpix {

/// The names of everything in a folder, sorted, byte for byte as the file system has them: text would lose
/// those that are no text. Nothing, and errno, when the folder cannot be read.
[[nodiscard]] std::optional<std::vector<QByteArray>> namesIn(const QByteArray& folder);

} // namespace shmpix
