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

    /// What Enter does. While the button is of no use, `otherwise` has the focus in its place. Both are the
    /// window's children.
    void setPrimaryButton(QPushButton* primary, QWidget* otherwise);

    /// The primary button is the next step: it gets the focus, unless that is where somebody types or
    /// chooses.
    void offerPrimary();

    /// A flat button with a text, for the window's tool rows.
    [[nodiscard]] QToolButton* makeTool(const QString& name, const QString& text, const QIcon& icon = {});

    /// Puts a panel at a side of the window, hidden at first, and its button beside those of the other
    /// panels. The window owns it. The panel's window title stands above it; the button's text is short, and
    /// may have a mnemonic.
    QDockWidget* addPanel(QWidget* panel, const QString& text, Qt::DockWidgetArea area);

    /// The row of the panels' buttons, to be laid out by the window.
    [[nodiscard]] QHBoxLayout* panelButtons() const { return m_panelButtons; }

    /// Takes the place that the window had last, and opens the panels that were open.
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
