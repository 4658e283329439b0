#include "common/channel/lostshare.h"

#include <QCoreApplication>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(LostShare)
};

} // namespace

QString lossText(const SegmentAddress& address, Presence presence)
{
    if (presence == Presence::Cut) {
        return Text::tr("Another program had made %1 shorter; it is shared again.").arg(address.toString());
    }
    return Text::
        tr("Another program had removed %1, probably a Python program when it ended: Python removes "
           "each segment that it has opened, unless it is told not to (track=False, from Python 3.13 on).")
            .arg(address.toString());
}

Error takenBySomebody(const SegmentAddress& address)
{
    return {ErrorCode::NotOurs,
            Text::tr("Another program has put something else in the place of what was shared under "
                     "%1. Share again to replace it, or choose another key.")
                .arg(address.toString())};
}

} // namespace shmpix
