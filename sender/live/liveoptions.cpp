#include "sender/live/liveoptions.h"

#include "common/image/testpattern.h"

#include <QCoreApplication>

#include <array>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(LiveOptions)
};

Error usage(const QString& text)
{
    return {ErrorCode::Usage, text};
}

constexpr std::array words = {"fps", "loop", "watch", "pattern", "size", "stdin", "checksums", "take-over"};

/// Those that were given, as they stand on the command line.
QStringList given(const CommandLine& line)
{
    QStringList names;
    for (const char* word : words) {
        if (line.has(QLatin1StringView(word))) {
            names.append(QStringLiteral("--") + QLatin1StringView(word));
        }
    }
    return names;
}

Result<double> rateOf(const CommandLine& line)
{
    const QString name = QStringLiteral("fps");
    if (!line.has(name)) {
        return 0.0;
    }
    constexpr double most = 1000;
    bool isNumber = false;
    const double fps = line.value(name).toDouble(&isNumber);
    if (!isNumber || !(fps > 0 && fps <= most)) {
        return usage(Text::tr("--fps is a number of frames a second over 0 and up to 1000, not %1.")
                         .arg(line.value(name)));
    }
    return fps;
}

Result<QSize> sizeOf(const CommandLine& line, QSize fallback)
{
    const QString name = QStringLiteral("size");
    if (!line.has(name)) {
        return fallback;
    }
    if (!line.has(QStringLiteral("pattern"))) {
        return usage(Text::tr("--size is for --pattern: add it, or leave the size out."));
    }
    auto layout = parseLayout(line.value(name) + QStringLiteral(":bgrx8"));
    if (!layout || layout->width < smallestTestPattern.width() ||
        layout->height < smallestTestPattern.height() || !checkedExtent(*layout)) {
        return usage(Text::tr("--size is given as %1, and a size such as 1920x1080, at least 64x16, is "
                              "expected.")
                         .arg(line.value(name)));
    }
    return QSize(int(layout->width), int(layout->height));
}

Result<LiveSource> sourceOf(const CommandLine& line)
{
    LiveSource source{LiveSource::Kind::Files, line.positional(), {}, {}, {}};
    int sources = source.paths.isEmpty() ? 0 : 1;
    if (line.has(QStringLiteral("pattern"))) {
        source.kind = LiveSource::Kind::Pattern;
        ++sources;
    }
    if (line.has(QStringLiteral("stdin"))) {
        source.kind = LiveSource::Kind::StandardInput;
        ++sources;
    }
    if (line.has(QStringLiteral("watch"))) {
        source.kind = LiveSource::Kind::Watch;
        ++sources;
    }
    if (sources > 1) {
        return usage(Text::tr("--pattern, --stdin, --watch and picture files are different sources: give one "
                              "of them."));
    }
    if (source.kind == LiveSource::Kind::Watch) {
        source.paths = QStringList(line.value(QStringLiteral("watch")));
    }
    if (sources == 0 || source.paths.contains(QString())) {
        return usage(Text::tr("There is nothing to stream: name picture files or a folder, or add --pattern, "
                              "--stdin or --watch FILE."));
    }
    return source;
}

Result<void> takeLayoutOfInput(const CommandLine& line, LiveSource& source)
{
    const QString name = QStringLiteral("layout");
    if (!line.has(name)) {
        return {};
    }
    if (source.kind != LiveSource::Kind::StandardInput) {
        return usage(Text::tr("Live frames say themselves how their pixels lie: leave --layout out, or give "
                              "raw frames by --stdin."));
    }
    auto layout = parseLayout(line.value(name));
    if (!layout) {
        return layout.error();
    }
    if (auto extent = checkedExtent(*layout); !extent) {
        return usage(extent.error().text);
    }
    source.layout = *layout;
    return {};
}

} // namespace

LiveOptions streamOf(const QString& path)
{
    LiveOptions options;
    options.source.kind = LiveSource::Kind::Files;
    options.source.paths = QStringList(path);
    return options;
}

void addLiveOptions(CommandLine& line)
{
    line.addValue(QStringLiteral("fps"), QStringLiteral("number"),
                  Text::tr("Live: so many frames a second (as the source has them)."));
    line.addFlag(QStringLiteral("loop"), Text::tr("Live: begin again at the end."));
    line.addValue(QStringLiteral("watch"), QStringLiteral("file"),
                  Text::tr("Live: a frame each time when the picture file changes."));
    line.addFlag(QStringLiteral("pattern"), Text::tr("Live: a test pattern with numbered frames."));
    line.addValue(QStringLiteral("size"), QStringLiteral("WxH"),
                  Text::tr("With --pattern: its size (1920x1080)."));
    line.addFlag(QStringLiteral("stdin"),
                 Text::tr("Live: frames from standard input, Y4M, PPM, or raw ones with --layout."));
    line.addFlag(QStringLiteral("checksums"), Text::tr("Live: a checksum with each frame."));
    line.addFlag(QStringLiteral("take-over"),
                 Text::tr("Live: end another Shmpix program that shares under the key."));
}

Result<std::optional<LiveOptions>> takeLiveOptions(const CommandLine& line,
                                                   std::optional<ProtocolId> protocol)
{
    const QStringList names = given(line);
    if (names.isEmpty() && line.positional().size() <= 1) {
        return std::optional<LiveOptions>();
    }
    if (protocol.value_or(ProtocolId::Live) != ProtocolId::Live) {
        return usage(
            names.isEmpty()
                ? Text::tr("%1 pictures were given, and only one at a time can be shared as %2: give one.")
                      .arg(line.positional().size())
                      .arg(protocolName(*protocol))
                : Text::tr("%1: this is for the protocol live, not for %2. Leave one of the options out.")
                      .arg(names.join(QLatin1Char(' ')), protocolName(*protocol)));
    }
    auto source = sourceOf(line);
    auto fps = rateOf(line);
    if (!source || !fps) {
        return source ? fps.error() : source.error();
    }
    auto size = sizeOf(line, LiveSource().size);
    if (!size) {
        return size.error();
    }
    source->size = *size;
    if (auto taken = takeLayoutOfInput(line, *source); !taken) {
        return taken.error();
    }
    return std::optional(LiveOptions{*source, *fps, line.has(QStringLiteral("loop")),
                                     line.has(QStringLiteral("checksums")),
                                     line.has(QStringLiteral("take-over"))});
}

} // namespace shmpix
