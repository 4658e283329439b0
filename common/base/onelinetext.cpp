#include "common/base/onelinetext.h"

#include <QStringView>

namespace shmpix {

namespace {

bool changesWhatIsAround(char32_t letter)
{
    switch (QChar::category(letter)) {
    case QChar::Other_Control:
    case QChar::Other_Format:
    case QChar::Other_Surrogate: // one without its other half
    case QChar::Separator_Line:
    case QChar::Separator_Paragraph:
        return true;
    default:
        return false;
    }
}

/// Replaces each such character by the result of `replace` for its code units.
template <class Replace>
QString withoutFormatting(const QString& text, Replace replace)
{
    QString result;
    result.reserve(text.size());
    for (qsizetype at = 0; at < text.size();) {
        const bool isPair =
            text[at].isHighSurrogate() && at + 1 < text.size() && text[at + 1].isLowSurrogate();
        const auto letter = QStringView(text).sliced(at, isPair ? 2 : 1);
        const char32_t code = isPair ? QChar::surrogateToUcs4(letter[0], letter[1]) : letter[0].unicode();
        if (changesWhatIsAround(code)) {
            result += replace(letter);
        } else {
            result += letter;
        }
        at += letter.size();
    }
    return result;
}

} // namespace

QString onOneLine(const QString& text)
{
    return withoutFormatting(text, [](QStringView) { return QChar(QChar::ReplacementCharacter); });
}

QByteArray escapedJson(const QByteArray& json)
{
    return withoutFormatting(QString::fromUtf8(json),
                             [](QStringView letter) {
                                 QString escaped;
                                 for (const QChar unit : letter) {
                                     escaped +=
                                         QStringLiteral("\\u%1").arg(unit.unicode(), 4, 16, QLatin1Char('0'));
                                 }
                                 return escaped;
                             })
        .toUtf8();
}

} // namespace shmpix
