#include "common/base/memorysource.h"

#include <QCoreApplication>

#include <cstring>

namespace shmpix {

Result<void> MemorySource::read(qint64 offset, std::span<std::byte> out)
{
    if (!isWithin(offset, static_cast<qint64>(out.size()), size())) {
        return Error{
            ErrorCode::BadData,
            QCoreApplication::translate("MemorySource", "The picture is truncated. Use a complete copy.")};
    }
    if (!out.empty()) {
        std::memcpy(out.data(), m_bytes.data() + offset, out.size());
    }
    return {};
}

} // namespace shmpix
