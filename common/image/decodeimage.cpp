#include "common/image/decodeimage.h"

#include "common/image/imagelimits.h"

#include <QCoreApplication>
#include <QImageReader>

#include <algorithm>

namespace shmpix {

namespace {
struct Text
{
    Q_DECLARE_TR_FUNCTIONS(DecodeImage)
};

/// A file may use colours outside its palette, and QImage::pixel() would read beyond the table.
void completePalette(QImage& image)
{
    qsizetype needed = 0;
    if (image.depth() == 1) {
        needed = 2;
    } else if (image.format() == QImage::Format_Indexed8) {
        for (int y = 0; y < image.height(); ++y) {
            const uchar* row = image.constScanLine(y);
            needed = std::max<qsizetype>(needed, *std::max_element(row, row + image.width()) + 1);
        }
    }
    if (image.colorCount() < needed) {
        QList<QRgb> colors = image.colorTable();
        colors.resize(needed, qRgb(0, 0, 0));
        image.setColorTable(colors);
    }
}

} // namespace

void allowLargeImages()
{
    // Qt's own limit, 128 MB in 6.4 and 256 MB later, rejects pictures that we accept. It is global and set
    // once.
    [[maybe_unused]] static const bool isSet = [] {
        QImageReader::setAllocationLimit(static_cast<int>(maximumImageBytes >> 20));
        return true;
    }();
}

Result<QImage> decodeImage(QIODevice& device, const QByteArray& format)
{
    allowLargeImages();
    QImageReader reader(&device, format);
    reader.setAutoTransform(true);
    if (!format.isEmpty()) {
        reader.setAutoDetectImageFormat(false);
    }
    if (const QSize size = reader.size(); size.isValid()) {
        // Qt decodes through 32 bits per pixel, whatever the file has.
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
        return Error{
            ErrorCode::BadData,
            Text::tr("The picture cannot be decoded: %1. Use an undamaged copy, or one in another format.")
                .arg(reason)};
    }
    completePalette(image);
    return image;
}

} // namespace shmpix
