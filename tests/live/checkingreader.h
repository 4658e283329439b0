#pragma once

#include "common/live/framereader.h"
#include "tests/live/frametally.h"
#include "tests/live/knownframes.h"

#include <vector>

namespace shmpix::test {

/// Reads a stream of known frames and checks every byte of each frame. Frames have to come in their writers'
/// order.
class CheckingReader
{
public:
    enum class Way { Copies, VisitsInPlace };

    CheckingReader(const OpenMemory& open, KnownFrames frames, Way way, FrameTally& tally)
        : m_reader(open)
        , m_frames(frames)
        , m_way(way)
        , m_tally(tally)
    {
    }

    /// Waits for at most a tenth of a second. Returns whether a frame came.
    bool readNext();

    /// Describes the first violation.
    [[nodiscard]] const QString& violation() const { return m_violation; }

private:
    void judge(const FrameInfo& frame, std::optional<quint64> life);
    void complain(const QString& text);

    FrameReader m_reader;
    KnownFrames m_frames;
    Way m_way;
    FrameTally& m_tally;
    std::vector<std::byte> m_bytes;
    QString m_violation;
};

} // namespace shmpix::test
