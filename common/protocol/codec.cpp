#include "common/protocol/codec.h"

#include "common/protocol/protocoltable.h"

namespace shmpix {

const Codec& codecFor(ProtocolId id)
{
    for (const ProtocolRow& row : protocolTable()) {
        if (row.id == id && row.codec != nullptr) {
            return row.codec();
        }
    }
    qFatal("%s has no codec", qPrintable(protocolName(id)));
    Q_UNREACHABLE();
}

} // namespace shmpix
