#include "sender/senderoptions.h"

#include "common/base/commandline.h"
#include "common/channel/keydoctor.h"

#include <QCoreApplication>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(SenderOptions)
};

/// A layout says by itself that plain pixels are to be shared.
Result<void> parseLayoutOption(const CommandLine& line, SenderOptions& options)
{
    if (!line.has(QStringLiteral("layout"))) {
        return {};
    }
    auto layout = parseLayoutOfPicture(line.value(QStringLiteral("layout")));
    if (!layout) {
        return layout.error();
    }
    options.protocol = options.protocol.value_or(ProtocolId::Pixels);
    if (*options.protocol != ProtocolId::Pixels && *options.protocol != ProtocolId::Npy) {
        return Error{ErrorCode::Usage, Text::tr("--layout is for the protocols pixels and npy, not for %1: "
                                                "leave one of the two options out.")
                                           .arg(protocolName(*options.protocol))};
    }
    options.layout = *layout;
    return {};
}

} // namespace

Result<SenderOptions> parseSenderOptions(const QStringList& arguments)
{
    CommandLine line(Text::tr("Shares a picture through named shared memory."));
    line.addValue(
        QStringLiteral("key"), QStringLiteral("address"),
        Text::tr("Share under this key: NAME, posix:/NAME, qt:KEY, systemv:/FILE or file:/PATH (shmpix)."));
    line.addValue(QStringLiteral("protocol"), QStringLiteral("name"),
                  Text::tr("Share as datastream, rawsize, bmp, png, jpeg, pixels or npy (datastream)."));
    line.addValue(QStringLiteral("layout"), QStringLiteral("layout"),
                  Text::tr("How plain pixels lie: [WxH:]FORMAT[,stride=N][,offset=N][,bottom-up], such as "
                           "bgr8; for npy only the format."));
    line.addFlag(QStringLiteral("share"), Text::tr("Share the picture as soon as it is open."));
    line.addFlag(QStringLiteral("headless"),
                 Text::tr("Open no window: share, print a line, stay until a signal."));
    line.addValue(QStringLiteral("for"), QStringLiteral("seconds"),
                  Text::tr("With --headless: end by itself."));
    line.addFlag(QStringLiteral("keep"), Text::tr("Leave the picture shared at the end."));
    line.addFlag(QStringLiteral("replace"), Text::tr("Replace a segment that Shmpix has not made."));
    line.addFlag(QStringLiteral("json"),
                 Text::tr("With --headless or --doctor: print an object instead of lines."));
    line.addPositional(QStringLiteral("image"), Text::tr("The picture file."));
    addDoctorOption(line);
    if (auto parsed = line.parse(arguments); !parsed) {
        return parsed.error();
    }
    SenderOptions options;
    options.printAndLeave = line.requestedText();
    options.key = line.value(QStringLiteral("key"));
    options.share = line.has(QStringLiteral("share"));
    options.headless = line.has(QStringLiteral("headless"));
    options.keep = line.has(QStringLiteral("keep"));
    options.replace = line.has(QStringLiteral("replace"));
    options.json = line.has(QStringLiteral("json"));
    if (!options.printAndLeave.isEmpty()) {
        return options;
    }
    auto doctor = doctorKey(line);
    if (!doctor) {
        return doctor.error();
    }
    options.doctor = *doctor;
    if (line.has(QStringLiteral("key")) && options.key.isEmpty()) {
        return Error{ErrorCode::Usage, Text::tr("The key is empty: write --key shmpix, for example.")};
    }
    if (line.has(QStringLiteral("protocol"))) {
        auto protocol = parseProtocol(line.value(QStringLiteral("protocol")));
        if (!protocol) {
            return protocol.error();
        }
        options.protocol = *protocol;
    }
    if (auto layout = parseLayoutOption(line, options); !layout) {
        return layout.error();
    }
    if (line.has(QStringLiteral("for"))) {
        auto seconds = line.seconds(QStringLiteral("for"), 0);
        if (!seconds) {
            return seconds.error();
        }
        options.seconds = *seconds;
    }
    const bool isJsonOfDoctor = options.json && options.doctor;
    if (!options.headless && (options.seconds || (options.json && !isJsonOfDoctor))) {
        return Error{ErrorCode::Usage,
                     Text::tr("--for and --json are for --headless: add it, or leave them out.")};
    }
    if (options.replace && !options.headless && !options.share) {
        return Error{ErrorCode::Usage,
                     Text::tr("--replace is for --share and --headless: add one, or leave it out.")};
    }
    const QStringList images = line.positional();
    if (images.size() > 1) {
        return Error{ErrorCode::Usage,
                     Text::tr("%1 pictures were given, and only one at a time can be shared: give one.")
                         .arg(images.size())};
    }
    options.image = images.value(0);
    if (options.headless && !options.doctor && options.image.isEmpty()) {
        return Error{ErrorCode::Usage,
                     Text::tr("There is no picture to share: name a file, such as photo.png.")};
    }
    return options;
}

} // namespace shmpix
