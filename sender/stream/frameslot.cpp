#include "sender/stream/frameslot.h"

#include "common/base/outofmemory.h"
#include "common/image/writepixels.h"

#include <QCoreApplication>

#include <cstring>

namespace shmpix {

namespace {

/// Rows as QImage wants them, padded to whole words, so that a picture can be decoded or viewed in place.
PixelLayout layoutFor(QSize size, PixelFormat format)
{
    PixelLayout layout{size.width(), size.height(), format};
    const qint64 padded = (layout.step() + 3) / 4 * 4;
    layout.stride = padded == layout.step() ? 0 : padded;
    return layout;
}

} // namespace

Result<std::span<std::byte>> FrameSlot::begin(const PixelLayout& layout)
{
    m_layout.reset();
    auto room = m_frames ? m_frames->begin(layout) : beginOwn(layout);
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

Result<std::span<std::byte>> FrameSlot::beginOwn(const PixelLayout& layout)
{
    const auto extent = checkedExtent(layout);
    if (!extent) {
        return extent.error();
    }
    return orOutOfMemory([this, &extent]() -> Result<std::span<std::byte>> {
        m_own.resize(std::size_t(extent->end));
        return std::span(m_own);
    });
}

Result<void> FrameSlot::moveTo(FrameWriter& frames)
{
    m_frames = &frames;
    const std::vector<std::byte> own = std::exchange(m_own, {});
    if (!m_layout) {
        return {};
    }
    auto room = begin(PixelLayout(*m_layout));
    if (!room) {
        return room.error();
    }
    std::memcpy(room->data(), own.data(), std::min(room->size(), own.size()));
    return {};
}

Result<QImage> FrameSlot::beginImage(QSize size, QImage::Format format)
{
    const auto pixels = pixelFormatStoredIn(format);
    if (!pixels) {
        return Error{ErrorCode::Usage,
                     QCoreApplication::translate(
                         "FrameSlot",
                         "Pixels in QImage format %1 cannot be shared directly. Convert the picture first.")
                         .arg(int(format))};
    }
    const PixelLayout layout = layoutFor(size, *pixels);
    auto room = begin(layout);
    if (!room) {
        return room.error();
    }
    return QImage(reinterpret_cast<uchar*>(room->data()), size.width(), size.height(), layout.step(), format);
}

Result<void> FrameSlot::take(const QImage& image)
{
    const PixelFormat format = pixelFormatStoredIn(image.format()).value_or(pixelFormatFor(image));
    const PixelLayout layout = layoutFor(image.size(), format);
    auto room = begin(layout);
    if (!room) {
        return room.error();
    }
    writePixels(image, layout, *room);
    return {};
}

void FrameSlot::publish()
{
    if (m_layout && m_frames) {
        m_frames->publish(note);
        m_layout.reset();
    }
    note = {};
}

} // namespace shmpix
