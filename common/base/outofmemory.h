#pragma once

#include "common/base/result.h"

#include <QCoreApplication>

#include <new>

namespace shmpix {

/// Runs a function that returns a Result, and turns a failed allocation in it into a NoSpace error. This is
/// the only exception that libraries throw, and it must not leave the layer that allocates a picture's
/// memory.
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
