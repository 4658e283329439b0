#pragma once

#include <QHash>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace shmpix {

/// A text of named sections that is filled in for a case. A line "=== section words" begins a section. Inside
/// it, a line that is only "@section@" stands for the section of that name with a matching word, and "@WORD@"
/// in capitals stands for a value. A value.
class SnippetTemplate
{
public:
    explicit SnippetTemplate(const QString& text);

    /// The filled-in section `role`; nothing if a section that it needs does not exist for these words.
    [[nodiscard]] std::optional<QString> fill(const QString& role, const QStringList& words,
                                              const QHash<QString, QString>& values) const;

private:
    struct Section
    {
        QString name;
        QStringList words;
        QStringList lines;
    };

    [[nodiscard]] const Section* find(const QString& name, const QStringList& words) const;
    [[nodiscard]] std::optional<QStringList> filled(const Section& section, const QString& role,
                                                    const QStringList& words) const;

    std::vector<Section> m_sections;
};

} // namespace shmpix
