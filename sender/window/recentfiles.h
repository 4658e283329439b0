#pragma once

#include <QStringList>

namespace shmpix {

/// The recently opened files, newest first, kept in QSettings. GUI thread.
class RecentFiles
{
public:
    RecentFiles();

    [[nodiscard]] const QStringList& paths() const { return m_paths; }
    void add(const QString& path);
    void remove(const QString& path);
    void clear();

private:
    void save() const;

    QStringList m_paths;
};

} // namespace shmpix
