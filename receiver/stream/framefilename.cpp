#include "receiver/stream/framefilename.h"

#include <QCoreApplication>
#include <QRegularExpression>

namespace shmpix {

Result<FrameFileName> FrameFileName::parse(const QString& text)
{
    static const QRegularExpression field(QStringLiteral("%(?:%|(0?)([1-9]?)d)"));
    FrameFileName name;
    QString* part = &name.m_before;
    for (qsizetype at = 0; at < text.size();) {
        const auto match = field.match(text, at, QRegularExpression::NormalMatch,
                                       QRegularExpression::AnchorAtOffsetMatchOption);
        if (text[at] != QLatin1Char('%')) {
            *part += text[at];
            ++at;
            continue;
        }
        const bool isNumber = match.hasMatch() && match.captured() != QLatin1StringView("%%");
        if (!match.hasMatch() || (isNumber && name.m_isNumbered)) {
            return Error{ErrorCode::Usage,
                         QCoreApplication::translate("FrameFileName",
                                                     "“%1” is not a valid name for frames. Use at most one "
                                                     "%d, as in frame-%05d.png, and %% for a percent sign.")
                             .replace(QStringLiteral("%1"), text)};
        }
        if (isNumber) {
            name.m_isNumbered = true;
            name.m_zeros = !match.captured(1).isEmpty();
            name.m_width = match.captured(2).toInt();
            part = &name.m_after;
        } else {
            *part += QLatin1Char('%');
        }
        at += match.capturedLength();
    }
    return name;
}

QString FrameFileName::of(quint64 place) const
{
    if (!m_isNumbered) {
        return m_before;
    }
    const QString number = QString::number(place);
    return m_before + number.rightJustified(m_width, m_zeros ? QLatin1Char('0') : QLatin1Char(' ')) + m_after;
}

} // namespace shmpix
