#include "sender/live/frameslot.h"

#include "common/image/writepixels.h"

namespace shmpix {

Result<std::span<std::byte>> FrameSlot::begin(const PixelLayout& layout)
{
    m_layout.reset();
    auto room = m_frames.begin(layout);
    if (!room) {
        if (room.error().code != ErrorCode::BadData) {
            m_failure = room.error();
        }
        return room;
    }
    m_layout = layout;
    m_bytes = *room;
    return room;
}

Result<QImage> FrameSlot::beginImage(QSize size, QImage::Format format)
{
    const auto pixels = pixelFormatStoredIn(format);
    if (!pixels) {
        return m_frames.beginImage(size, format); // says why not
    }
    PixelLayout layout{size.width(), size.height(), *pixels};
    layout.stride = (rowBytes(*pixels, size.width()) + 3) / 4 * 4; // QImage wants rows of whole words
    auto room = begin(layout);
    if (!room) {
        return room.error();
    }
    return QImage(reinterpret_cast<uchar*>(room->data()), size.width(), size.height(), layout.stride, format);
}

Result<void> FrameSlot::take(const QImage& image)
{
    const PixelFormat format = pixelFormatStoredIn(image.format()).value_or(pixelFormatFor(image));
    const PixelLayout layout{image.width(), image.height(), format};
    auto room = begin(layout);
    if (!room) {
        return room.error();
    }
    writePixels(image, layout, *room);
    return {};
}

void FrameSlot::publish()
{
    if (m_layout) {
        m_frames.publish(note);
        m_layout.reset();
    }
    note = {};
}

} // namespace shmpix
