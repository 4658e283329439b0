#pragma once

#include "sender/stream/framesource.h"

#include <condition_variable>
#include <mutex>

namespace shmpix {

/// A picture on its way to the live thread: pixels, or a file's bytes to be decoded there.
struct PostedPicture
{
    QImage image;
    QByteArray encoded;
    QString name;
};

/// Holds one picture on its way from the GUI thread, which accesses the screen and the clipboard, to the live
/// thread; the newest one wins. Any thread.
class PostBox
{
public:
    void post(PostedPicture picture);
    [[nodiscard]] bool isEmpty() const;

    /// Waits for a picture and returns it; nothing when the time is over.
    [[nodiscard]] std::optional<PostedPicture> take(std::chrono::milliseconds atMost);

private:
    mutable std::mutex m_mutex;
    std::condition_variable m_posted;
    std::optional<PostedPicture> m_picture;
};

/// A source of the posted pictures.
class PostedSource final : public FrameSource
{
public:
    explicit PostedSource(std::shared_ptr<PostBox> box)
        : m_box(std::move(box))
    {
    }

    [[nodiscard]] Result<SourceStep> next(FrameSlot& slot, const SourceWish& wish) override;

private:
    std::shared_ptr<PostBox> m_box;
};

} // namespace shmpix
