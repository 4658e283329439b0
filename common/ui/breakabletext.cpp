#include "common/ui/breakabletext.h"

namespace shmpix {

QString breakableText(const QString& text)
{
    constexpr int longestWord = 24;
    const QChar zeroWidthSpace(0x200b);
    QString result;
    int run = 0;
    for (const QChar& letter : text) {
        if (run >= longestWord && !letter.isLowSurrogate()) {
            result += zeroWidthSpace;
            run = 0;
        }
        result += letter;
        run = letter.isSpace() ? 0 : run + 1;
    }
    return result;
}

} // namespace shmpix
