#include "common/protocol/codec.h"

#include "common/protocol/bmp/bmpcodec.h"
#include "common/protocol/jpeg/jpegcodec.h"
#include "common/protocol/npy/npycodec.h"
#include "common/protocol/png/datastreamcodec.h"
#include "common/protocol/png/pngcodec.h"
#include "common/protocol/raw/pixelscodec.h"
#include "common/protocol/raw/rawsizecodec.h"

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
