#include "sender/stream/headlesssendstream.h"

#include "common/app/console.h"
#include "common/app/defaults.h"
#include "common/app/stopsignal.h"

#include "sender/stream/livesession.h"

#include <QCoreApplication>
#include <QTimer>

namespace shmpix {

namespace {

QString programName()
{
    return QStringLiteral("shmpix-sender");
}

double rateOf(const LiveFigures& figures)
{
    return figures.duration.count() > 0 ? 1e9 / double(figures.duration.count()) : 0;
}

QJsonObject toJson(const LiveSession& session)
{
    const LiveFigures& figures = session.figures();
    return {{QStringLiteral("address"), session.request()->address.toString()},
            {QStringLiteral("protocol"), protocolName(ProtocolId::Live)},
            {QStringLiteral("width"), figures.layout.width},
            {QStringLiteral("height"), figures.layout.height},
            {QStringLiteral("layout"), pixelFormatTitle(figures.layout.format)},
            {QStringLiteral("pixelLayout"), layoutText(figures.layout)},
            {QStringLiteral("bytes"), figures.bytes},
            {QStringLiteral("fps"), rateOf(figures)}};
}

/// For scripts, and therefore always in English and with plain numbers.
QString toLine(const LiveSession& session)
{
    const LiveFigures& figures = session.figures();
    const double fps = rateOf(figures);
    return QStringLiteral("shared %1x%2 %3 as live under %4: %5")
        .arg(figures.layout.width)
        .arg(figures.layout.height)
        .arg(pixelFormatTitle(figures.layout.format), session.request()->address.toString(),
             fps > 0 ? QStringLiteral("%1 fps").arg(fps, 0, 'g', 6) : QStringLiteral("frames as they come"));
}

void endAfter(double seconds, LiveSession& session)
{
    using namespace std::chrono;
    QTimer::singleShot(duration_cast<milliseconds>(duration<double>(seconds)), &session, &LiveSession::stop);
}

} // namespace

int runHeadlessSendStream(const SenderOptions& options, const LiveOptions& live, const StopSignal& stop)
{
    auto address = SegmentAddress::parse(keyOrDefault(options.key));
    if (!address) {
        return reportError(programName(), address.error());
    }
    LiveSession session;
    std::optional<Error> lost; ///< why the line could not be printed
    QObject::connect(&stop, &StopSignal::received, &session, &LiveSession::stop);
    QObject::connect(&session, &LiveSession::started, &session, [&] {
        const auto printed = options.json ? printJson(toJson(session)) : printLine(toLine(session));
        if (!printed) { // nobody learns of the stream
            lost = printed.error();
            session.stopAndRemove();
            return;
        }
        if (options.seconds) {
            endAfter(*options.seconds, session);
        }
    });
    QObject::connect(&session, &LiveSession::warned, &session, [](const QString& text) {
        static_cast<void>(reportError(programName(), {ErrorCode::System, text}));
    });
    QObject::connect(&session, &LiveSession::ended, qApp, [&] {
        const std::optional<Error>& error = lost ? lost : session.error();
        QCoreApplication::exit(error ? reportError(programName(), *error) : 0);
    });
    StreamRequest request{*address, live.source};
    request.existing = options.replace ? Existing::Replace : Existing::Respect;
    request.checksums = live.checksums;
    request.takeOver = live.takeOver;
    request.keep = options.keep;
    request.access = options.access;
    request.fps = live.fps;
    request.loop = live.loop;
    session.start(request);
    return QCoreApplication::exec();
}

} // namespace shmpix
