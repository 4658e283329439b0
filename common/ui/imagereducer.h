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
    QRect part;     ///< of the image, its corner at a multiple of the factor
};

/// A reduced copy, and of what it is.
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

    /// Asks for a copy, unless it is there or on its way.
    void request(const Reduction& reduction);

    /// Forgets what was made and asked for.
    void clear();

    /// The copy that was made last; a null picture and an empty part when there is none.
    [[nodiscard]] const Reduced& newest() const { return m_newest; }

Q_SIGNALS:
    void ready();

private:
    void start();
    void take(const Reduced& reduced);

    Reduced m_newest;
    Reduction m_wanted;
    bool m_running = false;
    QThreadPool m_thread; ///< last: it goes first, and waits for its task
};

} // namespace shmpix
