#pragma once

#include <QString>

namespace shmpix {

/// Why something could not be done. One cause a value; the sentence is in Error::text.
enum class ErrorCode {
    Usage,        ///< the command line, or a key or file name that cannot be meant
    NotFound,     ///< nothing has that name
    NotPermitted, ///< the system refuses: another user's, or a thing that is no picture segment
    NotOurs,      ///< it exists and Shmpix did not make it; it can be replaced when asked for
    InUse,        ///< a living program shares under that key
    BadData,      ///< the bytes are no picture, or a damaged one
    NoSpace,      ///< no room for the picture
    TimedOut,     ///< it did not happen within the time given
    LockHeld,     ///< a Qt peer holds the segment's lock; reading without it is possible
    System,       ///< the system failed in a way that nobody planned for
};

/// One failure: a code for programs and one sentence for people, with the cause and what to do.
struct Error
{
    ErrorCode code = ErrorCode::System;
    QString text;

    friend bool operator==(const Error&, const Error&) = default;
};

/// The exit status for scripts: 2 usage, 3 not found, 4 not permitted or not ours, 5 bad data,
/// 6 no space, 7 time-out, 1 anything else.
[[nodiscard]] int exitCode(ErrorCode code);

/// What the system says of an errno value, as it can stand at the end of a sentence.
[[nodiscard]] QString systemMessage(int errorNumber);

} // namespace shmpix
