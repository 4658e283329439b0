#pragma once

#include <QHash>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace shmpix {

/// A text of named sections that is filled in for a case. A line "=== section words" begins a section;
/// inside, a line that is only "@section@" stands for the section of that name one of whose words applies,
/// "@WORD@" in capitals for a value. A value.
class SnippetTemplate
{
public:
    explicit SnippetTemplate(const QString& text);

    /// The section `role` filled in; nothing when a section it needs is not there for these words.
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
