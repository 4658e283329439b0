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

Error notOpened(const QSaveFile& file, const QString& path)
{
    const QFileInfo folder(QFileInfo(path).absolutePath());
    if (!folder.isDir()) {
        return {
            ErrorCode::NotFound,
            Text::tr("%1 was not saved: there is no folder %2. Make it first.").arg(path, folder.filePath())};
    }
    return {ErrorCode::NotPermitted,
            Text::tr("%1 was not saved: %2. Choose another place.").arg(path, file.errorString())};
}

Error notWritten(const QSaveFile& file, const QString& path)
{
    return {ErrorCode::NoSpace, Text::tr("%1 was not saved: %2. Make room there, or choose another place.")
                                    .arg(path, file.errorString())};
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
        return notOpened(file, path);
    }
    QImageWriter writer(&file, format);
    if (!writer.write(image)) {
        const bool deviceFailed = file.error() != QFileDevice::NoError;
        file.cancelWriting();
        return deviceFailed
                   ? notWritten(file, path)
                   : Error{ErrorCode::BadData, Text::tr("%1 was not saved: %2. Choose another format.")
                                                   .arg(path, writer.errorString())};
    }
    if (!file.commit()) {
        return notWritten(file, path);
    }
    return {};
}

} // namespace shmpix
