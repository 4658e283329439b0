#pragma once

#include <QWidget>

class QLabel;

namespace shmpix {

class ImageView;

/// Shows the zoom factor of a view and the pixel under the cursor. GUI thread.
class PixelBar final : public QWidget
{
    Q_OBJECT

public:
    /// Follows the view, which must outlive it.
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
