#include "sender/picturefile.h"

#include "common/base/outofmemory.h"
#include "common/image/decodeimage.h"
#include "common/protocol/codec.h"
#include "common/segment/segment.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>

#include <array>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(PictureFile)
};

Result<QImage> decodeFile(const QString& path)
{
    auto address = SegmentAddress::parse(QStringLiteral("file:") +
                                         QString(path).replace(QLatin1Char('%'), QStringLiteral("%25")));
    if (!address) {
        return address.error();
    }
    auto source = openSegment(*address);
    if (!source) {
        return source.error();
    }
    for (ProtocolId id : std::array{ProtocolId::Png, ProtocolId::Jpeg, ProtocolId::Bmp}) {
        if (codecFor(id).recognise(**source)) {
            auto decoded = codecFor(id).decode(**source, {});
            return decoded ? Result<QImage>(std::move(decoded->image)) : decoded.error();
        }
    }
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return Error{ErrorCode::NotPermitted, file.errorString()};
    }
    return decodeImage(file);
}

} // namespace

Result<Picture> loadPictureFile(const QString& path)
{
    const QFileInfo info(path);
    const QString name = info.fileName();
    if (!info.exists()) {
        return Error{ErrorCode::NotFound, Text::tr("The file %1 does not exist. Check its name.").arg(path)};
    }
    if (!info.isFile()) {
        return Error{ErrorCode::BadData, Text::tr("%1 is not a file. Open a picture file.").arg(path)};
    }
    if (!info.isReadable()) {
        return Error{ErrorCode::NotPermitted,
                     Text::tr("You may not read %1. Change its permissions.").arg(path)};
    }
    if (info.size() == 0) {
        return Error{ErrorCode::BadData, Text::tr("%1 is empty. Open a picture file.").arg(path)};
    }
    auto image = orOutOfMemory([&info] { return decodeFile(info.absoluteFilePath()); });
    if (!image) {
        return Error{image.error().code, Text::tr("%1 was not opened. %2").arg(name, image.error().text)};
    }
    return Picture{std::move(*image), name, info.size()};
}

} // namespace shmpix
