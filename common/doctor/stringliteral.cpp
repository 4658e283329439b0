#include "common/doctor/stringliteral.h"

namespace shmpix {

namespace {

/// Characters that would end the line or are invisible.
bool isHidden(char32_t letter)
{
    switch (QChar::category(letter)) {
    case QChar::Other_Control:
    case QChar::Other_Format:
    case QChar::Other_Surrogate:
    case QChar::Separator_Line:
    case QChar::Separator_Paragraph:
        return true;
    default:
        return false;
    }
}

/// Also handles U+FEFF, which QString::fromUcs4() takes for a byte order mark.
QString textOf(char32_t letter)
{
    return QStringView(QChar::fromUcs4(letter)).toString();
}

/// C++ has no \u for control characters, so the bytes are written as three octal digits each. C# has no octal
/// escapes; Python has both.
QString escape(char32_t letter, Literal literal)
{
    QString result;
    if (literal == Literal::Cpp) {
        for (const char byte : textOf(letter).toUtf8()) {
            result += QStringLiteral("\\%1").arg(uint(uchar(byte)), 3, 8, QLatin1Char('0'));
        }
        return result;
    }
    if (letter > 0xffff) {
        return QStringLiteral("\\U%1").arg(uint(letter), 8, 16, QLatin1Char('0'));
    }
    return QStringLiteral("\\u%1").arg(uint(letter), 4, 16, QLatin1Char('0'));
}

} // namespace

QString quoted(const QString& text, Literal literal)
{
    QString result = QStringLiteral("\"");
    qsizetype bytes = 0; // in UTF-8
    for (const char32_t letter : text.toStdU32String()) {
        const bool couldBeTrigraph = letter == U'?' && literal == Literal::Cpp;
        if (letter == U'"' || letter == U'\\' || couldBeTrigraph) {
            result += QLatin1Char('\\');
        }
        result += isHidden(letter) ? escape(letter, literal) : textOf(letter);
        bytes += textOf(letter).toUtf8().size();
    }
    result += QLatin1Char('"');
    return literal == Literal::Cpp && text.contains(QChar(0))
               ? QStringLiteral("QString::fromUtf8(%1, %2)").arg(result, QString::number(bytes))
               : result;
}

} // namespace shmpix
