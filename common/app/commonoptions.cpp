#include "common/app/commonoptions.h"

#include <QCoreApplication>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(CommonOptions)
};

Result<void> takeDoctor(const CommandLine& line, CommonOptions& options)
{
    const QString name = QStringLiteral("doctor");
    if (!line.has(name)) {
        return {};
    }
    if (line.value(name).isEmpty()) {
        return Error{ErrorCode::Usage, Text::tr("The key is empty. Write --doctor shmpix, for example.")};
    }
    options.doctor = line.value(name);
    return {};
}

Result<void> takeProtocol(const CommandLine& line, AutoProtocol autoProtocol, CommonOptions& options)
{
    const QString word = line.value(QStringLiteral("protocol"));
    const bool isOpen = autoProtocol == AutoProtocol::Yes && word == QLatin1StringView("auto");
    if (!line.has(QStringLiteral("protocol")) || isOpen) {
        return {};
    }
    auto protocol = parseProtocol(word);
    if (!protocol) {
        return protocol.error();
    }
    options.protocol = *protocol;
    return {};
}

} // namespace

void addPictureOptions(CommandLine& line, const PictureOptionTexts& texts)
{
    line.addValue(QStringLiteral("key"), QStringLiteral("address"), texts.key);
    line.addValue(QStringLiteral("protocol"), QStringLiteral("name"), texts.protocol);
    line.addValue(QStringLiteral("layout"), QStringLiteral("layout"), texts.layout);
}

void addAccessOptions(CommandLine& line, const QString& mode, const QString& group)
{
    line.addValue(QStringLiteral("mode"), QStringLiteral("octal"), mode);
    line.addValue(QStringLiteral("group"), QStringLiteral("name"), group);
}

Result<void> takeAccess(const CommandLine& line, CommonOptions& options)
{
    if (line.has(QStringLiteral("mode"))) {
        auto mode = parseMode(line.value(QStringLiteral("mode")));
        if (!mode) {
            return mode.error();
        }
        options.access.mode = *mode;
    }
    if (line.has(QStringLiteral("group"))) {
        auto group = parseGroup(line.value(QStringLiteral("group")));
        if (!group) {
            return group.error();
        }
        options.access.group = *group;
    }
    return {};
}

void addReportOptions(CommandLine& line, const QString& json)
{
    line.addFlag(QStringLiteral("json"), json);
    line.addValue(QStringLiteral("doctor"), QStringLiteral("name"),
                  Text::tr("Without a window: print the key's name in other programs, sample code for them, "
                           "and why loading from the key fails."));
}

void takeCommonWords(const CommandLine& line, CommonOptions& options)
{
    options.printAndLeave = line.requestedText();
    options.key = line.value(QStringLiteral("key"));
    options.headless = line.has(QStringLiteral("headless"));
    options.json = line.has(QStringLiteral("json"));
}

Result<void> takePictureOptions(const CommandLine& line, AutoProtocol autoProtocol, CommonOptions& options)
{
    if (auto doctor = takeDoctor(line, options); !doctor) {
        return doctor.error();
    }
    if (line.has(QStringLiteral("key")) && options.key.isEmpty()) {
        return Error{ErrorCode::Usage, Text::tr("The key is empty. Write --key shmpix, for example.")};
    }
    return takeProtocol(line, autoProtocol, options);
}

Result<void> takeLayout(const CommandLine& line, Result<PixelLayout> (*parse)(const QString& text),
                        CommonOptions& options)
{
    if (!line.has(QStringLiteral("layout"))) {
        return {};
    }
    auto layout = parse(line.value(QStringLiteral("layout")));
    if (!layout) {
        return layout.error();
    }
    options.layout = *layout;
    options.protocol = options.protocol.value_or(ProtocolId::Pixels);
    return {};
}

} // namespace shmpix
