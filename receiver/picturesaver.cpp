#include "receiver/picturesaver.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QImageWriter>
#include <QSaveFile>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(PictureSaver)
};

Error notSaved(const QSaveFile& file, const QString& path)
{
    const ErrorCode code = file.error() == QFileDevice::ResourceError || file.error() == QFileDevice::WriteError
        ? ErrorCode::NoSpace
        : ErrorCode::NotPermitted;
    return {code, Text::tr("%1 was not saved: %2. Choose another place.").arg(path, file.errorString())};
}

} // namespace

Result<void> savePicture(const QImage& image, const QString& path)
{
    const QString suffix = QFileInfo(path).suffix().toLower();
    const QByteArray format = suffix.isEmpty() ? QByteArrayLiteral("png") : suffix.toUtf8();
    if (!QImageWriter::supportedImageFormats().contains(format)) {
        return Error{ErrorCode::Usage,
                     Text::tr("%1 was not saved: Shmpix cannot write “.%2” files. Use .png, .jpg or .bmp.")
                         .arg(path, suffix)};
    }
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly)) {
        return notSaved(file, path);
    }
    QImageWriter writer(&file, format);
    if (!writer.write(image)) {
        const bool deviceFailed = file.error() != QFileDevice::NoError;
        file.cancelWriting();
        return deviceFailed ? notSaved(file, path)
                            : Error{ErrorCode::BadData, Text::tr("%1 was not saved: %2. Choose another format.")
                                                            .arg(path, writer.errorString())};
    }
    if (!file.commit()) {
        return notSaved(file, path);
    }
    return {};
}

} // namespace shmpix
