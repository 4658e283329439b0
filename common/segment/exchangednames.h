#pragma once

#include <QByteArray>

namespace shmpix {

/// Lets two names of files change places, in one step. -1, and errno, where the system cannot.
[[nodiscard]] int exchangeNames(const QByteArray& a, const QByteArray& b);

/// Gives a file another name, only if nothing has that one yet. -1, and errno, when not.
[[nodiscard]] int renameToFree(const QByteArray& from, const QByteArray& to);

} // namespace shmpix
