#include "common/ui/enterkey.h"

#include <QKeyEvent>
#include <QPushButton>

namespace shmpix {

bool clickOnEnter(const QKeyEvent& event, const QWidget& window, QPushButton& defaultButton)
{
    if (event.key() != Qt::Key_Return && event.key() != Qt::Key_Enter) {
        return false;
    }
    auto* focused = qobject_cast<QAbstractButton*>(window.focusWidget());
    (focused ? focused : &defaultButton)->click();
    return true;
}

} // namespace shmpix
