#include "common/segment/segmenterrors.h"

#include <QCoreApplication>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(SegmentErrors)
};

} // namespace

Error nothingShared(const SegmentAddress& address)
{
    return {ErrorCode::NotFound,
            Text::tr("Nothing is shared under %1. Share a picture there first, or check the key.")
                .arg(address.toString())};
}

Error inUse(const SegmentAddress& address, const QString& program)
{
    return {
        ErrorCode::InUse,
        Text::tr(
            "%1 is in use: %2 shares a picture there. Stop sharing in that program, or choose another key.")
            .arg(address.toString(), program.isEmpty() ? Text::tr("another program") : program)};
}

} // namespace shmpix
