#include "receiver/stream/livereport.h"

#include "common/image/testpattern.h"

#include <QCoreApplication>

namespace shmpix {

namespace {

QJsonValue milliseconds(const std::optional<Latencies::Spread>& spread, qint64 Latencies::Spread::*which)
{
    return spread ? QJsonValue(double((*spread).*which) / 1e6) : QJsonValue();
}

} // namespace

void LiveReport::check(const LiveFrame& frame)
{
    ++m_frames;
    m_picture = layoutText(frame.picture.pixelLayout.value_or(
        PixelLayout{frame.picture.image.width(), frame.picture.image.height(), {}}));
    const auto pattern = checkTestPattern(frame.picture.image);
    m_checked += frame.isVerified() || pattern ? 1 : 0;
    m_patterns += pattern ? 1 : 0;
    if (pattern && !pattern->isWhole) {
        ++m_torn;
        m_damage = Error{
            ErrorCode::BadData,
            QCoreApplication::translate(
                "LiveReport", "Frame %1 differs from its test pattern. Parts of two frames may be mixed.")
                .arg(frame.number.value_or(pattern->number))};
    }
}

QJsonObject LiveReport::toJson(const LiveStatistics& statistics) const
{
    const FrameStatistics& counts = statistics.frames;
    const auto number = [](quint64 value) { return qint64(value); };
    return {{QStringLiteral("address"), m_address.toString()},
            {QStringLiteral("frames"), number(m_frames)},
            {QStringLiteral("checked"), number(m_checked)},
            {QStringLiteral("patterns"), number(m_patterns)},
            {QStringLiteral("torn"), number(m_torn)},
            {QStringLiteral("retried"), number(counts.torn)},
            {QStringLiteral("missed"), number(counts.missed)},
            {QStringLiteral("duplicates"), number(counts.duplicates)},
            {QStringLiteral("damaged"), number(counts.damaged)},
            {QStringLiteral("sessions"), number(counts.sessions)},
            {QStringLiteral("saved"), number(m_saved)},
            {QStringLiteral("leftOut"), number(m_leftOut)},
            {QStringLiteral("picture"), m_picture},
            {QStringLiteral("sourceFps"), statistics.sourceRate},
            {QStringLiteral("fps"), statistics.rate},
            {QStringLiteral("latencyP50Ms"), milliseconds(statistics.latency, &Latencies::Spread::p50)},
            {QStringLiteral("latencyP99Ms"), milliseconds(statistics.latency, &Latencies::Spread::p99)},
            {QStringLiteral("latencyMaxMs"), milliseconds(statistics.latency, &Latencies::Spread::max)}};
}

QString LiveReport::toLine(const LiveStatistics& statistics) const
{
    const FrameStatistics& counts = statistics.frames;
    QString line = QStringLiteral("live %1 frames from %2: %3 checked, %4 torn, %5 retried, %6 missed, "
                                  "%7 duplicates, %8 damaged")
                       .arg(m_frames)
                       .arg(m_address.toString())
                       .arg(m_checked)
                       .arg(m_torn)
                       .arg(counts.torn)
                       .arg(counts.missed)
                       .arg(counts.duplicates)
                       .arg(counts.damaged);
    if (statistics.latency) {
        line += QStringLiteral(", latency p50 %1 ms, p99 %2 ms, max %3 ms")
                    .arg(double(statistics.latency->p50) / 1e6, 0, 'f', 3)
                    .arg(double(statistics.latency->p99) / 1e6, 0, 'f', 3)
                    .arg(double(statistics.latency->max) / 1e6, 0, 'f', 3);
    }
    if (m_saved > 0) {
        line += QStringLiteral(", %1 saved").arg(m_saved);
    }
    return line + QStringLiteral(", %1 fps of %2")
                      .arg(statistics.rate, 0, 'f', 1)
                      .arg(statistics.sourceRate, 0, 'f', 1);
}

} // namespace shmpix
