#include "common/protocol/protocolid.h"

#include <QCoreApplication>
#include <QStringList>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Protocol)
};

} // namespace

QString protocolName(ProtocolId id)
{
    switch (id) {
    case ProtocolId::Live:
        return QStringLiteral("live");
    case ProtocolId::Datastream:
        return QStringLiteral("datastream");
    case ProtocolId::Rawsize:
        return QStringLiteral("rawsize");
    case ProtocolId::Bmp:
        return QStringLiteral("bmp");
    case ProtocolId::Png:
        return QStringLiteral("png");
    case ProtocolId::Jpeg:
        return QStringLiteral("jpeg");
    case ProtocolId::Pixels:
        return QStringLiteral("pixels");
    case ProtocolId::Npy:
        return QStringLiteral("npy");
    }
    return {};
}

Result<ProtocolId> parseProtocol(const QString& name)
{
    QStringList names;
    for (ProtocolId id : allProtocols) {
        if (protocolName(id) == name) {
            return id;
        }
        names.append(protocolName(id));
    }
    return Error{
        ErrorCode::Usage,
        Text::tr("Unknown protocol “%1”. Use one of %2.").arg(name, names.join(QStringLiteral(", ")))};
}

QString protocolTitle(ProtocolId id)
{
    switch (id) {
    case ProtocolId::Live:
        return Text::tr("Live frames");
    case ProtocolId::Datastream:
        return Text::tr("Qt data stream");
    case ProtocolId::Rawsize:
        return Text::tr("Raw pixels with size");
    case ProtocolId::Bmp:
        return Text::tr("BMP file");
    case ProtocolId::Png:
        return Text::tr("PNG file");
    case ProtocolId::Jpeg:
        return Text::tr("JPEG file");
    case ProtocolId::Pixels:
        return Text::tr("Plain pixels");
    case ProtocolId::Npy:
        return Text::tr("NumPy array");
    }
    return {};
}

QString protocolReaders(ProtocolId id)
{
    switch (id) {
    case ProtocolId::Live:
        return Text::tr("for Shmpix and its Python and C# kits; the fastest");
    case ProtocolId::Datastream:
        return Text::tr("for Shmpix and any Qt program: QDataStream >> QImage");
    case ProtocolId::Rawsize:
        return Text::tr("for Shmpix and NumPy: RGBA rows");
    case ProtocolId::Bmp:
        return Text::tr("for C#, OpenCV, Pillow and Qt");
    case ProtocolId::Png:
        return Text::tr("for anything that reads PNG");
    case ProtocolId::Jpeg:
        return Text::tr("for anything that reads JPEG; small, lossy");
    case ProtocolId::Pixels:
        return Text::tr("for OpenCV, NumPy and SkiaSharp, which are told the layout");
    case ProtocolId::Npy:
        return Text::tr("for NumPy: numpy.load");
    }
    return {};
}

} // namespace shmpix
