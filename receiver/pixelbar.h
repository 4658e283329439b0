#pragma once

#include <QWidget>

class QLabel;

namespace shmpix {

class ImageView;

/// Says how large a view shows its picture, and what is under the cursor. GUI thread.
class PixelBar final : public QWidget
{
    Q_OBJECT

public:
    /// Follows the view, which lives as long.
    explicit PixelBar(const ImageView& view, QWidget* parent = nullptr);

private:
    void showZoom();
    void showPixel(QPoint pixel);

    const ImageView& m_view;
    QLabel* m_zoom;
    QLabel* m_position;
    QLabel* m_pixel;
};

} // namespace shmpix
