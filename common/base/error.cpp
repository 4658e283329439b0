#include "common/base/error.h"

#include <system_error>

namespace shmpix {

int exitCode(ErrorCode code)
{
    switch (code) {
    case ErrorCode::Usage:
        return 2;
    case ErrorCode::NotFound:
        return 3;
    case ErrorCode::NotPermitted:
    case ErrorCode::NotOurs:
    case ErrorCode::InUse:
        return 4;
    case ErrorCode::BadData:
        return 5;
    case ErrorCode::NoSpace:
        return 6;
    case ErrorCode::TimedOut:
    case ErrorCode::LockHeld:
        return 7;
    case ErrorCode::System:
        break;
    }
    return 1;
}

QString systemMessage(int errorNumber)
{
    return QString::fromStdString(std::generic_category().message(errorNumber));
}

} // namespace shmpix
