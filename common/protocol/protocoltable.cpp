#include "common/protocol/protocoltable.h"

#include "common/protocol/bmp/bmpcodec.h"
#include "common/protocol/jpeg/jpegcodec.h"
#include "common/protocol/npy/npycodec.h"
#include "common/protocol/png/datastreamcodec.h"
#include "common/protocol/png/pngcodec.h"
#include "common/protocol/raw/pixelscodec.h"
#include "common/protocol/raw/rawsizecodec.h"

#include <QtGlobal>

#include <array>

namespace shmpix {

namespace {

template <class C>
const Codec& one()
{
    static const C codec;
    return codec;
}

constexpr std::array table = {
    ProtocolRow{ProtocolId::Live, "live", QT_TRANSLATE_NOOP("Protocol", "Live frames"),
                QT_TRANSLATE_NOOP("Protocol", "for Shmpix and its Python and C# kits; the fastest"),
                Recognition::NotByCodec, nullptr},
    ProtocolRow{ProtocolId::Datastream, "datastream", QT_TRANSLATE_NOOP("Protocol", "Qt data stream"),
                QT_TRANSLATE_NOOP("Protocol", "for Shmpix and any Qt program: QDataStream >> QImage"),
                Recognition::BySignature, one<DatastreamCodec>},
    ProtocolRow{ProtocolId::Rawsize, "rawsize", QT_TRANSLATE_NOOP("Protocol", "Raw pixels with size"),
                QT_TRANSLATE_NOOP("Protocol", "for Shmpix and NumPy: RGBA rows"), Recognition::BySize,
                one<RawsizeCodec>},
    ProtocolRow{ProtocolId::Bmp, "bmp", QT_TRANSLATE_NOOP("Protocol", "BMP file"),
                QT_TRANSLATE_NOOP("Protocol", "for C#, OpenCV, Pillow and Qt"), Recognition::BySignature,
                one<BmpCodec>},
    ProtocolRow{ProtocolId::Png, "png", QT_TRANSLATE_NOOP("Protocol", "PNG file"),
                QT_TRANSLATE_NOOP("Protocol", "for anything that reads PNG"), Recognition::BySignature,
                one<PngCodec>},
    ProtocolRow{ProtocolId::Jpeg, "jpeg", QT_TRANSLATE_NOOP("Protocol", "JPEG file"),
                QT_TRANSLATE_NOOP("Protocol", "for anything that reads JPEG; small, lossy"),
                Recognition::BySignature, one<JpegCodec>},
    ProtocolRow{ProtocolId::Pixels, "pixels", QT_TRANSLATE_NOOP("Protocol", "Plain pixels"),
                QT_TRANSLATE_NOOP("Protocol", "for OpenCV, NumPy and SkiaSharp, which are told the layout"),
                Recognition::Told, one<PixelsCodec>},
    ProtocolRow{ProtocolId::Npy, "npy", QT_TRANSLATE_NOOP("Protocol", "NumPy array"),
                QT_TRANSLATE_NOOP("Protocol", "for NumPy: numpy.load"), Recognition::BySignature,
                one<NpyCodec>},
};

} // namespace

std::span<const ProtocolRow> protocolTable()
{
    return table;
}

} // namespace shmpix
