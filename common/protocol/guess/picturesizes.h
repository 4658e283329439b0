#pragma once

#include <QSize>

#include <span>

namespace shmpix {

/// Resolutions that cameras, screens and sample programs use, in landscape.
[[nodiscard]] std::span<const QSize> commonSizes();

/// How unusual a picture of that size would be: 0 for a common size, higher for narrower shapes.
[[nodiscard]] double oddness(qint64 width, qint64 height);

/// Whether cameras, screens or sample programs use that size, in landscape or portrait.
[[nodiscard]] bool isCommonSize(qint64 width, qint64 height);

} // namespace shmpix
