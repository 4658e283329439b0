#include "sender/window/recentmenu.h"

#include <QFileInfo>

namespace shmpix {

RecentMenu::RecentMenu(QWidget* parent)
    : QMenu(parent)
{
    setObjectName(QStringLiteral("recentMenu"));
    setToolTipsVisible(true);
    connect(this, &QMenu::aboutToShow, this, &RecentMenu::fill);
}

void RecentMenu::fill()
{
    clear();
    int number = 0;
    for (const QString& path : m_files.paths()) {
        const QString name = QFileInfo(path).fileName().replace(QLatin1Char('&'), QStringLiteral("&&"));
        auto* action = addAction(QStringLiteral("&%1  %2").arg(++number % 10).arg(name));
        action->setToolTip(path);
        connect(action, &QAction::triggered, this, [this, path] { Q_EMIT chosen(path); });
    }
    if (number == 0) {
        addAction(tr("No recent pictures"))->setEnabled(false);
        return;
    }
    addSeparator();
    connect(addAction(tr("&Clear")), &QAction::triggered, this, [this] { m_files.clear(); });
}

} // namespace shmpix
