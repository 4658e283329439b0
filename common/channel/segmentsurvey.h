#pragma once

#include "common/protocol/protocolid.h"
#include "common/segment/segmentlister.h"

#include <QElapsedTimer>
#include <QHash>
#include <QImage>

#include <deque>
#include <optional>
#include <vector>

namespace shmpix {

/// A preview of a segment.
struct SegmentLook
{
    bool wasRead = true;                ///< false: its bytes cannot be read without leaving a trace
    std::optional<ProtocolId> protocol; ///< nothing: no picture that we know
    QSize size;                         ///< of the picture; empty when it was not read
    QImage thumbnail;                   ///< null when it was not read
    QString remark;                     ///< why it was read so, or why it could not be, in a sentence
};

/// A segment and its latest preview; nothing before the first look.
struct SurveyedSegment
{
    ListedSegment segment;
    std::optional<SegmentLook> look;
};

/// All segments of this machine with a preview of each. Works in steps, so that the names are available at
/// once and the previews one by one. A segment is previewed again only after it has changed. Leaves no trace.
/// Used on one thread, not the GUI's.
class SegmentSurvey
{
public:
    enum class Glance { Protocol, Thumbnail };

    /// The longer side of a thumbnail in pixels.
    static constexpr int thumbnailSide = 96;

    explicit SegmentSurvey(Glance glance, const QByteArray& folder = posixFolder());

    /// Lists anew: milliseconds. Looks that were taken before are kept, also while newer ones are due.
    [[nodiscard]] std::vector<SurveyedSegment> list();

    /// Whether lookCloser() is due: it takes its time, so not after each list().
    [[nodiscard]] bool shouldLookCloser() const;

    /// The same list with who has the segments attached: up to some seconds.
    [[nodiscard]] std::vector<SurveyedSegment> lookCloser();

    /// Whether segments of the list are still to be looked at.
    [[nodiscard]] bool hasNext() const { return !m_queue.empty(); }

    /// Looks at the next one: milliseconds for most, seconds for the worst. Nothing when it did not change.
    [[nodiscard]] std::optional<SurveyedSegment> lookAtNext();

private:
    struct Seen
    {
        QByteArray version; ///< of the segment when it was looked at
        QByteArray sample;  ///< of its bytes
        SegmentLook look;
        qint64 notBefore = 0; ///< milliseconds of m_clock: when it may be looked at again
    };

    [[nodiscard]] std::vector<SurveyedSegment> current();
    void queueWhatIsDue();
    [[nodiscard]] bool isDue(const ListedSegment& segment) const;
    [[nodiscard]] SegmentLook lookAt(ByteSource& source) const;

    Glance m_glance;
    SegmentLister m_lister;
    std::vector<ListedSegment> m_segments;
    QHash<QByteArray, Seen> m_seen; ///< by ListedSegment::identity()
    std::deque<ListedSegment> m_queue;
    QElapsedTimer m_clock;
    std::optional<qint64> m_closerNotBefore;
};

} // namespace shmpix
