#include "common/image/pixeltext.h"

#include <QColor>
#include <QRgba64>
#include <QStringList>
#include <qfloat16.h>

#include <initializer_list>

namespace shmpix {

namespace {

template <class Number>
QString inBrackets(const std::initializer_list<Number> values)
{
    QStringList words;
    for (const Number value : values) {
        words.append(QString::number(value));
    }
    return QLatin1Char('(') + words.join(QLatin1String(", ")) + QLatin1Char(')');
}

template <class Number>
QString inBrackets(Number red, Number green, Number blue, Number alpha, bool hasAlpha)
{
    return hasAlpha ? inBrackets({red, green, blue, alpha}) : inBrackets({red, green, blue});
}

/// The values of a pixel that are stored as Number, red first.
template <class Number>
QString stored(const QImage& image, QPoint pixel)
{
    const auto* row = reinterpret_cast<const Number*>(image.constScanLine(pixel.y()));
    const auto value = [at = row + 4 * pixel.x()](int channel) { return float(at[channel]); };
    return inBrackets(value(0), value(1), value(2), value(3), image.hasAlphaChannel());
}

} // namespace

QString pixelText(const QImage& image, QPoint pixel)
{
    if (!image.valid(pixel)) {
        return {};
    }
    const QColor colour = image.pixelColor(pixel);
    const bool alpha = image.hasAlphaChannel();
    QString rgb = inBrackets(colour.red(), colour.green(), colour.blue(), colour.alpha(), alpha);
    switch (image.format()) {
    case QImage::Format_Mono:
    case QImage::Format_MonoLSB:
    case QImage::Format_Indexed8:
        return QStringLiteral("%1: %2").arg(image.pixelIndex(pixel)).arg(rgb);
    case QImage::Format_Grayscale8:
        return inBrackets({int(image.constScanLine(pixel.y())[pixel.x()])});
    case QImage::Format_Alpha8:
        return inBrackets({colour.alpha()});
    case QImage::Format_Grayscale16:
        return inBrackets(
            {uint(reinterpret_cast<const quint16*>(image.constScanLine(pixel.y()))[pixel.x()])});
    case QImage::Format_RGBX16FPx4:
    case QImage::Format_RGBA16FPx4:
        return stored<qfloat16>(image, pixel);
    case QImage::Format_RGBX32FPx4:
    case QImage::Format_RGBA32FPx4:
        return stored<float>(image, pixel);
    case QImage::Format_RGBA16FPx4_Premultiplied:
    case QImage::Format_RGBA32FPx4_Premultiplied:
        return inBrackets(colour.redF(), colour.greenF(), colour.blueF(), colour.alphaF(), alpha);
    default:
        break;
    }
    if (image.depth() == 64) {
        const QRgba64 deep = colour.rgba64();
        return inBrackets(uint(deep.red()), uint(deep.green()), uint(deep.blue()), uint(deep.alpha()), alpha);
    }
    return rgb;
}

} // namespace shmpix
