#include "sender/picturefile.h"

#include "common/base/limiterror.h"
#include "common/base/outofmemory.h"
#include "common/image/decodeimage.h"
#include "common/protocol/codec.h"
#include "common/segment/segment.h"
#include "sender/picturefilecheck.h"

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
    source->reset(); // do not keep two files open
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return Error{ErrorCode::System,
                     Text::tr("The file cannot be read: %1. Use a copy.").arg(file.errorString())};
    }
    return decodeImage(file);
}

} // namespace

Result<Picture> loadPictureFile(const QString& path)
{
    const auto bytes = checkPictureFile(path);
    if (!bytes) {
        return bytes.error();
    }
    const QFileInfo info(path);
    const QString name = info.fileName();
    auto image = orOutOfMemory([&info] { return decodeFile(info.absoluteFilePath()); });
    if (!image) {
        const QString failure = Text::tr("%1 was not opened").arg(name);
        return openLimitError(failure).value_or(
            Error{image.error().code, failure + QStringLiteral(". ") + image.error().text});
    }
    return Picture{std::move(*image), name, *bytes};
}

} // namespace shmpix
