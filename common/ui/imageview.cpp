#include "common/ui/imageview.h"

#include <QCursor>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace shmpix {

namespace {

constexpr double largestZoom = 64;
constexpr double squarePixelsFrom = 2;
constexpr int tinySide = 64; ///< a picture of this many pixels at most is fitted enlarged
constexpr double tinyEnlargement = 16;
constexpr int checkSide = 8;  ///< in units of the layout
constexpr int focusWidth = 2; ///< width of the band around the frame, in units of the layout

/// Returns how many pixels of the picture become one, so that at least one pixel remains for each screen
/// pixel.
int reductionFactor(double zoom)
{
    return std::max(1, static_cast<int>(std::floor(1 / zoom + 1e-6)));
}

/// Moves and enlarges the rectangle so that it starts and ends at multiples of the factor or at the picture's
/// edge.
QRect alignedTo(int factor, const QRect& rect, const QRect& whole)
{
    const int left = rect.left() / factor * factor;
    const int top = rect.top() / factor * factor;
    const int right = (rect.right() / factor + 1) * factor;
    const int bottom = (rect.bottom() / factor + 1) * factor;
    return QRect(left, top, right - left, bottom - top) & whole;
}

} // namespace

ImageView::ImageView(QWidget* parent)
    : QFrame(parent)
    , m_reducer(this)
{
    setFrameStyle(QFrame::StyledPanel | QFrame::Sunken);
    setFrameRect(rect().adjusted(focusWidth, focusWidth, -focusWidth, -focusWidth)); // follows when resized
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(tr("Picture"));
    addActions();
    connect(&m_reducer, &ImageReducer::ready, this, qOverload<>(&QWidget::update));
}

void ImageView::setImage(const QImage& image)
{
    const bool otherSize = image.size() != m_image.size();
    m_image = image;
    if (otherSize) {
        m_reducer.clear();
    }
    if (m_image.isNull()) {
        unsetCursor();
    } else if (otherSize) {
        m_fitted = true;
    }
    setAccessibleDescription(
        m_image.isNull() ? m_placeholder : tr("%1 by %2 pixels").arg(m_image.width()).arg(m_image.height()));
    if (m_fitted) {
        fit();
    }
    viewChanged();
}

void ImageView::setPlaceholder(const QString& text)
{
    m_placeholder = text;
    update();
}

bool ImageView::isSettled() const
{
    if (m_image.isNull() || reductionFactor(m_zoom) < 2) {
        return true;
    }
    const Reduced& copy = m_reducer.newest();
    return copy.imageKey == m_image.cacheKey() && copy.factor == reductionFactor(m_zoom) &&
           copy.part.contains(visiblePixels());
}

QSize ImageView::sizeHint() const
{
    return {640, 400};
}

QSize ImageView::minimumSizeHint() const
{
    return {160, 120};
}

QSizeF ImageView::room() const
{
    return QSizeF(contentsRect().size()) * devicePixelRatioF();
}

QPointF ImageView::middle() const
{
    return {room().width() / 2, room().height() / 2};
}

QPointF ImageView::onScreen(QPointF widgetPosition) const
{
    return (widgetPosition - contentsRect().topLeft()) * devicePixelRatioF();
}

double ImageView::fittingZoom() const
{
    const QSizeF available = room();
    const double widest =
        std::min(available.width() / m_image.width(), available.height() / m_image.height());
    if (std::max(m_image.width(), m_image.height()) <= tinySide) {
        return std::clamp(std::floor(widest), 1., tinyEnlargement);
    }
    return std::clamp(widest, 1e-4, 1.);
}

QRectF ImageView::target() const
{
    return {m_corner, QSizeF(m_image.size()) * m_zoom};
}

QRect ImageView::visiblePixels() const
{
    const QRectF onPicture((QPointF() - m_corner) / m_zoom, room() / m_zoom);
    return onPicture.toAlignedRect() & m_image.rect();
}

QPoint ImageView::pixelAt(QPointF widgetPosition) const
{
    if (m_image.isNull() || !contentsRect().contains(widgetPosition.toPoint())) {
        return noPixel;
    }
    const QPointF exact = (onScreen(widgetPosition) - m_corner) / m_zoom;
    const QPoint pixel(static_cast<int>(std::floor(exact.x())), static_cast<int>(std::floor(exact.y())));
    return m_image.valid(pixel) ? pixel : noPixel;
}

bool ImageView::canMove() const
{
    const QSizeF size = target().size();
    return !m_image.isNull() &&
           (size.width() > room().width() + 0.5 || size.height() > room().height() + 0.5);
}

void ImageView::fit()
{
    if (m_image.isNull()) {
        return;
    }
    m_zoom = fittingZoom();
    m_fitted = true;
    keepInside();
}

void ImageView::showFitted()
{
    fit();
    viewChanged();
}

void ImageView::showActualSize()
{
    zoomTo(1, middle());
}

void ImageView::zoomIn()
{
    zoomTo(m_zoom * zoomStep, middle());
}

void ImageView::zoomOut()
{
    zoomTo(m_zoom / zoomStep, middle());
}

void ImageView::zoomTo(double zoom, QPointF fixedPoint)
{
    if (m_image.isNull()) {
        return;
    }
    if ((m_zoom < 1 && zoom > 1) || (m_zoom > 1 && zoom < 1)) {
        zoom = 1; // zooming always stops at 100 %
    }
    zoom = std::clamp(zoom, std::min(fittingZoom(), 1.), largestZoom);
    const QPointF onPicture = (fixedPoint - m_corner) / m_zoom;
    m_zoom = zoom;
    m_corner = fixedPoint - onPicture * zoom;
    m_fitted = qFuzzyCompare(zoom, fittingZoom());
    keepInside();
    viewChanged();
}

void ImageView::moveBy(QPointF distance)
{
    m_corner += distance;
    keepInside();
    viewChanged();
}

/// Centres a side that is shorter than the room, and keeps a longer side from moving away from the edge. Uses
/// whole pixels only.
void ImageView::keepInside()
{
    const QSizeF size = target().size();
    const QSizeF available = room();
    const auto inside = [](double position, double length, double space) {
        return std::round(length <= space ? (space - length) / 2 : std::clamp(position, space - length, 0.));
    };
    m_corner = {inside(m_corner.x(), size.width(), available.width()),
                inside(m_corner.y(), size.height(), available.height())};
}

void ImageView::viewChanged()
{
    const int factor = reductionFactor(m_zoom);
    if (m_image.isNull() || factor < 2) {
        m_reducer.clear();
    } else if (!isSettled()) {
        // Includes half a window more on each side, so that moving finds these pixels ready.
        const QRect visible = visiblePixels();
        const QMargins margins(visible.width() / 2, visible.height() / 2, visible.width() / 2,
                               visible.height() / 2);
        m_reducer.request(
            {m_image, factor,
             alignedTo(factor, visible.marginsAdded(margins) & m_image.rect(), m_image.rect())});
    }
    if (!m_image.isNull() && !m_dragging) {
        setCursor(canMove() ? Qt::OpenHandCursor : Qt::ArrowCursor);
    }
    update();
    Q_EMIT zoomChanged();
    setHovered(underMouse() ? pixelAt(mapFromGlobal(QCursor::pos())) : noPixel);
}

void ImageView::setHovered(QPoint pixel)
{
    m_hovered = pixel;
    Q_EMIT hovered(pixel);
}

void ImageView::roomChanged()
{
    if (m_image.isNull()) {
        return;
    }
    if (m_fitted) {
        fit();
    } else {
        keepInside();
    }
    viewChanged();
}

/// Draws the picture last and within the frame, so that nothing is ever drawn over its pixels.
void ImageView::paintEvent(QPaintEvent* event)
{
    QFrame::paintEvent(event);
    QPainter painter(this);
    if (hasFocus()) {
        paintFocus(painter);
    }
    painter.setClipRect(contentsRect());
    if (m_image.isNull()) {
        paintPlaceholder(painter);
        return;
    }
    painter.translate(contentsRect().topLeft());
    painter.scale(1 / devicePixelRatioF(), 1 / devicePixelRatioF());
    paintPicture(painter);
    painter.end();
    if (isSettled()) {
        Q_EMIT painted();
    }
}

void ImageView::paintFocus(QPainter& painter) const
{
    const QRegion band = QRegion(rect()) - frameRect();
    painter.setClipRegion(band);
    painter.fillRect(rect(), palette().color(QPalette::Highlight));
}

void ImageView::paintPlaceholder(QPainter& painter)
{
    const int margin = 2 * fontMetrics().height();
    QFont large = font();
    large.setPointSizeF(large.pointSizeF() * 1.2);
    painter.setFont(large);
    painter.setPen(palette().color(QPalette::PlaceholderText));
    painter.drawText(contentsRect().adjusted(margin, margin, -margin, -margin),
                     Qt::AlignCenter | Qt::TextWordWrap, m_placeholder);
}

void ImageView::paintChecks(QPainter& painter, const QRectF& where) const
{
    const int side = static_cast<int>(std::lround(checkSide * devicePixelRatioF()));
    QImage cell(2 * side, 2 * side, QImage::Format_RGB32);
    cell.fill(Qt::white);
    QPainter checks(&cell);
    checks.fillRect(0, 0, side, side, Qt::lightGray);
    checks.fillRect(side, side, side, side, Qt::lightGray);
    checks.end();
    painter.setBrushOrigin(m_corner);
    painter.fillRect(where & QRectF({}, room()), QBrush(cell));
}

void ImageView::paintPicture(QPainter& painter)
{
    const QRect visible = visiblePixels();
    if (visible.isEmpty()) {
        return;
    }
    const QRectF where(m_corner + QPointF(visible.topLeft()) * m_zoom, QSizeF(visible.size()) * m_zoom);
    if (m_image.hasAlphaChannel()) {
        paintChecks(painter, where);
    }
    const Reduced& copy = m_reducer.newest(); // for an instant it may have another zoom or picture
    if (reductionFactor(m_zoom) >= 2 && copy.part.contains(visible)) {
        const QPointF corner = QPointF(visible.topLeft() - copy.part.topLeft()) / copy.factor;
        painter.setRenderHint(QPainter::SmoothPixmapTransform);
        painter.drawImage(where, copy.pixels, QRectF(corner, QSizeF(visible.size()) / copy.factor));
        return;
    }
    const bool smooth = m_zoom > 0.5 && m_zoom < squarePixelsFrom && m_zoom != 1;
    painter.setRenderHint(QPainter::SmoothPixmapTransform, smooth);
    painter.drawImage(where, m_image, QRectF(visible));
}

} // namespace shmpix
