#include "common/base/quantitytext.h"

#include <QCoreApplication>
#include <QLocale>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(QuantityText)
};

} // namespace

QString sizeText(QSize size)
{
    return QStringLiteral("%1 × %2").arg(size.width()).arg(size.height());
}

QString bytesText(qint64 bytes)
{
    return QLocale().formattedDataSize(bytes, 1, QLocale::DataSizeSIFormat);
}

QString millisecondsText(double milliseconds)
{
    const int digits = milliseconds < 1 ? 2 : milliseconds < 100 ? 1 : 0;
    return Text::tr("%1 ms").arg(QLocale().toString(milliseconds, 'f', digits));
}

} // namespace shmpix
