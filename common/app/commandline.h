#pragma once

#include "common/base/result.h"

#include <QCommandLineParser>
#include <QString>
#include <QStringList>

namespace shmpix {

/// A program's command line; a value of the main thread. Wraps QCommandLineParser and returns --help and
/// --version as text and mistakes as results, so that it can be parsed without an application object and a
/// display.
class CommandLine
{
public:
    explicit CommandLine(const QString& description);

    void addFlag(const QString& name, const QString& description);
    void addValue(const QString& name, const QString& valueName, const QString& description);
    void addPositional(const QString& name, const QString& description);

    /// Parses the arguments, the program's name first. Fails with Usage.
    [[nodiscard]] Result<void> parse(const QStringList& arguments);

    /// The text that --help or --version prints; empty if neither was given.
    [[nodiscard]] QString requestedText() const { return m_requestedText; }

    [[nodiscard]] bool has(const QString& name) const { return m_parser.isSet(name); }
    [[nodiscard]] QString value(const QString& name) const { return m_parser.value(name); }
    [[nodiscard]] QStringList positional() const { return m_parser.positionalArguments(); }

    /// A number of seconds, not negative; `fallback` if the option is not given. Fails with Usage.
    [[nodiscard]] Result<double> seconds(const QString& name, double fallback) const;

private:
    QCommandLineParser m_parser;
    QString m_requestedText;
};

/// The arguments of main(), the program's name first; works without an application object.
[[nodiscard]] QStringList localWords(int argc, char** argv);

/// Whether one of the arguments is an option of Qt's own, such as -platform or -style, which QApplication
/// removes.
[[nodiscard]] bool hasQtArguments(const QStringList& arguments);

} // namespace shmpix
