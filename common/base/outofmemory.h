#pragma once

#include "common/base/result.h"

#include <QCoreApplication>

#include <new>

namespace shmpix {

/// Runs a function that gives a Result, and makes a NoSpace error of an allocation that fails in it: the one
/// exception that libraries throw, which must not leave the layer where a picture's memory is asked for.
template <class Function>
[[nodiscard]] auto orOutOfMemory(Function function) -> decltype(function())
{
    try {
        return function();
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::NoSpace,
                     QCoreApplication::translate(
                         "OutOfMemory", "There is not enough memory for the picture. Close other programs.")};
    }
}

} // namespace shmpix
