#include "sender/stream/postedsource.h"

#include "common/base/outofmemory.h"
#include "common/image/decodeimage.h"

#include <QBuffer>

namespace shmpix {

namespace {

Result<QImage> decoded(const QByteArray& bytes)
{
    return orOutOfMemory([&bytes] {
        QBuffer device;
        device.setData(bytes);
        device.open(QIODevice::ReadOnly);
        return decodeImage(device);
    });
}

} // namespace

void PostBox::post(PostedPicture picture)
{
    {
        const std::lock_guard lock(m_mutex);
        m_picture = std::move(picture);
    }
    m_posted.notify_one();
}

bool PostBox::isEmpty() const
{
    const std::lock_guard lock(m_mutex);
    return !m_picture;
}

std::optional<PostedPicture> PostBox::take(std::chrono::milliseconds atMost)
{
    std::unique_lock lock(m_mutex);
    m_posted.wait_for(lock, atMost, [this] { return m_picture.has_value(); });
    return std::exchange(m_picture, std::nullopt);
}

Result<SourceStep> PostedSource::next(FrameSlot& slot, const SourceWish& wish)
{
    const auto posted = m_box->take(wish.atMost);
    if (!posted) {
        return SourceStep{};
    }
    const Result<QImage> image = posted->encoded.isEmpty() ? posted->image : decoded(posted->encoded);
    if (!image) {
        return SourceStep{SourceStep::Kind::Later, {}, image.error().text};
    }
    if (auto taken = slot.take(*image); !taken) {
        return slot.failure() ? Result<SourceStep>(*slot.failure())
                              : SourceStep{SourceStep::Kind::Later, {}, taken.error().text};
    }
    slot.note.text = posted->name.toUtf8();
    return SourceStep{SourceStep::Kind::Frame, {}, {}};
}

} // namespace shmpix
