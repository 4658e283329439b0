#include "common/segment/accessrights.h"

#include <QCoreApplication>

#include <algorithm>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(AccessRights)
};

} // namespace

Result<quint32> parseMode(const QString& text)
{
    constexpr qsizetype most = 4; // 0644
    bool isNumber = false;
    const quint32 mode = text.toUInt(&isNumber, 8);
    const bool isDigits =
        std::all_of(text.begin(), text.end(), [](QChar letter) { return letter >= u'0' && letter <= u'7'; });
    if (!isNumber || !isDigits || text.size() > most || mode > 0777) {
        return Error{ErrorCode::Usage, Text::tr("“%1” is not a mode. Write octal digits for the owner, the "
                                                "group and all others, such as --mode 0644.")
                                           .arg(text)};
    }
    if ((mode & 0600) != 0600) {
        return Error{ErrorCode::Usage, Text::tr("The mode %1 would keep you yourself from reading and "
                                                "writing. Begin it with 6, as in --mode 0644.")
                                           .arg(text)};
    }
    if ((mode & 0111) != 0) {
        return Error{ErrorCode::Usage, Text::tr("The mode %1 would make the picture executable. Use 4 to let "
                                                "others read it, as in --mode 0644.")
                                           .arg(text)};
    }
    return mode;
}

} // namespace shmpix
