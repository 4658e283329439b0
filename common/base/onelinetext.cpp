#include "common/base/onelinetext.h"

namespace shmpix {

QString onOneLine(QString text)
{
    for (QChar& letter : text) {
        const QChar::Category category = letter.category();
        if (category == QChar::Other_Control || category == QChar::Separator_Line ||
            category == QChar::Separator_Paragraph) {
            letter = QChar(QChar::ReplacementCharacter);
        }
    }
    return text;
}

} // namespace shmpix
