#pragma once

#include <QString>

namespace shmpix {

/// What a window currently tells its user, in one line at its bottom.
struct Message
{
    enum class Kind { None, Info, Success, Error, Busy };

    Kind kind = Kind::None;
    QString text; ///< whole sentences; plain text

    friend bool operator==(const Message&, const Message&) = default;
};

} // namespace shmpix
