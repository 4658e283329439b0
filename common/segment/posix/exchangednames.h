#pragma once

#include <QByteArray>

namespace shmpix {

/// Exchanges the names of two files in one step. Returns -1 and sets errno if the system cannot.
[[nodiscard]] int exchangeNames(const QByteArray& a, const QByteArray& b);

/// Renames a file if the new name is free. Otherwise returns -1 and sets errno.
[[nodiscard]] int renameToFree(const QByteArray& from, const QByteArray& to);

} // namespace shmpix
