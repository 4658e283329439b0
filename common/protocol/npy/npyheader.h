#pragma once

#include "common/base/bytesource.h"

#include <QByteArray>

#include <optional>
#include <vector>

namespace shmpix {

/// The header of a .npy file, NumPy's format 1.0 to 3.0 (numpy.lib.format in NumPy's documentation).
struct NpyHeader
{
    QByteArray type; ///< NumPy's name: "<f4"
    bool fortranOrder = false;
    std::vector<qint64> shape;
    qint64 dataOffset = 0; ///< bytes before the first number
};

/// Whether the source begins like a .npy file.
[[nodiscard]] bool beginsAsNpy(ByteSource& source);

/// Reads and checks the header, but not whether the data is complete. Fails with BadData.
[[nodiscard]] Result<NpyHeader> readNpyHeader(ByteSource& source);

/// Returns the whole header, format 1.0, for an array in C order; its length is a multiple of 64 bytes.
[[nodiscard]] QByteArray npyHeaderBytes(const QByteArray& type, const std::vector<qint64>& shape);

} // namespace shmpix
