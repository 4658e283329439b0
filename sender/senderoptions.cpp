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
                        "(shmpix)."),
               Text::tr("Share as live, datastream, rawsize, bmp, png, jpeg, pixels or npy (live)."),
               Text::tr("How plain pixels lie: [WxH:]FORMAT[,stride=N][,offset=N][,bottom-up], such as "
                        "bgr8; for npy only the format.")});
    line.addFlag(QStringLiteral("share"), Text::tr("Share the picture as soon as it is open."));
    line.addFlag(QStringLiteral("headless"),
                 Text::tr("Open no window: share, print a line, stay until a signal."));
    line.addValue(QStringLiteral("for"), QStringLiteral("seconds"),
                  Text::tr("With --headless: end by itself."));
    line.addFlag(QStringLiteral("keep"), Text::tr("Leave the picture shared at the end."));
    line.addFlag(QStringLiteral("replace"), Text::tr("Replace a segment that Shmpix has not made."));
    addAccessOptions(
        line, Text::tr("Let other users use the segment: permission bits such as 0644 (0600, nobody else)."),
        Text::tr("Let a group use the segment, one of yours: its name or number (with --mode 0640)."));
    addLiveOptions(line);
    line.addPositional(QStringLiteral("image"),
                       Text::tr("The picture file; several ones, or a folder, are a slideshow."));
    addReportOptions(line, Text::tr("With --headless or --doctor: print an object instead of lines."));
}

Result<void> takeLayoutToShare(const CommandLine& line, SenderOptions& options)
{
    if (options.live) { // its layout is taken with the rest of it
        options.protocol = ProtocolId::Live;
        return {};
    }
    if (auto taken = takeLayout(line, parseLayoutOfPicture, options); !taken) {
        return taken.error();
    }
    if (options.layout && *options.protocol != ProtocolId::Pixels && *options.protocol != ProtocolId::Npy) {
        return Error{ErrorCode::Usage, Text::tr("--layout is for the protocols pixels and npy, not for %1: "
                                                "leave one of the two options out.")
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

/// What would be ignored without a word in a window.
Result<void> checkWindow(const SenderOptions& options)
{
    const bool isJsonOfDoctor = options.json && options.doctor;
    if (!options.headless && (options.seconds || (options.json && !isJsonOfDoctor))) {
        return Error{ErrorCode::Usage,
                     Text::tr("--for and --json are for --headless: add it, or leave them out.")};
    }
    if (options.replace && !options.headless && !options.share) {
        return Error{ErrorCode::Usage,
                     Text::tr("--replace is for --share and --headless: add one, or leave it out.")};
    }
    return {};
}

Result<void> takeImage(const CommandLine& line, SenderOptions& options)
{
    if (options.live) {
        if (options.live->source.kind == LiveSource::Kind::StandardInput && !options.headless) {
            return Error{ErrorCode::Usage, Text::tr("--stdin is for --headless: add it.")};
        }
        return {};
    }
    options.image = line.positional().value(0);
    if (options.headless && !options.doctor && options.image.isEmpty()) {
        return Error{ErrorCode::Usage,
                     Text::tr("There is no picture to share: name a file, such as photo.png.")};
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
