#include "common/listing/segmentsurvey.h"

#include "common/base/outofmemory.h"
#include "common/channel/limitedsource.h"
#include "common/channel/segmentpicture.h"
#include "common/image/reducedimage.h"

#include <QCryptographicHash>

#include <algorithm>
#include <array>

namespace shmpix {

namespace {

constexpr qint64 mostBytes = qint64{256} << 20; // a 16-bit 8K picture and its copy
constexpr int mostMilliseconds = 2000;
constexpr qint64 sharePerLook = 10; ///< the survey spends at most a tenth of the time on one segment
constexpr qint64 sharePerCloserLook = 20;
constexpr qint64 shortestPause = 1000; // milliseconds

/// Hashes some bytes, spread over the whole segment. A program that writes through a mapping leaves no other
/// trace.
QByteArray sampleOf(ByteSource& source)
{
    constexpr qint64 places = 32;
    QCryptographicHash hash(QCryptographicHash::Sha1);
    std::array<std::byte, 128> piece = {};
    const qint64 last = std::max<qint64>(0, source.size() - static_cast<qint64>(piece.size()));
    const auto count = static_cast<std::size_t>(std::min<qint64>(source.size(), piece.size()));
    for (qint64 i = 0; i < places; ++i) {
        const auto part = std::span(piece).first(count);
        if (!source.read(last / (places - 1) * i, part)) {
            return {};
        }
        hash.addData(QByteArrayView(reinterpret_cast<const char*>(part.data()), qsizetype(part.size())));
    }
    return hash.result();
}

QImage thumbnailOf(const QImage& image)
{
    const int side = SegmentSurvey::thumbnailSide;
    const int factor = std::max(image.width(), image.height()) / side;
    const QImage reduced = factor > 1 ? reducedImage(image, factor) : image;
    const QSize wanted = image.size().scaled(side, side, Qt::KeepAspectRatio).boundedTo(image.size());
    return reduced.scaled(wanted.expandedTo(QSize(1, 1)), Qt::IgnoreAspectRatio, Qt::SmoothTransformation)
        .convertToFormat(QImage::Format_ARGB32_Premultiplied);
}

} // namespace

SegmentSurvey::SegmentSurvey(Glance glance, const QByteArray& folder)
    : m_glance(glance)
    , m_lister(folder)
{
    m_clock.start();
}

std::vector<SurveyedSegment> SegmentSurvey::list()
{
    m_segments = m_lister.list();
    QHash<QByteArray, Seen> kept;
    bool isNew = false;
    for (const ListedSegment& segment : m_segments) {
        const auto seen = m_seen.constFind(segment.identity());
        if (seen != m_seen.constEnd()) {
            kept.insert(segment.identity(), *seen);
        } else {
            isNew = true;
        }
    }
    if (isNew && m_closerNotBefore) {
        m_closerNotBefore = std::min(*m_closerNotBefore, m_clock.elapsed() + shortestPause);
    }
    m_seen = std::move(kept);
    queueWhatIsDue();
    return current();
}

bool SegmentSurvey::shouldLookCloser() const
{
    return !m_closerNotBefore || m_clock.elapsed() >= *m_closerNotBefore;
}

std::vector<SurveyedSegment> SegmentSurvey::lookCloser()
{
    const qint64 start = m_clock.elapsed();
    m_lister.lookCloser(m_segments);
    const qint64 end = m_clock.elapsed();
    m_closerNotBefore = end + std::max(shortestPause, (end - start) * sharePerCloserLook);
    queueWhatIsDue();
    return current();
}

std::vector<SurveyedSegment> SegmentSurvey::current()
{
    std::vector<SurveyedSegment> rows;
    rows.reserve(m_segments.size());
    for (const ListedSegment& segment : m_segments) {
        const auto seen = m_seen.constFind(segment.identity());
        rows.push_back({segment, seen == m_seen.constEnd() ? std::nullopt : std::optional(seen->look)});
    }
    return rows;
}

/// Segments that have not been looked at yet come first.
void SegmentSurvey::queueWhatIsDue()
{
    m_queue.clear();
    std::deque<ListedSegment> again;
    for (const ListedSegment& segment : m_segments) {
        if (!m_seen.contains(segment.identity())) {
            m_queue.push_back(segment);
        } else if (isDue(segment)) {
            again.push_back(segment);
        }
    }
    m_queue.insert(m_queue.end(), again.begin(), again.end());
}

bool SegmentSurvey::isDue(const ListedSegment& segment) const
{
    const auto seen = m_seen.constFind(segment.identity());
    const bool mayHaveChanged = seen->version != segment.version || segment.attached != 0;
    return mayHaveChanged && m_clock.elapsed() >= seen->notBefore;
}

std::optional<SurveyedSegment> SegmentSurvey::lookAtNext()
{
    if (m_queue.empty()) {
        return std::nullopt;
    }
    const ListedSegment segment = std::move(m_queue.front());
    m_queue.pop_front();
    const qint64 start = m_clock.elapsed();
    const auto seen = m_seen.constFind(segment.identity());
    const bool isFirst = seen == m_seen.constEnd();
    Seen now;
    now.version = segment.version;
    bool isSame = false;
    if (auto opened = m_lister.open(segment)) {
        now.sample = sampleOf(**opened);
        isSame = !isFirst && seen->version == segment.version && seen->sample == now.sample;
        now.look = isSame ? seen->look : lookAt(**opened);
    } else {
        now.look.wasRead = false;
        now.look.remark = opened.error().text;
        isSame = !isFirst && seen->look.thumbnail.isNull() && seen->look.remark == now.look.remark;
    }
    const qint64 end = m_clock.elapsed();
    now.notBefore = end + std::max(shortestPause, (end - start) * sharePerLook);
    m_seen.insert(segment.identity(), now);
    return isSame ? std::nullopt : std::optional(SurveyedSegment{segment, now.look});
}

SegmentLook SegmentSurvey::lookAt(ByteSource& whole) const
{
    SegmentLook look;
    LimitedSource source(whole, mostBytes, QDeadlineTimer(mostMilliseconds));
    const auto read = orOutOfMemory([&]() -> Result<void> {
        const auto protocol = detectSegment(source);
        if (!protocol) {
            return protocol.error();
        }
        look.protocol = *protocol;
        if (m_glance == Glance::Protocol) {
            return {};
        }
        const auto decoded = readSegment(source, *protocol, {});
        if (!decoded) {
            return decoded.error();
        }
        look.size = decoded->image.size();
        look.thumbnail = thumbnailOf(decoded->image);
        look.remark = decoded->reason;
        return {};
    });
    if (!read) {
        look.remark = read.error().text;
    }
    return look;
}

} // namespace shmpix
