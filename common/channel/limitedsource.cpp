#include "common/channel/limitedsource.h"

#include <QCoreApplication>

namespace shmpix {

Result<void> LimitedSource::read(qint64 offset, std::span<std::byte> out)
{
    const auto wanted = static_cast<qint64>(out.size());
    if (wanted > m_left || m_deadline.hasExpired()) {
        return Error{ErrorCode::TimedOut,
                     QCoreApplication::translate(
                         "LimitedSource", "The picture is too large for a preview. Load it to see it.")};
    }
    m_left -= wanted;
    return m_source.read(offset, out);
}

} // namespace shmpix
