#pragma once

#include <QSize>

#include <span>

namespace shmpix {

/// Resolutions that cameras, screens and sample programs use, as landscapes.
[[nodiscard]] std::span<const QSize> commonSizes();

/// How unusual a picture of that size would be: 0 for a common size, growing with narrowness.
[[nodiscard]] double oddness(qint64 width, qint64 height);

/// Whether cameras, screens or sample programs use that size, also upright.
[[nodiscard]] bool isCommonSize(qint64 width, qint64 height);

} // namespace shmpix
