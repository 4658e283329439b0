#include "receiver/headlessreceiver.h"

#include "common/app/console.h"
#include "common/app/defaults.h"
#include "common/channel/loadpicture.h"
#include "common/doctor/keydoctor.h"
#include "receiver/picturesaver.h"
#include "receiver/segmentcommands.h"
#include "receiver/stream/headlessfollow.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QJsonArray>
#include <QThread>

#include <algorithm>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(HeadlessReceiver)
};

/// Other programs do not announce that they are ready, so we poll.
constexpr unsigned long lookAgainMilliseconds = 20;

constexpr std::chrono::milliseconds longestGuess{2000};
constexpr std::chrono::milliseconds shortestGuess{500}; ///< enough for a picture that is not huge

Result<LoadedPicture> loadWithin(const LoadRequest& request, double seconds)
{
    std::optional<Error> refused; // the error for the segment that was there
    for (;;) {
        auto loaded = loadPicture(request);
        if (loaded || seconds <= 0) {
            return loaded;
        }
        const QString key = request.address.toString();
        switch (loaded.error().code) {
        case ErrorCode::TimedOut:
            return refused.value_or(
                Error{ErrorCode::TimedOut, Text::tr("The picture under %1 could not be read within %2 "
                                                    "seconds. Allow more time with --timeout.")
                                               .arg(key)
                                               .arg(seconds)});
        case ErrorCode::BadData:
            refused = loaded.error();
            break;
        case ErrorCode::NotFound:
        case ErrorCode::LockHeld:
            break;
        default:
            return loaded;
        }
        if (request.limit.isOver()) {
            return loaded.error().code == ErrorCode::NotFound
                       ? Error{ErrorCode::TimedOut,
                               Text::tr("Nothing was shared under %1 within %2 seconds. Share a picture "
                                        "there, or check the key.")
                                   .arg(key)
                                   .arg(seconds)}
                       : loaded;
        }
        QThread::msleep(lookAgainMilliseconds);
    }
}

/// Adds the most likely layout if none was given. Takes the rest of the time limit, or slightly more.
Error withProposal(Error error, LoadRequest request)
{
    request.limit.deadline = QDeadlineTimer(std::max(shortestGuess, request.limit.leftOf(longestGuess)));
    if (const auto proposals = proposalsAfter(request, error); !proposals.empty()) {
        error.text += QLatin1Char(' ') +
                      Text::tr("If the segment holds plain pixels, their most likely layout is --layout %1.")
                          .arg(layoutText(proposals.front().layout));
    }
    return error;
}

/// An error message is about the segment that the key leads to.
Result<LoadedPicture> load(const ReceiverOptions& options, const TimeLimit& limit)
{
    const QString key = keyOrDefault(options.key);
    const auto explained = [&key](Error error) {
        if (const auto diagnosis = diagnose(key, error)) {
            error.text = diagnosis->text();
        }
        return error;
    };
    auto address = SegmentAddress::parse(key);
    if (!address) {
        return explained(address.error());
    }
    LoadRequest request{*address, options.protocol, {{}, options.layout}, {}};
    request.limit = limit;
    auto loaded = loadWithin(request, options.timeout);
    if (!loaded) {
        return explained(withProposal(loaded.error(), request));
    }
    if (options.flip != Flip::None) {
        loaded->image = flipped(std::move(loaded->image), options.flip);
    }
    return loaded;
}

/// An error message is about the file that was to be saved.
Result<void> save(const LoadedPicture& picture, const ReceiverOptions& options, const TimeLimit& limit)
{
    if (options.save.isEmpty()) {
        return {};
    }
    return savePicture(picture.image, options.save, {options.patience(), options.access, limit});
}

QJsonObject toJson(const LoadedPicture& picture, const ReceiverOptions& options)
{
    QJsonArray others;
    for (const QSize& size : picture.otherSizes) {
        others.append(QStringLiteral("%1x%2").arg(size.width()).arg(size.height()));
    }
    return {
        {QStringLiteral("address"), picture.address.toString()},
        {QStringLiteral("protocol"), protocolName(picture.protocol)},
        {QStringLiteral("reason"), picture.reason},
        {QStringLiteral("width"), picture.image.width()},
        {QStringLiteral("height"), picture.image.height()},
        {QStringLiteral("layout"), picture.layout},
        {QStringLiteral("pixelLayout"), picture.pixelLayout ? layoutText(*picture.pixelLayout) : QString()},
        {QStringLiteral("note"), picture.note},
        {QStringLiteral("bytes"), picture.bytes},
        {QStringLiteral("segmentBytes"), picture.segmentBytes},
        {QStringLiteral("milliseconds"), picture.milliseconds},
        {QStringLiteral("otherSizes"), others},
        {QStringLiteral("saved"), options.save}};
}

/// For scripts, and therefore always in English and with plain numbers.
QStringList factsOf(const LoadedPicture& picture, const ReceiverOptions& options)
{
    QStringList lines = {QStringLiteral("loaded %1x%2 %3 as %4 from %5: %6 bytes in %7 ms")
                             .arg(picture.image.width())
                             .arg(picture.image.height())
                             .arg(picture.layout, protocolName(picture.protocol), picture.address.toString())
                             .arg(picture.bytes)
                             .arg(picture.milliseconds, 0, 'f', 1),
                         picture.reason};
    if (!picture.note.isEmpty()) {
        lines.append(picture.note);
    }
    for (const QSize& size : picture.otherSizes) {
        lines.append(QStringLiteral("also fits %1x%2").arg(size.width()).arg(size.height()));
    }
    if (!options.save.isEmpty()) {
        lines.append(QStringLiteral("saved %1").arg(options.save));
    }
    return lines;
}

/// Prints to standard error if the picture was written to standard output.
Result<void> printFacts(const LoadedPicture& picture, const ReceiverOptions& options)
{
    const bool isPictureThere = !options.save.isEmpty() && isStandardOutput(options.save);
    const Output output = isPictureThere ? Output::Error : Output::Standard;
    if (options.json) {
        return printJson(toJson(picture, options), output);
    }
    for (const QString& line : factsOf(picture, options)) {
        if (auto printed = printLine(line, output); !printed) {
            return printed;
        }
    }
    return {};
}

} // namespace

int runHeadlessReceiver(const ReceiverOptions& options)
{
    const QString program = QStringLiteral("shmpix-receiver");
    if (options.list) {
        return exitStatus(program, printSegments(options.json));
    }
    if (options.clean) {
        return exitStatus(program, cleanSegments(options.dryRun, options.json));
    }
    if (options.live) {
        return runHeadlessFollow(options);
    }
    TimeLimit limit;
    if (options.timeout > 0) {
        limit.deadline = QDeadlineTimer(options.patience());
    }
    const auto loaded = load(options, limit);
    if (!loaded) {
        return reportError(program, loaded.error());
    }
    if (auto saved = save(*loaded, options, limit); !saved) {
        return reportError(program, saved.error());
    }
    return exitStatus(program, printFacts(*loaded, options));
}

} // namespace shmpix
