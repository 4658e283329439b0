#pragma once

#include "common/ui/imagereducer.h"

#include <QFrame>
#include <QImage>

namespace shmpix {

/// Shows a picture: fitted at first, then zoomed by the wheel at the cursor, moved by dragging, and changed
/// between fitted and 100 % by a double click. At 100 % a pixel of the picture is a pixel of the screen.
/// Enlarged pixels stay square from 200 % on; reduced pictures are averaged, in the background. The keyboard
/// focus is a band around the frame, which leaves the picture's pixels alone. Shares the picture's pixels and
/// keeps, besides, only a copy of about the window's size. GUI thread.
class ImageView final : public QFrame
{
    Q_OBJECT

public:
    explicit ImageView(QWidget* parent = nullptr);

    /// Shows another picture. Zoom and position are kept if its size is the same as before.
    void setImage(const QImage& image);
    [[nodiscard]] const QImage& image() const { return m_image; }

    /// The text that is shown while there is no picture.
    void setPlaceholder(const QString& text);

    /// Screen pixels for one pixel of the picture.
    [[nodiscard]] double zoom() const { return m_zoom; }
    [[nodiscard]] bool isFitted() const { return m_fitted; }
    /// Whether the picture is drawn at its best, without a pending averaged copy.
    [[nodiscard]] bool isSettled() const;

    void showFitted();
    void showActualSize();
    void zoomIn();
    void zoomOut();

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    void zoomChanged();
    /// Emitted when the picture was painted at its best: isSettled().
    void painted();
    /// The pixel under the cursor; (-1, -1) if there is none.
    void hovered(QPoint pixel);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    static constexpr double zoomStep = 1.25; ///< for one notch of the wheel
    static constexpr QPoint noPixel{-1, -1};

    // Unless stated otherwise, positions and sizes are in screen pixels from the corner of contentsRect().
    void addActions();
    [[nodiscard]] QSizeF room() const;
    [[nodiscard]] QPointF middle() const;
    [[nodiscard]] QPointF onScreen(QPointF widgetPosition) const;
    [[nodiscard]] double fittingZoom() const;
    [[nodiscard]] QRectF target() const;
    [[nodiscard]] QRect visiblePixels() const;
    [[nodiscard]] QPoint pixelAt(QPointF widgetPosition) const;
    [[nodiscard]] bool canMove() const;
    void fit();
    void zoomTo(double zoom, QPointF fixedPoint);
    void moveBy(QPointF distance);
    void keepInside();
    void viewChanged();
    void setHovered(QPoint pixel);
    void roomChanged();
    void paintFocus(QPainter& painter) const;
    void paintPlaceholder(QPainter& painter);
    void paintChecks(QPainter& painter, const QRectF& where) const;
    void paintPicture(QPainter& painter);

    QImage m_image;
    QString m_placeholder;
    ImageReducer m_reducer;
    double m_zoom = 1;
    QPointF m_corner; ///< corner of the picture
    bool m_fitted = true;
    QPointF m_dragged; ///< last position of the mouse, in widget coordinates
    bool m_dragging = false;
    QPoint m_hovered = noPixel;
};

} // namespace shmpix
