#include "receiver/picturesaver.h"

#include "common/base/limiterror.h"
#include "common/base/outofmemory.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QFileInfo>
#include <QImageWriter>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(PictureSaver)
};

/// Encodes the whole file in memory, so that an existing file stays until its replacement is ready.
Result<QByteArray> encode(const QImage& image, const QString& path)
{
    const QString suffix = QFileInfo(path).suffix().toLower();
    const QByteArray format = suffix.isEmpty() ? QByteArrayLiteral("png") : suffix.toUtf8();
    QBuffer file;
    file.open(QIODevice::WriteOnly);
    QImageWriter writer(&file, format);
    if (writer.write(image)) {
        return file.data();
    }
    if (auto limit = openLimitError(Text::tr("%1 was not saved").arg(path))) {
        return *limit;
    }
    if (writer.error() == QImageWriter::UnsupportedFormatError) {
        return Error{ErrorCode::Usage,
                     Text::tr("%1 was not saved: Shmpix cannot write “.%2” files. Use .png, .jpg or .bmp.")
                         .arg(path, suffix)};
    }
    return Error{ErrorCode::BadData,
                 Text::tr("%1 was not saved: %2. Choose another format.").arg(path, writer.errorString())};
}

} // namespace

Result<void> savePicture(const QImage& image, const QString& path, const SaveOptions& options)
{
    return orOutOfMemory([&]() -> Result<void> {
        // In this order: a name that cannot be meant is refused, whatever is there.
        auto file = encode(image, path);
        if (!file) {
            return file.error();
        }
        return saveFile(path, std::as_bytes(std::span(file->constData(), std::size_t(file->size()))),
                        options);
    });
}

} // namespace shmpix
