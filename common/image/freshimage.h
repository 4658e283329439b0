#pragma once

#include "common/base/error.h"

#include <QImage>

namespace shmpix {

/// A picture whose pixels are not set, in large pages of memory where the system gives them: for a picture of
/// some megabytes the faults of new memory, one each 4 KB, can take longer than to fill it. A null image when
/// there is no memory. Any thread.
[[nodiscard]] QImage freshImage(int width, int height, QImage::Format format);

/// What is said when that gave none.
[[nodiscard]] Error noMemoryFor(QSize size);

} // namespace shmpix
