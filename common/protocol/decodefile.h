#pragma once

#include "common/base/bytesource.h"

#include <QByteArray>
#include <QImage>

namespace shmpix {

/// Decodes a file that was copied from a source with Qt, and finishes the source. Ends early and fails like
/// the source when its time limit is over. Fails like decodeImage().
[[nodiscard]] Result<QImage> decodeFile(const QByteArray& file, ByteSource& source, const QByteArray& format);

} // namespace shmpix
