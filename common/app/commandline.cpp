#include "common/app/commandline.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(CommandLine)
};

} // namespace

CommandLine::CommandLine(const QString& description)
{
    m_parser.setApplicationDescription(description);
    m_parser.setSingleDashWordOptionMode(QCommandLineParser::ParseAsLongOptions);
    m_parser.addHelpOption();
    m_parser.addVersionOption();
}

void CommandLine::addFlag(const QString& name, const QString& description)
{
    m_parser.addOption(QCommandLineOption(name, description));
}

void CommandLine::addValue(const QString& name, const QString& valueName, const QString& description)
{
    m_parser.addOption(QCommandLineOption(name, description, valueName));
}

void CommandLine::addPositional(const QString& name, const QString& description)
{
    m_parser.addPositionalArgument(name, description);
}

Result<void> CommandLine::parse(const QStringList& arguments)
{
    const QString program = QFileInfo(arguments.value(0)).fileName();
    const bool parsed = m_parser.parse(arguments);
    if (m_parser.isSet(QStringLiteral("help"))) {
        m_requestedText = m_parser.helpText().trimmed();
        m_requestedText.replace(QStringLiteral("<executable_name>"), program);
        return {};
    }
    if (m_parser.isSet(QStringLiteral("version"))) {
        m_requestedText = program + QStringLiteral(" " SHMPIX_VERSION);
        return {};
    }
    if (!parsed) {
        QString reason = m_parser.errorText();
        if (reason.endsWith(QLatin1Char('.'))) {
            reason.chop(1);
        }
        return Error{ErrorCode::Usage,
                     Text::tr("%1. Run %2 --help for the list of options.").arg(reason, program)};
    }
    return {};
}

Result<double> CommandLine::seconds(const QString& name, double fallback) const
{
    if (!has(name)) {
        return fallback;
    }
    constexpr double most = 20 * 24 * 3600.0; // what a QTimer can count
    bool isNumber = false;
    const double number = value(name).toDouble(&isNumber);
    if (!isNumber || !(number >= 0) || number > most) {
        return Error{
            ErrorCode::Usage,
            Text::tr("“%1” is not a number of seconds. Write --%2 2.5, for example.").arg(value(name), name)};
    }
    return number;
}

QStringList localWords(int argc, char** argv)
{
    QStringList words;
    for (int i = 0; i < argc; ++i) {
        words.append(QString::fromLocal8Bit(argv[i]));
    }
    return words;
}

bool hasQtArguments(const QStringList& arguments)
{
    static const QStringList known = {
        QStringLiteral("-platform"),        QStringLiteral("-style"),
        QStringLiteral("-stylesheet"),      QStringLiteral("-display"),
        QStringLiteral("-qwindowgeometry"), QStringLiteral("-geometry"),
        QStringLiteral("-platformtheme"),   QStringLiteral("-platformpluginpath"),
        QStringLiteral("-reverse"),         QStringLiteral("-session")};
    return std::any_of(arguments.begin(), arguments.end(),
                       [](const QString& word) { return known.contains(word); });
}

} // namespace shmpix
