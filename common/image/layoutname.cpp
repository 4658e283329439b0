#include "common/image/layoutname.h"

#include <QCoreApplication>

namespace shmpix {

namespace {
struct Text
{
    Q_DECLARE_TR_FUNCTIONS(LayoutName)
};
} // namespace

QString layoutName(const QImage& image)
{
    switch (image.format()) {
    case QImage::Format_Mono:
    case QImage::Format_MonoLSB:
        return Text::tr("Palette, 1 bit");
    case QImage::Format_Indexed8:
        return Text::tr("Palette, 8 bit");
    case QImage::Format_Grayscale8:
        return Text::tr("Grey, 8 bit");
    case QImage::Format_Grayscale16:
        return Text::tr("Grey, 16 bit");
    case QImage::Format_Alpha8:
        return Text::tr("Alpha, 8 bit");
    default:
        break;
    }
    const int depth = image.depth();
    const int bits = depth >= 128 ? 32 : depth == 64 ? 16 : image.pixelFormat().redSize();
    const QString channels = image.hasAlphaChannel() ? QStringLiteral("RGBA") : QStringLiteral("RGB");
    return Text::tr("%1, %2 bit").arg(channels).arg(bits);
}

} // namespace shmpix
