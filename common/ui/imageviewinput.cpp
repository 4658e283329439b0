// Handles the user's input to the view: wheel, mouse, keys and the context menu.
#include "common/ui/imageview.h"

#include <QAction>
#include <QMouseEvent>
#include <QWheelEvent>

#include <cmath>

namespace shmpix {

void ImageView::addActions()
{
    const auto add = [this](const QString& text, const QList<QKeySequence>& keys, void (ImageView::*slot)()) {
        auto* action = new QAction(text, this);
        action->setShortcuts(keys);
        connect(action, &QAction::triggered, this, slot);
        addAction(action);
    };
    add(tr("Zoom in"), {QKeySequence(QKeySequence::ZoomIn), QKeySequence(Qt::CTRL | Qt::Key_Equal)},
        &ImageView::zoomIn);
    add(tr("Zoom out"), {QKeySequence(QKeySequence::ZoomOut)}, &ImageView::zoomOut);
    add(tr("Fit"), {QKeySequence(Qt::CTRL | Qt::Key_0)}, &ImageView::showFitted);
    add(tr("Actual size"), {QKeySequence(Qt::CTRL | Qt::Key_1)}, &ImageView::showActualSize);
    setContextMenuPolicy(Qt::ActionsContextMenu);
}

void ImageView::wheelEvent(QWheelEvent* event)
{
    if (m_image.isNull()) {
        QFrame::wheelEvent(event);
        return;
    }
    constexpr double notch = 120;
    zoomTo(m_zoom * std::pow(zoomStep, event->angleDelta().y() / notch), onScreen(event->position()));
    event->accept();
}

void ImageView::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton && canMove()) {
        m_dragging = true;
        m_dragged = event->position();
        setCursor(Qt::ClosedHandCursor);
    }
}

void ImageView::mouseMoveEvent(QMouseEvent* event)
{
    if (m_dragging) {
        moveBy((event->position() - m_dragged) * devicePixelRatioF());
        m_dragged = event->position();
    }
    setHovered(pixelAt(event->position()));
}

void ImageView::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton && m_dragging) {
        m_dragging = false;
        viewChanged();
    }
}

void ImageView::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || m_image.isNull()) {
        return;
    }
    if (m_fitted) {
        zoomTo(1, onScreen(event->position()));
    } else {
        showFitted();
    }
}

void ImageView::keyPressEvent(QKeyEvent* event)
{
    const double step = 40 * devicePixelRatioF();
    switch (event->key()) {
    case Qt::Key_Plus:
        zoomIn();
        break;
    case Qt::Key_Minus:
        zoomOut();
        break;
    case Qt::Key_Left:
        moveBy({step, 0});
        break;
    case Qt::Key_Right:
        moveBy({-step, 0});
        break;
    case Qt::Key_Up:
        moveBy({0, step});
        break;
    case Qt::Key_Down:
        moveBy({0, -step});
        break;
    default:
        QFrame::keyPressEvent(event);
    }
}

bool ImageView::event(QEvent* event)
{
    const bool handled = QFrame::event(event);
    switch (event->type()) {
    case QEvent::Leave:
        setHovered(noPixel);
        break;
    case QEvent::ScreenChangeInternal:
    case QEvent::StyleChange:
        roomChanged();
        break;
    default:
        break;
    }
    return handled;
}

void ImageView::resizeEvent(QResizeEvent*)
{
    roomChanged();
}

} // namespace shmpix
