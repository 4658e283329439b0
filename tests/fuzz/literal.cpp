#include "tests/fuzz/literalparser.h"
#include "tests/fuzz/oracle.h"

namespace shmpix::fuzz {

/// The literal of any text parses to the same text. Unpaired surrogates, which are not text, become another
/// character in a valid literal.
void fuzzLiteral(Input input)
{
    const bool isText = take<quint8>(input) % 4 != 0;
    const QByteArray bytes = bytesOf(input);
    const QString text = isText
                             ? QString::fromUtf8(bytes)
                             : QString(reinterpret_cast<const QChar*>(bytes.constData()), bytes.size() / 2);
    for (const Literal literal : {Literal::Cpp, Literal::PythonOrCSharp}) {
        const QString code = quoted(text, literal);
        const auto back = parsedLiteral(code, literal);
        if (!back || (isText && *back != text)) {
            fail(QStringLiteral("%1 stands for %2").arg(code, back.value_or(QStringLiteral("nothing"))));
        }
    }
}

} // namespace shmpix::fuzz
