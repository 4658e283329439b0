#include "common/protocol/jpeg/jpegcodec.h"

#include "common/image/imagelimits.h"
#include "common/protocol/decodefile.h"
#include "common/protocol/depthnote.h"
#include "common/protocol/jpeg/jpegfile.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QImageWriter>

#include <atomic>
#include <cstring>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(JpegCodec)
};

constexpr int quality = 95;

QString noteFor(const QImage& image)
{
    if (image.hasAlphaChannel()) {
        return Text::tr("JPEG does not support transparency: the picture was shared without it.");
    }
    return depthNote(image);
}

} // namespace

Result<Encoding> JpegCodec::encode(const QImage& image, const EncodeOptions&) const
{
    const bool grey =
        image.format() == QImage::Format_Grayscale8 || image.format() == QImage::Format_Grayscale16;
    const QImage opaque = image.convertToFormat(grey ? QImage::Format_Grayscale8 : QImage::Format_RGB888);
    QByteArray file;
    QBuffer device(&file);
    device.open(QIODevice::WriteOnly);
    QImageWriter writer(&device, QByteArrayLiteral("jpeg"));
    writer.setQuality(quality);
    if (!writer.write(opaque)) {
        return Error{ErrorCode::BadData,
                     Text::tr("A picture of %1 × %2 does not fit into a JPEG. Choose another protocol.")
                         .arg(image.width())
                         .arg(image.height())};
    }
    constexpr std::size_t start = 2; // the marker at the beginning is written last
    return Encoding{file.size(),
                    [file](std::span<std::byte> out) {
                        const auto bytes = std::as_bytes(std::span(file.constData(), file.size()));
                        std::memcpy(out.data() + start, bytes.data() + start, bytes.size() - start);
                        std::atomic_signal_fence(std::memory_order_seq_cst);
                        std::memcpy(out.data(), bytes.data(), start);
                    },
                    noteFor(image)};
}

std::optional<QString> JpegCodec::recognise(ByteSource& source) const
{
    if (!beginsLikeJpeg(source)) {
        return std::nullopt;
    }
    return Text::tr("JPEG file: it starts with the JPEG markers FF D8 FF");
}

Result<Decoded> JpegCodec::decode(ByteSource& source, const DecodeOptions&) const
{
    const QString reason = recognise(source).value_or(QString());
    auto file = copyJpegFile(source);
    if (!file) {
        return file.error();
    }
    auto image = decodeFile(*file, source, QByteArrayLiteral("jpeg"));
    if (!image) {
        return image.error();
    }
    return Decoded{std::move(*image), reason, file->size(), {}};
}

} // namespace shmpix
