#pragma once

#include <QMainWindow>

class QDockWidget;
class QHBoxLayout;
class QPushButton;
class QToolButton;

namespace shmpix {

/// A program's main window with a central widget and side panels that buttons show and hide. Remembers its
/// geometry and open panels in QSettings. Enter clicks the focused button, otherwise the primary one, which
/// looks like the default button only while Enter clicks it. GUI thread.
class PanelWindow : public QMainWindow
{
    Q_OBJECT

public:
    explicit PanelWindow(QWidget* parent = nullptr);
    ~PanelWindow() override;

protected:
    void keyPressEvent(QKeyEvent* event) override;
    bool focusNextPrevChild(bool next) override;

    /// Sets the button that Enter clicks. While the button is disabled, `otherwise` has the focus instead.
    /// Both are the window's children.
    void setPrimaryButton(QPushButton* primary, QWidget* otherwise);

    /// Focuses the primary button as the next step, unless the user is typing or choosing.
    void offerPrimary();

    /// A flat button with a text, for the window's tool rows.
    [[nodiscard]] QToolButton* makeTool(const QString& name, const QString& text, const QIcon& icon = {});

    /// Adds a panel at a side of the window, hidden at first, and puts its button next to those of the other
    /// panels. The window owns the panel. The panel's window title appears above it. The button's text is
    /// short and may have a mnemonic.
    QDockWidget* addPanel(QWidget* panel, const QString& text, Qt::DockWidgetArea area);

    /// The row of the panels' buttons, for the window's layout.
    [[nodiscard]] QHBoxLayout* panelButtons() const { return m_panelButtons; }

    /// Restores the window's last geometry and reopens its open panels.
    void restorePlace();
    void savePlace() const;

private:
    void focusPrimary();
    void showDefault();

    QHBoxLayout* m_panelButtons;
    QPushButton* m_primary = nullptr;
    QWidget* m_otherwise = nullptr;
};

} // namespace shmpix
