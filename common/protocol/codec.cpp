#include "common/protocol/codec.h"

#include "common/protocol/bmpcodec.h"
#include "common/protocol/datastreamcodec.h"
#include "common/protocol/jpegcodec.h"
#include "common/protocol/npycodec.h"
#include "common/protocol/pixelscodec.h"
#include "common/protocol/pngcodec.h"
#include "common/protocol/rawsizecodec.h"

namespace shmpix {

const Codec& codecFor(ProtocolId id)
{
    static const DatastreamCodec datastream;
    static const RawsizeCodec rawsize;
    static const BmpCodec bmp;
    static const PngCodec png;
    static const JpegCodec jpeg;
    static const PixelsCodec pixels;
    static const NpyCodec npy;
    switch (id) {
    case ProtocolId::Rawsize:
        return rawsize;
    case ProtocolId::Bmp:
        return bmp;
    case ProtocolId::Png:
        return png;
    case ProtocolId::Jpeg:
        return jpeg;
    case ProtocolId::Pixels:
        return pixels;
    case ProtocolId::Npy:
        return npy;
    case ProtocolId::Datastream:
    case ProtocolId::Live: // live frames have no codec
        break;
    }
    return datastream;
}

} // namespace shmpix
