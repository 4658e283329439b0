#pragma once

#include "common/live/framewriter.h"

#include <functional>
#include <optional>

namespace shmpix::test {

/// Frames that are entirely determined by two numbers: the life of the writer that made them, and their
/// number. They determine each byte, the size and the text. A reader can thus tell whether a frame was once
/// written, without having seen it before.
class KnownFrames
{
public:
    enum class Sizes {
        Small,    ///< 4 KB
        Changing, ///< 16 bytes to 512 KB; now and then larger than all before, for which the stream moves
    };

    explicit KnownFrames(Sizes sizes)
        : m_sizes(sizes)
    {
    }

    using Fill = std::function<void(std::span<std::byte> bytes, quint64 seed)>;

    /// Makes the next frame of the stream and publishes it. With changing sizes, some frames are begun, half
    /// filled with something else, and begun again.
    [[nodiscard]] Result<void> write(FrameWriter& writer, quint64 life, quint64 number,
                                     const Fill& fill) const;
    [[nodiscard]] Result<void> write(FrameWriter& writer, quint64 life, quint64 number) const;

    /// The life of the frame's writer; nothing if no writer ever made this frame.
    [[nodiscard]] std::optional<quint64> lifeOf(const SlotEntry& entry,
                                                std::span<const std::byte> bytes) const;

private:
    [[nodiscard]] PixelLayout layoutOf(quint64 life, quint64 number) const;
    [[nodiscard]] static bool isAbandonedFirst(quint64 life, quint64 number)
    {
        return (life + number) % 11 == 0;
    }

    Sizes m_sizes;
};

} // namespace shmpix::test
