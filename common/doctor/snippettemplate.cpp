#include "common/doctor/snippettemplate.h"

#include <QRegularExpression>

#include <algorithm>

namespace shmpix {

SnippetTemplate::SnippetTemplate(const QString& text)
{
    const QLatin1StringView start("=== ");
    for (const QString& line : text.split(QLatin1Char('\n'))) {
        if (line.startsWith(start)) {
            QStringList words = line.mid(start.size()).split(QLatin1Char(' '), Qt::SkipEmptyParts);
            const QString name = words.takeFirst();
            m_sections.push_back({name, words, {}});
        } else if (!m_sections.empty()) {
            m_sections.back().lines.append(line);
        }
    }
    for (Section& section : m_sections) {
        while (!section.lines.isEmpty() && section.lines.last().isEmpty()) {
            section.lines.removeLast(); // empty lines separate the sections
        }
    }
}

const SnippetTemplate::Section* SnippetTemplate::find(const QString& name, const QStringList& words) const
{
    const auto found = std::find_if(m_sections.begin(), m_sections.end(), [&](const Section& section) {
        return section.name == name &&
               (section.words.isEmpty() || std::any_of(words.begin(), words.end(), [&](const QString& word) {
                    return section.words.contains(word);
                }));
    });
    return found == m_sections.end() ? nullptr : &*found;
}

std::optional<QStringList> SnippetTemplate::filled(const Section& section, const QString& role,
                                                   const QStringList& words) const
{
    static const QRegularExpression placeholder(QStringLiteral("^( *)@([a-z]+)@$"));
    QStringList lines;
    for (const QString& line : section.lines) {
        const auto match = placeholder.match(line);
        if (!match.hasMatch()) {
            lines.append(line);
            continue;
        }
        const QString part = match.captured(2);
        const Section* found = find(role + QLatin1Char('.') + part, words);
        if (found == nullptr) {
            found = find(part, words);
        }
        if (found == nullptr) {
            return std::nullopt;
        }
        for (const QString& inner : found->lines) {
            lines.append(inner.isEmpty() ? inner : match.captured(1) + inner);
        }
    }
    return lines;
}

std::optional<QString> SnippetTemplate::fill(const QString& role, const QStringList& words,
                                             const QHash<QString, QString>& values) const
{
    const Section* section = find(role, words);
    const auto lines = section != nullptr ? filled(*section, role, words) : std::nullopt;
    if (!lines) {
        return std::nullopt;
    }
    // All values are filled in one pass, because a name may look like a placeholder.
    static const QRegularExpression value(QStringLiteral("@([A-Z]+)@"));
    const QString text = lines->join(QLatin1Char('\n')) + QLatin1Char('\n');
    QString result;
    qsizetype end = 0;
    for (auto matches = value.globalMatch(text); matches.hasNext();) {
        const auto match = matches.next();
        result += QStringView(text).mid(end, match.capturedStart() - end);
        result += values.value(match.captured(1));
        end = match.capturedEnd();
    }
    return result += QStringView(text).mid(end);
}

} // namespace shmpix
