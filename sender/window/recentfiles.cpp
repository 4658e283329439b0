#include "sender/window/recentfiles.h"

#include <QFileInfo>
#include <QSettings>

namespace shmpix {

namespace {

constexpr qsizetype mostFiles = 10;

QString settingsKey()
{
    return QStringLiteral("files/recent");
}

} // namespace

RecentFiles::RecentFiles()
    : m_paths(QSettings().value(settingsKey()).toStringList())
{
}

void RecentFiles::add(const QString& path)
{
    const QString full = QFileInfo(path).absoluteFilePath();
    m_paths.removeAll(full);
    m_paths.prepend(full);
    m_paths = m_paths.first(std::min(m_paths.size(), mostFiles));
    save();
}

void RecentFiles::remove(const QString& path)
{
    if (m_paths.removeAll(QFileInfo(path).absoluteFilePath()) > 0) {
        save();
    }
}

void RecentFiles::clear()
{
    m_paths.clear();
    save();
}

void RecentFiles::save() const
{
    QSettings().setValue(settingsKey(), m_paths);
}

} // namespace shmpix
