#pragma once

#include "common/base/bytesource.h"

#include <QByteArray>
#include <QImage>

namespace shmpix {

/// Decodes, through Qt, a file that was copied out of a source, and finishes the source. Ends early, failing
/// as the source does, when that has a time limit and it is over. Fails as decodeImage() does.
[[nodiscard]] Result<QImage> decodeFile(const QByteArray& file, ByteSource& source, const QByteArray& format);

} // namespace shmpix
