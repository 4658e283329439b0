#pragma once

class QKeyEvent;
class QPushButton;
class QWidget;

namespace shmpix {

/// Gives Enter to the window's default button, as a dialog does, or to the button that has the focus. For the
/// end of a window's keyPressEvent(), where only keys come that no control wanted. Whether it was Enter.
bool clickOnEnter(const QKeyEvent& event, const QWidget& window, QPushButton& defaultButton);

} // namespace shmpix
