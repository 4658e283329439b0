#include "sender/window/clipboardposter.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QMimeData>

namespace shmpix {

ClipboardPoster::ClipboardPoster(std::shared_ptr<PostBox> box)
    : m_box(std::move(box))
{
    connect(QGuiApplication::clipboard(), &QClipboard::dataChanged, this, &ClipboardPoster::post);
}

void ClipboardPoster::post()
{
    const QMimeData* content = QGuiApplication::clipboard()->mimeData();
    const QStringList formats = content ? content->formats() : QStringList();
    for (const char* format : {"image/png", "image/bmp", "image/jpeg"}) { // decoded on the live thread
        if (content && formats.contains(QLatin1StringView(format))) {
            m_box->post({{}, content->data(QLatin1StringView(format)), tr("Clipboard")});
            return;
        }
    }
    const QImage image = content ? qvariant_cast<QImage>(content->imageData()) : QImage();
    if (image.isNull()) {
        Q_EMIT refused(tr("There is no picture on the clipboard. Copy one to share it."));
        return;
    }
    m_box->post({image, {}, tr("Clipboard")});
}

} // namespace shmpix
