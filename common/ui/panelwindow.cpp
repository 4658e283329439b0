#include "common/ui/panelwindow.h"

#include <QApplication>
#include <QDockWidget>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPushButton>
#include <QSettings>
#include <QToolButton>

namespace shmpix {

namespace {

const QString geometrySetting = QStringLiteral("window/geometry");
const QString panelsSetting = QStringLiteral("window/panels");

} // namespace

PanelWindow::PanelWindow(QWidget* parent)
    : QMainWindow(parent)
    , m_panelButtons(new QHBoxLayout)
{
    setCentralWidget(new QWidget(this));
    setDockNestingEnabled(true);
    connect(qApp, &QApplication::focusChanged, this, &PanelWindow::showDefault);
}

PanelWindow::~PanelWindow()
{
    qApp->disconnect(this); // the children lose the focus during destruction
}

void PanelWindow::setPrimaryButton(QPushButton* primary, QWidget* otherwise)
{
    m_primary = primary;
    m_otherwise = otherwise;
    focusPrimary();
    showDefault();
}

void PanelWindow::focusPrimary()
{
    (m_primary->isEnabled() ? m_primary : m_otherwise)->setFocus();
}

void PanelWindow::offerPrimary()
{
    if (!focusWidget() || qobject_cast<QAbstractButton*>(focusWidget())) {
        focusPrimary();
    }
}

void PanelWindow::showDefault()
{
    if (m_primary) {
        const auto* button = qobject_cast<QAbstractButton*>(focusWidget());
        m_primary->setDefault(!button || button == m_primary);
    }
}

void PanelWindow::keyPressEvent(QKeyEvent* event)
{
    if (event->key() != Qt::Key_Return && event->key() != Qt::Key_Enter) {
        QMainWindow::keyPressEvent(event);
        return;
    }
    auto* button = qobject_cast<QAbstractButton*>(focusWidget());
    (button ? button : m_primary)->click();
}

/// Qt also calls this when the focused widget is hidden or disabled. Enter would then trigger the next
/// widget, which the user has not chosen.
bool PanelWindow::focusNextPrevChild(bool next)
{
    const QWidget* focused = focusWidget();
    if (m_primary && focused && (!focused->isEnabled() || !focused->isVisibleTo(this))) {
        focusPrimary();
        return true;
    }
    return QMainWindow::focusNextPrevChild(next);
}

QToolButton* PanelWindow::makeTool(const QString& name, const QString& text, const QIcon& icon)
{
    auto* button = new QToolButton(this);
    button->setObjectName(name);
    button->setText(text);
    button->setIcon(icon);
    button->setToolButtonStyle(icon.isNull() ? Qt::ToolButtonTextOnly : Qt::ToolButtonTextBesideIcon);
    button->setFocusPolicy(Qt::StrongFocus);
    return button;
}

QDockWidget* PanelWindow::addPanel(QWidget* panel, const QString& text, Qt::DockWidgetArea area)
{
    auto* dock = new QDockWidget(panel->windowTitle(), this);
    dock->setObjectName(panel->objectName() + QStringLiteral("Dock"));
    dock->setWidget(panel);
    dock->hide();
    addDockWidget(area, dock);
    auto* button = makeTool(panel->objectName() + QStringLiteral("Button"), text);
    button->setToolTip(panel->windowTitle());
    button->setCheckable(true);
    m_panelButtons->addWidget(button);
    connect(button, &QToolButton::clicked, dock, &QWidget::setVisible);
    // Not visibilityChanged(), which is also emitted for a minimised window.
    connect(dock->toggleViewAction(), &QAction::toggled, button, &QToolButton::setChecked);
    return dock;
}

void PanelWindow::restorePlace()
{
    const QSettings settings;
    resize(900, 600);
    restoreGeometry(settings.value(geometrySetting).toByteArray());
    restoreState(settings.value(panelsSetting).toByteArray());
}

void PanelWindow::savePlace() const
{
    QSettings settings;
    settings.setValue(geometrySetting, saveGeometry());
    settings.setValue(panelsSetting, saveState());
}

} // namespace shmpix
