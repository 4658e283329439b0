#include "sender/headlesssender.h"

#include "common/app/console.h"
#include "common/app/defaults.h"
#include "common/app/stopsignal.h"
#include "common/channel/publisher.h"

#include "sender/picturefile.h"
#include "sender/stream/headlesssendstream.h"

#include <QCoreApplication>
#include <QTimer>

#include <chrono>

namespace shmpix {

namespace {

QString programName()
{
    return QStringLiteral("shmpix-sender");
}

Result<ShareReport> shareFile(Publisher& publisher, const SenderOptions& options)
{
    auto address = SegmentAddress::parse(keyOrDefault(options.key));
    if (!address) {
        return address.error();
    }
    auto picture = loadPictureFile(options.image);
    if (!picture) {
        return picture.error();
    }
    return publisher.share({picture->image,
                            *address,
                            options.protocol.value_or(defaultProtocolFor(*address)),
                            options.replace ? Existing::Replace : Existing::Respect,
                            {options.layout},
                            options.access});
}

QJsonObject toJson(const ShareReport& report)
{
    return {{QStringLiteral("address"), report.address.toString()},
            {QStringLiteral("protocol"), protocolName(report.protocol)},
            {QStringLiteral("width"), report.size.width()},
            {QStringLiteral("height"), report.size.height()},
            {QStringLiteral("layout"), report.layout},
            {QStringLiteral("pixelLayout"), report.pixelLayout ? layoutText(*report.pixelLayout) : QString()},
            {QStringLiteral("bytes"), report.bytes},
            {QStringLiteral("milliseconds"), report.milliseconds},
            {QStringLiteral("note"), report.note}};
}

/// For scripts, and therefore always in English and with plain numbers.
QString toLine(const ShareReport& report, const QString& verb)
{
    const QString told =
        report.pixelLayout ? QStringLiteral(", layout %1").arg(layoutText(*report.pixelLayout)) : QString();
    return QStringLiteral("%1 %2x%3 %4 as %5 under %6: %7 bytes in %8 ms")
               .arg(verb)
               .arg(report.size.width())
               .arg(report.size.height())
               .arg(report.layout, protocolName(report.protocol), report.address.toString())
               .arg(report.bytes)
               .arg(report.milliseconds, 0, 'f', 1) +
           told;
}

Result<void> print(const ShareReport& report, bool json, const QString& verb)
{
    return json ? printJson(toJson(report)) : printLine(toLine(report, verb));
}

/// Reports that somebody removed the segment, and whether it was shared again. Fails like printing.
Result<void> tellOf(const Result<ShareReport>& again, bool json)
{
    if (!again) {
        static_cast<void>(reportError(programName(), again.error()));
        return {};
    }
    static_cast<void>(reportError(programName(), {ErrorCode::System, again->note}));
    return print(*again, json, QStringLiteral("shared again"));
}

/// The stream that was requested, or that the picture is by itself; nothing for a single picture.
std::optional<LiveOptions> liveOptionsOf(const SenderOptions& options)
{
    const bool mayStream = options.protocol.value_or(ProtocolId::Live) == ProtocolId::Live && !options.layout;
    if (!options.live && mayStream && isStream(options.image)) {
        return streamOf(options.image);
    }
    return options.live;
}

} // namespace

int runHeadlessSender(const SenderOptions& options)
{
    const StopSignal stop; // first, because a signal during sharing must not leave anything behind
    if (const auto live = liveOptionsOf(options)) {
        return runHeadlessSendStream(options, *live, stop);
    }
    Publisher publisher;
    auto report = shareFile(publisher, options);
    if (!report) {
        return reportError(programName(), report.error());
    }
    // The program that started us learns the address from this line, so if it cannot be printed, nothing
    // stays shared.
    if (auto printed = print(*report, options.json, QStringLiteral("shared")); !printed) {
        return reportError(programName(), printed.error());
    }
    if (options.keep) {
        publisher.keep();
    }
    QObject::connect(&stop, &StopSignal::received, qApp, &QCoreApplication::quit);
    if (options.seconds) {
        using namespace std::chrono;
        QTimer::singleShot(duration_cast<milliseconds>(duration<double>(*options.seconds)), qApp,
                           &QCoreApplication::quit);
    }
    QTimer watch;
    QObject::connect(&watch, &QTimer::timeout, qApp, [&publisher, &options] {
        if (const auto again = publisher.restore()) {
            if (auto told = tellOf(*again, options.json); !told) {
                QCoreApplication::exit(reportError(programName(), told.error()));
            }
        }
    });
    watch.start(presenceInterval);
    return QCoreApplication::exec();
}

} // namespace shmpix
