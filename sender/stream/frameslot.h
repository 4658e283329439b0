#pragma once

#include "common/live/framewriter.h"

#include <vector>

namespace shmpix {

/// The place of a source's next frame: begun, filled and published. A source may leave a frame begun from one
/// call to the next. The frame first lies in separate memory, so that nothing is shared before there is a
/// frame; from moveTo() on, it lies in a slot of the stream. Used by the live thread.
class FrameSlot
{
public:
    FrameSlot() = default;

    /// Moves the begun frame into the stream, where all later frames begin. Fails like FrameWriter::begin().
    [[nodiscard]] Result<void> moveTo(FrameWriter& frames);
    [[nodiscard]] bool isInStream() const { return m_frames != nullptr; }

    /// Like FrameWriter::begin() and beginImage().
    [[nodiscard]] Result<std::span<std::byte>> begin(const PixelLayout& layout);
    [[nodiscard]] Result<QImage> beginImage(QSize size, QImage::Format format);

    /// Begins a frame and copies the picture into it: unchanged if its pixels can be shared like this,
    /// otherwise converted without losing bits.
    [[nodiscard]] Result<void> take(const QImage& image);

    /// The source's information about its next frame; applies to that frame only.
    FrameNote note;

    /// Drops the begun frame, which cannot be published any more because its memory is gone.
    void drop() { m_layout.reset(); }
    [[nodiscard]] bool isBegun() const { return m_layout.has_value(); }

    /// The layout of the begun frame.
    [[nodiscard]] const PixelLayout& layout() const { return *m_layout; }
    [[nodiscard]] std::span<std::byte> bytes() const { return m_bytes; }

    /// Makes the frame visible to all readers. Only in the stream.
    void publish();

    /// Why the stream could not take a frame, as opposed to an unusable picture.
    [[nodiscard]] const std::optional<Error>& failure() const { return m_failure; }

private:
    [[nodiscard]] Result<std::span<std::byte>> beginOwn(const PixelLayout& layout);

    FrameWriter* m_frames = nullptr;
    std::vector<std::byte> m_own; ///< for a frame that is not in the stream
    std::optional<PixelLayout> m_layout;
    std::span<std::byte> m_bytes;
    std::optional<Error> m_failure;
};

} // namespace shmpix
