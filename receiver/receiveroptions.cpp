#include "receiver/receiveroptions.h"

#include <QCoreApplication>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(ReceiverOptions)
};

void addOptions(CommandLine& line)
{
    addPictureOptions(
        line,
        {Text::tr(
             "Load from this key: NAME, posix:/NAME, qt:KEY, systemv:/FILE or file:/PATH (default: shmpix)."),
         Text::tr("Read as live, datastream, rawsize, bmp, png, jpeg, pixels or npy, or auto to detect the "
                  "protocol (default: auto)."),
         Text::tr("Read as plain pixels: WxH:FORMAT[,stride=N][,offset=N][,bottom-up], such as "
                  "640x480:bgr8.")});
    line.addValue(QStringLiteral("flip"), QStringLiteral("h|v|both"), Text::tr("Mirror the picture."));
    line.addFlag(QStringLiteral("load"), Text::tr("Load as soon as the window is open."));
    line.addFlag(QStringLiteral("live"), Text::tr("Follow the newest picture as it changes."));
    line.addFlag(QStringLiteral("headless"),
                 Text::tr("Without a window: load once, print the facts and exit. With --live: read and "
                          "check the newest frames, and print the counts at the end."));
    line.addValue(QStringLiteral("save"), QStringLiteral("file"),
                  Text::tr("With --headless: save the picture. With --live: save every frame under a name "
                           "with one %d, such as frame-%05d.png; without %d, only the last frame is kept."));
    addAccessOptions(
        line,
        Text::tr("With --save: the permission bits of the file, such as 0644 (default: those of the file "
                 "that it replaces)."),
        Text::tr(
            "With --save: the group of the file, by name or number; one of your groups (with --mode 0640)."));
    line.addValue(QStringLiteral("timeout"), QStringLiteral("seconds"),
                  Text::tr("With --headless: how long to wait until a picture is there and read (default: 0, "
                           "which reads what is there), or for --count frames (default: no limit)."));
    line.addValue(
        QStringLiteral("count"), QStringLiteral("frames"),
        Text::tr("With --headless --live: exit after this number of frames (default: run until stopped)."));
    line.addValue(
        QStringLiteral("stdout"), QStringLiteral("y4m|raw"),
        Text::tr("With --headless --live: write the frames to standard output, as YUV4MPEG2 or as RGBA "
                 "bytes, and the counts to standard error. The first frame determines the size."));
    addReportOptions(line,
                     Text::tr("With --headless, --list, --clean or --doctor: print JSON instead of lines."));
    line.addFlag(QStringLiteral("list"),
                 Text::tr("Without a window: list the shared memory of this machine."));
    line.addFlag(QStringLiteral("clean"), Text::tr("Without a window: remove the Shmpix segments of dead "
                                                   "senders, including those shared with --keep."));
    line.addFlag(QStringLiteral("dry-run"), Text::tr("With --clean: only print what would be removed."));
}

Result<Flip> parseFlip(const QString& word)
{
    if (word == QLatin1StringView("h")) {
        return Flip::Horizontal;
    }
    if (word == QLatin1StringView("v")) {
        return Flip::Vertical;
    }
    if (word == QLatin1StringView("both")) {
        return Flip::Both;
    }
    return Error{ErrorCode::Usage,
                 Text::tr("Unknown flip “%1”. Write --flip h, --flip v or --flip both.").arg(word)};
}

/// --list and --clean load nothing, so options for loading would be silently ignored.
Result<void> checkListing(const CommandLine& line)
{
    const bool list = line.has(QStringLiteral("list"));
    const bool clean = line.has(QStringLiteral("clean"));
    if (line.has(QStringLiteral("dry-run")) && !clean) {
        return Error{ErrorCode::Usage,
                     Text::tr("--dry-run requires --clean. Add --clean, or leave out --dry-run.")};
    }
    if (list && clean) {
        return Error{ErrorCode::Usage,
                     Text::tr("--list and --clean cannot be combined. Run the program once for each.")};
    }
    for (const char* name : {"key", "protocol", "layout", "flip", "load", "save", "mode", "group", "timeout",
                             "doctor", "live", "count", "stdout"}) {
        if ((list || clean) && line.has(QString::fromLatin1(name))) {
            return Error{
                ErrorCode::Usage,
                Text::tr(
                    "--%1 cannot be combined with --%2, which does not load anything. Leave out one of them.")
                    .arg(QString::fromLatin1(name), list ? QStringLiteral("list") : QStringLiteral("clean"))};
        }
    }
    return {};
}

Result<void> takeLayoutToRead(const CommandLine& line, ReceiverOptions& options)
{
    if (auto taken = takeLayout(line, parseLayout, options); !taken) {
        return taken.error();
    }
    if (options.layout && *options.protocol != ProtocolId::Pixels) {
        return Error{ErrorCode::Usage, Text::tr("--layout is for plain pixels, and %1 describes its own "
                                                "pixels. Leave out --layout or --protocol.")
                                           .arg(protocolName(*options.protocol))};
    }
    return {};
}

Result<void> takeFlip(const CommandLine& line, ReceiverOptions& options)
{
    if (!line.has(QStringLiteral("flip"))) {
        return {};
    }
    auto flip = parseFlip(line.value(QStringLiteral("flip")));
    if (!flip) {
        return flip.error();
    }
    options.flip = *flip;
    return {};
}

/// Takes the options that only the headless receiver supports; a window would silently ignore them.
Result<void> takeHeadlessOptions(const CommandLine& line, ReceiverOptions& options)
{
    auto timeout = line.seconds(QStringLiteral("timeout"), 0);
    if (!timeout) {
        return timeout.error();
    }
    options.timeout = *timeout;
    const bool wantsHeadless = line.has(QStringLiteral("save")) || line.has(QStringLiteral("timeout")) ||
                               (options.json && !options.doctor);
    if (wantsHeadless && !options.headless) {
        return Error{
            ErrorCode::Usage,
            Text::tr("--save, --timeout and --json require --headless. Add --headless, or leave them out.")};
    }
    options.save = line.value(QStringLiteral("save"));
    if (line.has(QStringLiteral("save")) && options.save.isEmpty()) {
        return Error{
            ErrorCode::Usage,
            Text::tr("The name of the file to save is empty. Write --save picture.png, for example.")};
    }
    if (options.save.isEmpty() && (line.has(QStringLiteral("mode")) || line.has(QStringLiteral("group")))) {
        return Error{ErrorCode::Usage,
                     Text::tr("--mode and --group apply to the file of --save. Add --save, or leave them "
                              "out. For a segment, give them to the sender.")};
    }
    return takeAccess(line, options);
}

Result<StreamFormat> parseStreamFormat(const QString& word)
{
    if (word == QLatin1StringView("y4m")) {
        return StreamFormat::Y4m;
    }
    if (word == QLatin1StringView("raw")) {
        return StreamFormat::Raw;
    }
    return Error{ErrorCode::Usage,
                 Text::tr("Frames cannot be written as “%1”. Write --stdout y4m or --stdout raw.").arg(word)};
}

Result<quint64> parseCount(const QString& word)
{
    bool isNumber = false;
    const quint64 count = word.toULongLong(&isNumber);
    if (!isNumber || count == 0) {
        return Error{ErrorCode::Usage,
                     Text::tr("“%1” is not a number of frames. Write --count 600, for example.").arg(word)};
    }
    return count;
}

/// Takes the options that are allowed with --live, and those that are allowed only with it.
Result<void> takeLiveOptions(const CommandLine& line, ReceiverOptions& options)
{
    const bool hasCount = line.has(QStringLiteral("count"));
    const bool hasStream = line.has(QStringLiteral("stdout"));
    if ((hasCount || hasStream) && !(options.live && options.headless)) {
        return Error{ErrorCode::Usage, Text::tr("--count and --stdout require --headless --live. Add both, "
                                                "or leave out --count and --stdout.")};
    }
    if (options.live && options.load) {
        return Error{ErrorCode::Usage,
                     Text::tr("--load loads once, and --live keeps loading. Leave out one of them.")};
    }
    if (hasCount) {
        auto count = parseCount(line.value(QStringLiteral("count")));
        if (!count) {
            return count.error();
        }
        options.count = *count;
    }
    if (hasStream) {
        auto stream = parseStreamFormat(line.value(QStringLiteral("stdout")));
        if (!stream) {
            return stream.error();
        }
        options.stream = *stream;
    }
    if (options.live && !options.save.isEmpty()) {
        auto names = FrameFileName::parse(options.save);
        if (!names) {
            return names.error();
        }
        options.frameNames = std::move(*names);
    }
    return {};
}

Result<void> takeWhatCanBeWrong(const CommandLine& line, ReceiverOptions& options)
{
    if (auto checked = checkListing(line); !checked) {
        return checked.error();
    }
    if (auto taken = takePictureOptions(line, AutoProtocol::Yes, options); !taken) {
        return taken.error();
    }
    if (auto taken = takeLayoutToRead(line, options); !taken) {
        return taken.error();
    }
    if (auto taken = takeFlip(line, options); !taken) {
        return taken.error();
    }
    if (auto taken = takeHeadlessOptions(line, options); !taken) {
        return taken.error();
    }
    if (auto taken = takeLiveOptions(line, options); !taken) {
        return taken.error();
    }
    if (!line.positional().isEmpty()) {
        return Error{ErrorCode::Usage, Text::tr("Unexpected argument “%1”. Write --key %1 to give the key.")
                                           .arg(line.positional().first())};
    }
    return {};
}

} // namespace

Result<ReceiverOptions> parseReceiverOptions(const QStringList& arguments)
{
    CommandLine line(Text::tr("Shows a picture that a program shares through named shared memory."));
    addOptions(line);
    if (auto parsed = line.parse(arguments); !parsed) {
        return parsed.error();
    }
    ReceiverOptions options;
    takeCommonWords(line, options);
    options.load = line.has(QStringLiteral("load"));
    options.live = line.has(QStringLiteral("live"));
    options.list = line.has(QStringLiteral("list"));
    options.clean = line.has(QStringLiteral("clean"));
    options.dryRun = line.has(QStringLiteral("dry-run"));
    options.headless = options.headless || options.list || options.clean;
    if (!options.printAndLeave.isEmpty()) {
        return options;
    }
    if (auto taken = takeWhatCanBeWrong(line, options); !taken) {
        return taken.error();
    }
    return options;
}

} // namespace shmpix
