#pragma once

#include <QByteArray>

#include <vector>

namespace shmpix {

/// The names of everything in a folder, sorted, byte for byte as the file system has them: text would lose
/// those that are no text. Empty when the folder cannot be read.
[[nodiscard]] std::vector<QByteArray> namesIn(const QByteArray& folder);

} // namespace shmpix
