#pragma once

#include "common/channel/livesubscriber.h"

#include <QJsonObject>

namespace shmpix {

/// The report at the end of a headless live run. It is for scripts, and therefore always in English and with
/// plain numbers. A value.
class LiveReport
{
public:
    explicit LiveReport(const SegmentAddress& address)
        : m_address(address)
    {
    }

    /// Checks whether the frame is whole. Its numbers and its checksum are right, or it would not be here;
    /// the test pattern allows a check of every pixel.
    void check(const LiveFrame& frame);

    /// Records a damaged frame with the reason.
    void addDamaged(const Error& error) { m_damage = error; }

    void addSaved() { ++m_saved; }
    void addLeftOut() { ++m_leftOut; }

    [[nodiscard]] quint64 frames() const { return m_frames; }

    /// Why not all frames were whole; nothing if they were.
    [[nodiscard]] std::optional<Error> damage() const { return m_damage; }

    [[nodiscard]] QJsonObject toJson(const LiveStatistics& statistics) const;
    [[nodiscard]] QString toLine(const LiveStatistics& statistics) const;

private:
    SegmentAddress m_address;
    quint64 m_frames = 0;
    quint64 m_checked = 0;  ///< frames whose wholeness could be checked
    quint64 m_patterns = 0; ///< frames with the test pattern
    quint64 m_torn = 0;     ///< those of them that were not as they were painted
    quint64 m_saved = 0;
    quint64 m_leftOut = 0; ///< frames whose size differs from the stream that is written out
    std::optional<Error> m_damage;
    QString m_picture; ///< the last frame's size and layout
};

} // namespace shmpix
