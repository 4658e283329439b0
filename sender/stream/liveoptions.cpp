#include "sender/stream/liveoptions.h"

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

/// The options that were given, as they appear on the command line.
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
        return usage(
            Text::tr(
                "“%1” is not a frame rate. Write a number greater than 0 and up to 1000, such as --fps 30.")
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
        return usage(Text::tr("--size requires --pattern. Add --pattern, or leave out --size."));
    }
    auto layout = parseLayout(line.value(name) + QStringLiteral(":bgrx8"));
    if (!layout || layout->width < smallestTestPattern.width() ||
        layout->height < smallestTestPattern.height() || !checkedExtent(*layout)) {
        return usage(
            Text::tr(
                "“%1” is not a size for the test pattern. Write at least 64x16, such as --size 1920x1080.")
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
        return usage(Text::tr(
            "--pattern, --stdin, --watch and picture files exclude one another. Give only one of them."));
    }
    if (source.kind == LiveSource::Kind::Watch) {
        source.paths = QStringList(line.value(QStringLiteral("watch")));
    }
    if (sources == 0 || source.paths.contains(QString())) {
        return usage(Text::tr("There is nothing to stream. Name picture files or a folder, or add --pattern, "
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
        return usage(Text::tr("Live frames describe their own pixels. Leave out --layout, or use it for raw "
                              "frames with --stdin."));
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
                  Text::tr("Live: frames per second (default: the rate of the source)."));
    line.addFlag(QStringLiteral("loop"), Text::tr("Live: start again at the end."));
    line.addValue(QStringLiteral("watch"), QStringLiteral("file"),
                  Text::tr("Live: share a frame whenever the picture file changes."));
    line.addFlag(QStringLiteral("pattern"), Text::tr("Live: share a test pattern with numbered frames."));
    line.addValue(QStringLiteral("size"), QStringLiteral("WxH"),
                  Text::tr("With --pattern: the size of the pattern (default: 1920x1080)."));
    line.addFlag(
        QStringLiteral("stdin"),
        Text::tr("Live: read frames from standard input, as Y4M or PPM, or as raw frames with --layout."));
    line.addFlag(QStringLiteral("checksums"), Text::tr("Live: add a checksum to each frame."));
    line.addFlag(QStringLiteral("take-over"),
                 Text::tr("Live: quit another Shmpix program that shares under the key and take its place."));
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
                ? Text::tr("%1 pictures were given, but only one can be shared as %2. Give a single picture.")
                      .arg(line.positional().size())
                      .arg(protocolName(*protocol))
                : Text::tr("The protocol %2 does not support %1. Leave out %1, or use the protocol live.")
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
