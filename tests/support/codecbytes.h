#pragma once

#include "common/base/memorysource.h"
#include "common/protocol/codec.h"
#include "tests/support/pictures.h"

#include <QBuffer>
#include <QByteArray>
#include <QtTest>

/// Helpers for the protocol tests, which pass bytes in memory to codecs and get bytes from them.
namespace shmpix::test {

inline std::span<const std::byte> spanOf(const QByteArray& bytes)
{
    return std::as_bytes(std::span(bytes.constData(), static_cast<std::size_t>(bytes.size())));
}

/// Returns the bytes that the protocol writes for a picture, or null if it refuses the picture.
inline QByteArray encoded(ProtocolId id, const QImage& image)
{
    const auto encoding = codecFor(id).encode(image, {});
    if (!encoding) {
        return {};
    }
    QByteArray bytes(encoding->bytes, '\xa5');
    encoding->write(std::as_writable_bytes(std::span(bytes.data(), static_cast<std::size_t>(bytes.size()))));
    return bytes;
}

inline Result<Decoded> decoded(ProtocolId id, const QByteArray& bytes, const DecodeOptions& options = {})
{
    MemorySource source(spanOf(bytes));
    return codecFor(id).decode(source, options);
}

inline std::optional<QString> recognised(ProtocolId id, const QByteArray& bytes)
{
    MemorySource source(spanOf(bytes));
    return codecFor(id).recognise(source);
}

/// Returns the file that Qt writes for a picture.
inline QByteArray qtFile(const QImage& image, const char* format, int quality = -1)
{
    QByteArray file;
    QBuffer device(&file);
    device.open(QIODevice::WriteOnly);
    image.save(&device, format, quality);
    return file;
}

inline QByteArray pageRounded(const QByteArray& bytes)
{
    constexpr qsizetype page = 4096;
    return bytes + QByteArray((page - bytes.size() % page) % page, '\0');
}

/// Returns the picture with 8 bits per channel, as a protocol that uses RGBA8888 keeps it.
inline QImage in8Bits(const QImage& image)
{
    return image.convertToFormat(image.hasAlphaChannel() ? QImage::Format_RGBA8888 : QImage::Format_RGB888);
}

/// Returns the picture with all its bits and straight alpha, as PNG keeps it.
inline QImage straight(const QImage& image)
{
    if (image.pixelFormat().premultiplied() != QPixelFormat::Premultiplied) {
        return image;
    }
    const bool deep = image.depth() > 32 || image.pixelFormat().redSize() > 8;
    return image.convertToFormat(deep ? QImage::Format_RGBA64 : QImage::Format_RGBA8888);
}

/// Returns the text that a failed check of a result prints.
template <class T>
QByteArray describe(const Result<T>& result)
{
    return result ? QByteArrayLiteral("it succeeded")
                  : QStringLiteral("code %1: %2")
                        .arg(int(result.error().code))
                        .arg(result.error().text)
                        .toUtf8();
}

/// Whether the result is a refusal of bad data with a readable sentence.
template <class T>
bool isBadData(const Result<T>& result)
{
    return !result && result.error().code == ErrorCode::BadData && result.error().text.size() > 10 &&
           result.error().text.endsWith(QLatin1Char('.'));
}

} // namespace shmpix::test

// Each macro evaluates its arguments once.
#define QVERIFY_VALUE(result)                                                                                \
    do {                                                                                                     \
        const auto& checkedResult = (result);                                                                \
        QVERIFY2(checkedResult.has_value(), shmpix::test::describe(checkedResult).constData());              \
    } while (false)
#define QVERIFY_BAD_DATA(result)                                                                             \
    do {                                                                                                     \
        const auto& checkedResult = (result);                                                                \
        QVERIFY2(shmpix::test::isBadData(checkedResult), shmpix::test::describe(checkedResult).constData()); \
    } while (false)
#define QVERIFY_SAME_PIXELS(actual, expected)                                                                \
    do {                                                                                                     \
        const QImage actualImage = (actual);                                                                 \
        const QImage expectedImage = (expected);                                                             \
        QVERIFY2(shmpix::test::samePixels(actualImage, expectedImage),                                       \
                 qPrintable(shmpix::test::difference(actualImage, expectedImage)));                          \
    } while (false)
