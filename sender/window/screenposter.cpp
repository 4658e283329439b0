#include "sender/window/screenposter.h"

#include <QPixmap>
#include <QScreen>
#include <QWidget>

namespace shmpix {

ScreenPoster::ScreenPoster(const QWidget& widget, std::shared_ptr<PostBox> box)
    : m_widget(widget)
    , m_box(std::move(box))
{
    m_timer.setInterval(std::chrono::milliseconds(33));
    connect(&m_timer, &QTimer::timeout, this, &ScreenPoster::post);
    m_timer.start();
}

void ScreenPoster::post()
{
    if (!m_box->isEmpty()) {
        return;
    }
    const QImage image = m_widget.screen()->grabWindow(0).toImage();
    if (image.isNull()) {
        m_timer.stop();
        Q_EMIT refused(tr("The system does not let programs capture the screen, as is the case under "
                          "Wayland. Choose another source, or log in to an X11 session."));
        return;
    }
    m_box->post({image, {}, m_widget.screen()->name()});
}

} // namespace shmpix
