#pragma once

#include "common/base/error.h"

#include <QImage>

namespace shmpix {

/// A picture with uninitialized pixels, in large pages of memory where the system provides them: for a
/// picture of some megabytes, the page faults of new memory, one for each 4 KB, can take longer than filling
/// it. A null image if there is no memory. Any thread.
[[nodiscard]] QImage freshImage(int width, int height, QImage::Format format);

/// The error for a null image from freshImage().
[[nodiscard]] Error noMemoryFor(QSize size);

} // namespace shmpix
