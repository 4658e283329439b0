#include "common/ui/imagereducer.h"

#include "common/image/reducedimage.h"

namespace shmpix {

ImageReducer::ImageReducer(QObject* parent)
    : QObject(parent)
{
    m_thread.setMaxThreadCount(1);
}

void ImageReducer::request(const Reduction& reduction)
{
    m_wanted = reduction;
    if (!m_running && !m_newest.isOf(m_wanted)) {
        start();
    }
}

void ImageReducer::clear()
{
    m_wanted = {};
    m_newest = {};
}

void ImageReducer::start()
{
    m_running = true;
    m_thread.start([this, wanted = m_wanted] {
        const Reduced reduced{reducedImage(wanted.image, wanted.factor, wanted.part), wanted.image.cacheKey(),
                              wanted.factor, wanted.part};
        QMetaObject::invokeMethod(
            this, [this, reduced] { take(reduced); }, Qt::QueuedConnection);
    });
}

void ImageReducer::take(const Reduced& reduced)
{
    m_running = false;
    if (m_wanted.factor == 0) {
        return; // cleared in the meantime
    }
    if (reduced.imageKey == m_wanted.image.cacheKey()) {
        m_newest = reduced;
        Q_EMIT ready();
    }
    if (!m_newest.isOf(m_wanted)) {
        start();
    }
}

} // namespace shmpix
