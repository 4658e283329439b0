#include "common/ui/panelwindow.h"

#include <QDockWidget>
#include <QHBoxLayout>
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
    // Not visibilityChanged(), which also tells of a minimised window.
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
