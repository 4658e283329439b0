#include "receiver/window/layoutpresets.h"

#include <QSettings>
#include <QUrl>

namespace shmpix {

namespace {

constexpr qsizetype mostLayouts = 5;

/// QSettings treats / as a group separator, but a key may contain any character.
QString settingOf(const QString& key)
{
    return QStringLiteral("layouts/") + QString::fromLatin1(QUrl::toPercentEncoding(key));
}

} // namespace

std::vector<PixelLayout> LayoutPresets::layouts(const QString& key)
{
    std::vector<PixelLayout> layouts;
    for (const QString& text : QSettings().value(settingOf(key)).toStringList()) {
        if (auto layout = parseLayout(text)) { // somebody may have edited the file
            layouts.push_back(*layout);
        }
    }
    return layouts;
}

void LayoutPresets::remember(const QString& key, const PixelLayout& layout)
{
    QSettings settings;
    QStringList texts = settings.value(settingOf(key)).toStringList();
    const QString text = layoutText(layout);
    texts.removeAll(text);
    texts.prepend(text);
    settings.setValue(settingOf(key), texts.first(qMin(texts.size(), mostLayouts)));
}

} // namespace shmpix
