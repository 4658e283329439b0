#pragma once

#include "common/live/framewriter.h"

#include <vector>

namespace shmpix {

/// The place of a source's next frame: begun, filled and published. A source may leave it begun from one call
/// to the next. It lies in memory of its own at first, so that nothing is shared before there is a frame, and
/// in a slot of the stream from moveTo() on. Used by the live thread.
class FrameSlot
{
public:
    FrameSlot() = default;

    /// Puts what is begun into the stream, and begins there from now on. Fails as FrameWriter::begin() does.
    [[nodiscard]] Result<void> moveTo(FrameWriter& frames);
    [[nodiscard]] bool isInStream() const { return m_frames != nullptr; }

    /// As FrameWriter::begin() and beginImage().
    [[nodiscard]] Result<std::span<std::byte>> begin(const PixelLayout& layout);
    [[nodiscard]] Result<QImage> beginImage(QSize size, QImage::Format format);

    /// Begins a frame for the picture's pixels and copies them there: as they are where they can be shared
    /// so, else converted, all bits kept.
    [[nodiscard]] Result<void> take(const QImage& image);

    /// What the source says of its frame; for the next one only.
    FrameNote note;

    /// What was begun cannot be published any more: its memory is gone.
    void drop() { m_layout.reset(); }
    [[nodiscard]] bool isBegun() const { return m_layout.has_value(); }

    /// Of the frame that is begun.
    [[nodiscard]] const PixelLayout& layout() const { return *m_layout; }
    [[nodiscard]] std::span<std::byte> bytes() const { return m_bytes; }

    /// Lets everybody see it. In the stream only.
    void publish();

    /// Why the stream itself could not take a frame, as opposed to a picture that is of no use.
    [[nodiscard]] const std::optional<Error>& failure() const { return m_failure; }

private:
    [[nodiscard]] Result<std::span<std::byte>> beginOwn(const PixelLayout& layout);

    FrameWriter* m_frames = nullptr;
    std::vector<std::byte> m_own; ///< of a frame that is not in the stream
    std::optional<PixelLayout> m_layout;
    std::span<std::byte> m_bytes;
    std::optional<Error> m_failure;
};

} // namespace shmpix
