#pragma once

#include <QString>

namespace shmpix::test {

/// A name that no other test, test run or program uses.
[[nodiscard]] QString uniqueName();

/// A folder for this process' files that is removed when the process ends normally.
[[nodiscard]] QString temporaryFolder();

/// A new folder in that one.
[[nodiscard]] QString newFolder();

/// The four addresses that every test of segments runs on: posix, file, qt, systemv, each with a fresh name.
/// `scheme` is one of those words.
[[nodiscard]] QString uniqueAddress(const QString& scheme);

} // namespace shmpix::test
