#include "common/image/pixeltext.h"

#include <QColor>
#include <QRgba64>

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

bool isFloat(QImage::Format format)
{
    return format >= QImage::Format_RGBX16FPx4 && format <= QImage::Format_RGBA32FPx4_Premultiplied;
}

} // namespace

QString pixelText(const QImage& image, QPoint pixel)
{
    if (!image.valid(pixel)) {
        return {};
    }
    const QColor colour = image.pixelColor(pixel);
    const bool alpha = image.hasAlphaChannel();
    const QString rgb = inBrackets(colour.red(), colour.green(), colour.blue(), colour.alpha(), alpha);
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
        return inBrackets({uint(reinterpret_cast<const quint16*>(image.constScanLine(pixel.y()))[pixel.x()])});
    default:
        break;
    }
    if (isFloat(image.format())) {
        return inBrackets(colour.redF(), colour.greenF(), colour.blueF(), colour.alphaF(), alpha);
    }
    if (image.depth() == 64) {
        const QRgba64 deep = colour.rgba64();
        return inBrackets(uint(deep.red()), uint(deep.green()), uint(deep.blue()), uint(deep.alpha()), alpha);
    }
    return rgb;
}

} // namespace shmpix
