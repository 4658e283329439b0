#include "common/base/quantitytext.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>

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

QString ageText(qint64 seconds)
{
    constexpr qint64 minute = 60;
    constexpr qint64 hour = 60 * minute;
    constexpr qint64 day = 24 * hour;
    if (seconds < minute) {
        return Text::tr("%1 s").arg(std::max<qint64>(0, seconds)); // clocks are set back now and then
    }
    if (seconds < hour) {
        return Text::tr("%1 min").arg(seconds / minute);
    }
    if (seconds < 2 * day) {
        return Text::tr("%1 h").arg(seconds / hour);
    }
    return Text::tr("%1 days").arg(seconds / day);
}

QString millisecondsText(double milliseconds)
{
    const int digits = milliseconds < 1 ? 2 : milliseconds < 100 ? 1 : 0;
    return Text::tr("%1 ms").arg(QLocale().toString(milliseconds, 'f', digits));
}

} // namespace shmpix
