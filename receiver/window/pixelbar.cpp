#include "receiver/window/pixelbar.h"

#include "common/image/pixeltext.h"
#include "common/ui/imageview.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>

namespace shmpix {

PixelBar::PixelBar(const ImageView& view, QWidget* parent)
    : QWidget(parent)
    , m_view(view)
    , m_zoom(new QLabel(this))
    , m_position(new QLabel(this))
    , m_pixel(new QLabel(this))
{
    m_zoom->setObjectName(QStringLiteral("zoomStatus"));
    m_position->setObjectName(QStringLiteral("positionStatus"));
    m_pixel->setObjectName(QStringLiteral("pixelStatus"));
    const int letter = fontMetrics().averageCharWidth();
    m_zoom->setMinimumWidth(letter * 9);
    m_position->setMinimumWidth(letter * 17);
    m_pixel->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins({});
    row->addWidget(m_zoom);
    row->addWidget(m_position);
    row->addWidget(m_pixel, 1);
    connect(&m_view, &ImageView::zoomChanged, this, &PixelBar::showZoom);
    connect(&m_view, &ImageView::hovered, this, &PixelBar::showPixel);
    showZoom();
}

void PixelBar::showZoom()
{
    const QString percent = QLocale().toString(m_view.zoom() * 100, 'f', m_view.zoom() < 0.1 ? 1 : 0);
    m_zoom->setText(m_view.image().isNull() ? QString() : tr("%1 %").arg(percent));
}

void PixelBar::showPixel(QPoint pixel)
{
    const bool inside = pixel.x() >= 0;
    m_position->setText(inside ? tr("x %1  y %2").arg(pixel.x()).arg(pixel.y()) : QString());
    m_pixel->setText(inside ? pixelText(m_view.image(), pixel) : QString());
}

} // namespace shmpix
