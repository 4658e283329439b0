#pragma once

namespace shmpix {

/// The descriptors that every process starts with.
constexpr int standardInput = 0;
constexpr int standardOutput = 1;
constexpr int standardError = 2;

/// Prepares the process before anything is opened. A missing reader and a file over the system's limit become
/// errors instead of signals that kill the process. If standard input, output or error is closed, its
/// descriptor is occupied, so that no file opened later receives the output.
void prepareStandardFiles();

} // namespace shmpix
