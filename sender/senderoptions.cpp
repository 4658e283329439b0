#include "sender/senderoptions.h"

#include <QCoreApplication>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(SenderOptions)
};

void addOptions(CommandLine& line)
{
    addPictureOptions(
        line, {Text::tr("Share under this key: NAME, posix:/NAME, qt:KEY, systemv:/FILE or file:/PATH "
                        "(default: shmpix)."),
               Text::tr("Share as live, datastream, rawsize, bmp, png, jpeg, pixels or npy (default: live, "
                        "or datastream under qt: and systemv:)."),
               Text::tr("Share plain pixels in this layout: [WxH:]FORMAT[,stride=N][,offset=N][,bottom-up], "
                        "such as bgr8; for npy, only the format; for --stdin, the layout of raw frames.")});
    line.addFlag(QStringLiteral("share"), Text::tr("Share the picture as soon as the window is open."));
    line.addFlag(QStringLiteral("headless"),
                 Text::tr("Without a window: share, print a line, and run until a signal arrives."));
    line.addValue(QStringLiteral("for"), QStringLiteral("seconds"),
                  Text::tr("With --headless: exit after this time."));
    line.addFlag(QStringLiteral("keep"), Text::tr("Leave the picture shared when the program ends."));
    line.addFlag(QStringLiteral("replace"),
                 Text::tr("With --share or --headless: replace a segment that Shmpix did not create."));
    addAccessOptions(
        line,
        Text::tr("Give other users access to the segment: permission bits such as 0644 (default: 0600, which "
                 "gives access to nobody else)."),
        Text::tr("Give one of your groups access to the segment, by name or number (with --mode 0640)."));
    addLiveOptions(line);
    line.addPositional(QStringLiteral("image"),
                       Text::tr("The picture file; several files, or a folder, make a slideshow."));
    addReportOptions(line, Text::tr("With --headless or --doctor: print an object instead of lines."));
}

Result<void> takeLayoutToShare(const CommandLine& line, SenderOptions& options)
{
    if (options.live) { // the layout is taken with the other live options
        options.protocol = ProtocolId::Live;
        return {};
    }
    if (auto taken = takeLayout(line, parseLayoutOfPicture, options); !taken) {
        return taken.error();
    }
    if (options.layout && *options.protocol != ProtocolId::Pixels && *options.protocol != ProtocolId::Npy) {
        return Error{
            ErrorCode::Usage,
            Text::tr(
                "--layout is for the protocols pixels and npy, not for %1. Leave out --layout or --protocol.")
                .arg(protocolName(*options.protocol))};
    }
    return {};
}

Result<void> takeSeconds(const CommandLine& line, SenderOptions& options)
{
    if (!line.has(QStringLiteral("for"))) {
        return {};
    }
    auto seconds = line.seconds(QStringLiteral("for"), 0);
    if (!seconds) {
        return seconds.error();
    }
    options.seconds = *seconds;
    return {};
}

/// Rejects options that a window would silently ignore.
Result<void> checkWindow(const SenderOptions& options)
{
    const bool isJsonOfDoctor = options.json && options.doctor;
    if (!options.headless && (options.seconds || (options.json && !isJsonOfDoctor))) {
        return Error{ErrorCode::Usage,
                     Text::tr("--for and --json require --headless. Add --headless, or leave them out.")};
    }
    if (options.replace && !options.headless && !options.share) {
        return Error{
            ErrorCode::Usage,
            Text::tr("--replace requires --share or --headless. Add one of them, or leave out --replace.")};
    }
    return {};
}

Result<void> takeImage(const CommandLine& line, SenderOptions& options)
{
    if (options.live) {
        if (options.live->source.kind == LiveSource::Kind::StandardInput && !options.headless) {
            return Error{ErrorCode::Usage, Text::tr("--stdin requires --headless. Add --headless.")};
        }
        return {};
    }
    options.image = line.positional().value(0);
    if (options.headless && !options.doctor && options.image.isEmpty()) {
        return Error{ErrorCode::Usage,
                     Text::tr("There is no picture to share. Name a file, such as photo.png.")};
    }
    return {};
}

Result<void> takeWhatCanBeWrong(const CommandLine& line, SenderOptions& options)
{
    if (auto taken = takePictureOptions(line, AutoProtocol::No, options); !taken) {
        return taken.error();
    }
    if (auto taken = takeAccess(line, options); !taken) {
        return taken.error();
    }
    auto live = takeLiveOptions(line, options.protocol);
    if (!live) {
        return live.error();
    }
    options.live = *live;
    if (auto taken = takeLayoutToShare(line, options); !taken) {
        return taken.error();
    }
    if (auto taken = takeSeconds(line, options); !taken) {
        return taken.error();
    }
    if (auto checked = checkWindow(options); !checked) {
        return checked.error();
    }
    return takeImage(line, options);
}

} // namespace

Result<SenderOptions> parseSenderOptions(const QStringList& arguments)
{
    CommandLine line(Text::tr("Shares a picture through named shared memory."));
    addOptions(line);
    if (auto parsed = line.parse(arguments); !parsed) {
        return parsed.error();
    }
    SenderOptions options;
    takeCommonWords(line, options);
    options.share = line.has(QStringLiteral("share"));
    options.keep = line.has(QStringLiteral("keep"));
    options.replace = line.has(QStringLiteral("replace"));
    if (!options.printAndLeave.isEmpty()) {
        return options;
    }
    if (auto taken = takeWhatCanBeWrong(line, options); !taken) {
        return taken.error();
    }
    return options;
}

} // namespace shmpix
