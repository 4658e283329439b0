#include "tests/fuzz/literalparser.h"

#include <QRegularExpression>

namespace shmpix::fuzz {

namespace {

/// Whether the character ends a line in one of the languages.
bool endsLine(char16_t unit)
{
    return unit == u'\n' || unit == u'\r' || unit == 0x85 || unit == 0x2028 || unit == 0x2029;
}

int digitOf(char16_t unit, int base)
{
    const int digit = unit >= u'0' && unit <= u'9'   ? unit - u'0'
                      : unit >= u'a' && unit <= u'f' ? unit - u'a' + 10
                                                     : 99;
    return digit < base ? digit : -1;
}

class Parser
{
public:
    Parser(const QString& code, Literal literal)
        : m_code(code)
        , m_literal(literal)
    {
    }

    /// UTF-8.
    std::optional<QByteArray> parse()
    {
        const bool hasTrigraph = m_literal == Literal::Cpp && m_code.contains(QLatin1StringView("?\?"));
        if (m_code.size() < 2 || !m_code.startsWith(u'"') || !m_code.endsWith(u'"') || hasTrigraph) {
            return std::nullopt;
        }
        const qsizetype end = m_code.size() - 1;
        while (m_at < end) {
            const char16_t unit = m_code[m_at].unicode();
            if (unit == u'"' || unit == 0 || endsLine(unit) || (unit == u'\\' && !parseEscape(end))) {
                return std::nullopt;
            }
            if (unit != u'\\') {
                const bool isPair = QChar::isHighSurrogate(unit) && m_at + 1 < end;
                m_bytes += m_code.mid(m_at, isPair ? 2 : 1).toUtf8();
                m_at += isPair ? 2 : 1;
            }
        }
        return m_at == end ? std::optional(m_bytes) : std::nullopt;
    }

private:
    bool parseEscape(qsizetype end)
    {
        const char16_t kind = m_code[m_at + 1].unicode();
        m_at += 2;
        if (m_at > end) {
            return false;
        }
        if (kind == u'"' || kind == u'\\' || (kind == u'?' && m_literal == Literal::Cpp)) {
            m_bytes += char(kind);
            return true;
        }
        if (m_literal == Literal::Cpp) {
            --m_at;
            const auto byte = number(3, 8, end);
            m_bytes += char(byte.value_or(0));
            return byte && *byte < 256;
        }
        const auto letter =
            kind == u'u' || kind == u'U' ? number(kind == u'u' ? 4 : 8, 16, end) : std::nullopt;
        if (!letter || *letter > 0x10ffff) {
            return false;
        }
        m_bytes += QStringView(QChar::fromUcs4(*letter)).toUtf8();
        return true;
    }

    std::optional<quint32> number(int digits, int base, qsizetype end)
    {
        quint32 value = 0;
        for (int i = 0; i < digits; ++i, ++m_at) {
            const int digit = m_at < end ? digitOf(m_code[m_at].unicode(), base) : -1;
            if (digit < 0) {
                return std::nullopt;
            }
            value = value * quint32(base) + quint32(digit);
        }
        return value;
    }

    QString m_code;
    Literal m_literal;
    qsizetype m_at = 1;
    QByteArray m_bytes;
};

} // namespace

std::optional<QString> parsedLiteral(const QString& code, Literal literal)
{
    static const QRegularExpression withLength(QStringLiteral("^QString::fromUtf8\\((\".*\"), ([0-9]+)\\)$"),
                                               QRegularExpression::DotMatchesEverythingOption);
    const auto call = withLength.match(code);
    const bool hasLength = literal == Literal::Cpp && call.hasMatch();
    const auto bytes = Parser(hasLength ? call.captured(1) : code, literal).parse();
    if (!bytes || (hasLength && bytes->size() != call.captured(2).toLongLong())) {
        return std::nullopt;
    }
    if (literal == Literal::Cpp && !hasLength && bytes->contains('\0')) {
        return std::nullopt; // C++ treats this as the end
    }
    return QString::fromUtf8('x' + *bytes).mid(1); // a leading U+FEFF would be dropped
}

} // namespace shmpix::fuzz
