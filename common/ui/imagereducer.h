#pragma once

#include <QImage>
#include <QObject>
#include <QRect>
#include <QThreadPool>

namespace shmpix {

/// What to reduce.
struct Reduction
{
    QImage image;
    int factor = 0; ///< 0: nothing
    QRect part;     ///< part of the image; its corner is at a multiple of the factor
};

/// A reduced copy and its origin.
struct Reduced
{
    QImage pixels;
    qint64 imageKey = 0; ///< the picture's QImage::cacheKey()
    int factor = 0;
    QRect part;

    [[nodiscard]] bool isOf(const Reduction& reduction) const
    {
        return imageKey == reduction.image.cacheKey() && factor == reduction.factor && part == reduction.part;
    }
};

/// Makes reduced copies of a picture for drawing, on its own thread. Lives on the GUI thread and never blocks
/// it. Of several requests, it completes the current one and the newest.
class ImageReducer final : public QObject
{
    Q_OBJECT

public:
    explicit ImageReducer(QObject* parent = nullptr);

    /// Requests a copy, unless it exists or was already requested.
    void request(const Reduction& reduction);

    /// Discards the copy and all requests.
    void clear();

    /// Returns the latest copy; a null picture and an empty part if there is none.
    [[nodiscard]] const Reduced& newest() const { return m_newest; }

Q_SIGNALS:
    void ready();

private:
    void start();
    void take(const Reduced& reduced);

    Reduced m_newest;
    Reduction m_wanted;
    bool m_running = false;
    QThreadPool m_thread; ///< last member, so that it is destroyed first and waits for its task
};

} // namespace shmpix
