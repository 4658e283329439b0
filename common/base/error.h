#pragma once

#include <QString>

namespace shmpix {

/// Why an operation failed: one value for each kind of cause. The sentence is in Error::text.
enum class ErrorCode {
    Usage,        ///< the command line, or an invalid key or file name
    NotFound,     ///< nothing has that name
    NotPermitted, ///< the system denies access: it belongs to another user or is not a segment
    NotOurs,      ///< it exists and Shmpix did not create it; it can be replaced on request
    InUse,        ///< a living program shares under that key
    BadData,      ///< the bytes are not a picture, or the picture is damaged
    NoSpace,      ///< not enough space for the picture
    TimedOut,     ///< it did not happen within the time limit
    LockHeld,     ///< a Qt peer holds the segment's lock; reading without it is possible
    System,       ///< an unexpected failure of the system
};

/// One failure: a code for programs, and a text for people with the cause and the remedy.
struct Error
{
    ErrorCode code = ErrorCode::System;
    QString text;

    friend bool operator==(const Error&, const Error&) = default;
};

/// The exit status for scripts: 2 usage, 3 not found, 4 not permitted or not ours, 5 bad data,
/// 6 no space, 7 time-out, 1 anything else.
[[nodiscard]] int exitCode(ErrorCode code);

/// The system's message for an errno value, worded to end a sentence.
[[nodiscard]] QString systemMessage(int errorNumber);

} // namespace shmpix
