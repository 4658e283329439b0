#include "common/image/decodeimage.h"

#include "common/image/imagelimits.h"

#include <QCoreApplication>
#include <QImageReader>

namespace shmpix {

namespace {
struct Text
{
    Q_DECLARE_TR_FUNCTIONS(DecodeImage)
};
} // namespace

Result<QImage> decodeImage(QIODevice& device, const QByteArray& format)
{
    // Qt's own limit is 128 MB in 6.4 and 256 MB later, and refuses pictures that we accept.
    QImageReader::setAllocationLimit(static_cast<int>(maximumImageBytes >> 20));
    QImageReader reader(&device, format);
    reader.setAutoTransform(true);
    if (!format.isEmpty()) {
        reader.setAutoDetectImageFormat(false);
    }
    if (const QSize size = reader.size(); size.isValid()) {
        // Qt decodes to 32 bits a pixel in passing, whatever the file has.
        if (auto bytes = checkedImageBytes(size.width(), size.height(), 32); !bytes) {
            return bytes.error();
        }
    }
    QImage image = reader.read();
    if (image.isNull()) {
        QString reason = reader.errorString();
        while (reason.endsWith(QLatin1Char('.'))) {
            reason.chop(1);
        }
        return Error{ErrorCode::BadData, Text::tr("The picture cannot be decoded: %1.").arg(reason)};
    }
    return image;
}

} // namespace shmpix
