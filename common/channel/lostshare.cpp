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
        return Text::tr("Another program truncated %1. It is shared again.").arg(address.toString());
    }
    return Text::tr("Another program removed %1. It is shared again. If a Python program has just ended, "
                    "that is the likely cause: Python removes every segment that it has opened, unless it is "
                    "opened with track=False (from Python 3.13 on).")
        .arg(address.toString());
}

Error takenBySomebody(const SegmentAddress& address)
{
    return {ErrorCode::NotOurs, Text::tr("Another program has replaced what was shared under %1. Share again "
                                         "to take its place, or choose another key.")
                                    .arg(address.toString())};
}

} // namespace shmpix
