#pragma once

#include "common/listing/segmentlister.h"
#include "common/protocol/protocolid.h"

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
    std::optional<ProtocolId> protocol; ///< nothing: no known picture
    QSize size;                         ///< size of the picture; empty if it was not read
    QImage thumbnail;                   ///< null if it was not read
    QString remark;                     ///< why it was read this way or could not be read, in a sentence
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

    /// Lists the segments again, in milliseconds. Earlier previews are kept, even while newer ones are due.
    [[nodiscard]] std::vector<SurveyedSegment> list();

    /// Whether lookCloser() is due. It takes too long to run after each list().
    [[nodiscard]] bool shouldLookCloser() const;

    /// The same list with the processes that have the segments attached. Takes up to a few seconds.
    [[nodiscard]] std::vector<SurveyedSegment> lookCloser();

    /// Whether segments of the list still need a look.
    [[nodiscard]] bool hasNext() const { return !m_queue.empty(); }

    /// Looks at the next segment: milliseconds for most, seconds at worst. Returns nothing if it has not
    /// changed.
    [[nodiscard]] std::optional<SurveyedSegment> lookAtNext();

private:
    struct Seen
    {
        QByteArray version; ///< the segment's version at the last look
        QByteArray sample;  ///< a sample of the bytes
        SegmentLook look;
        qint64 notBefore = 0; ///< earliest time for the next look, in milliseconds of m_clock
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
