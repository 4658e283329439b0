#pragma once

#include "sender/window/recentfiles.h"

#include <QMenu>

namespace shmpix {

/// The menu of recently opened files. GUI thread.
class RecentMenu final : public QMenu
{
    Q_OBJECT

public:
    explicit RecentMenu(QWidget* parent = nullptr);

    [[nodiscard]] RecentFiles& files() { return m_files; }

Q_SIGNALS:
    void chosen(const QString& path);

private:
    void fill();

    RecentFiles m_files;
};

} // namespace shmpix
