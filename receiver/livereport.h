#pragma once

#include "common/channel/livesubscriber.h"

#include <QJsonObject>

namespace shmpix {

/// The report at the end of a headless live run, for scripts, and therefore always in English and with plain
/// numbers. A value.
class LiveReport
{
public:
    explicit LiveReport(const SegmentAddress& address)
        : m_address(address)
    {
    }

    /// Looks whether the frame is whole: by its numbers and its checksum it is, or it would not be here; the
    /// test pattern says it of every pixel.
    void check(const LiveFrame& frame);

    /// A frame that was damaged, with the reason.
    void addDamaged(const Error& error) { m_damage = error; }

    void addSaved() { ++m_saved; }
    void addLeftOut() { ++m_leftOut; }

    [[nodiscard]] quint64 frames() const { return m_frames; }

    /// Why not all frames were whole; nothing when they were.
    [[nodiscard]] std::optional<Error> damage() const { return m_damage; }

    [[nodiscard]] QJsonObject toJson(const LiveStatistics& statistics) const;
    [[nodiscard]] QString toLine(const LiveStatistics& statistics) const;

private:
    SegmentAddress m_address;
    quint64 m_frames = 0;
    quint64 m_checked = 0;  ///< frames of which something says that they are whole
    quint64 m_patterns = 0; ///< frames with the test pattern
    quint64 m_torn = 0;     ///< of these not as they were painted
    quint64 m_saved = 0;
    quint64 m_leftOut = 0; ///< frames of another size than the stream that goes out
    std::optional<Error> m_damage;
    QString m_picture; ///< the last frame's size and layout
};

} // namespace shmpix
