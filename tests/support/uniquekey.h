#pragma once

#include <QString>

namespace shmpix::test {

/// Returns a name that no other test, test run or program uses.
[[nodiscard]] QString uniqueName();

/// A folder for the files of this process. It is removed when the process ends normally.
[[nodiscard]] QString temporaryFolder();

/// Creates a new folder in temporaryFolder().
[[nodiscard]] QString newFolder();

/// Returns a fresh address of one of the four kinds that every test of segments uses: posix, file, qt,
/// systemv.
[[nodiscard]] QString uniqueAddress(const QString& scheme);

} // namespace shmpix::test
