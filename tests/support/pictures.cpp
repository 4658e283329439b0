#include "tests/support/pictures.h"

#include <QBuffer>
#include <QRandomGenerator>
#include <QRgba64>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace shmpix::test {

namespace {

constexpr quint32 seed = 20261121;

QImage gradient(int width, int height)
{
    QImage image(width, height, QImage::Format_RGB32);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            image.setPixel(x, y, qRgb(x * 255 / width, y * 255 / height, (x + y) & 255));
        }
    }
    return image;
}

QImage noise(int width, int height)
{
    QImage image(width, height, QImage::Format_RGB32);
    QRandomGenerator random(seed);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            image.setPixel(x, y, random.generate() | 0xff000000);
        }
    }
    return image;
}

QImage deep(QImage::Format format)
{
    QImage image(131, 77, QImage::Format_RGBA64);
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            const bool opaque = format == QImage::Format_RGBX64 || format == QImage::Format_Grayscale16;
            const auto value = [](int v) { return static_cast<quint16>(v & 0xffff); };
            image.setPixelColor(x, y,
                                QColor::fromRgba64(value(x * 499), value(y * 839), value(x * y * 7),
                                                   opaque ? quint16{0xffff} : value(x * 123 + y * 401)));
        }
    }
    return image.convertToFormat(format);
}

QImage palette(bool withAlpha)
{
    QImage image(199, 101, QImage::Format_Indexed8);
    for (int i = 0; i < 37; ++i) {
        image.setColor(i, qRgba(i * 6, 255 - i * 5, (i * 71) & 255, withAlpha && i % 3 == 0 ? i * 7 : 255));
    }
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            image.setPixel(x, y, static_cast<uint>((x / 3 + y / 5) % 37));
        }
    }
    return image;
}

QImage withAlpha(int width, int height)
{
    QImage image = gradient(width, height).convertToFormat(QImage::Format_ARGB32);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            image.setPixel(x, y, qRgba(x & 255, y & 255, (x * y) & 255, (x * 3 + y) & 255));
        }
    }
    return image;
}

} // namespace

QStringList pictureNames()
{
    return {QStringLiteral("photo"), QStringLiteral("gradient"), QStringLiteral("noise"),
            QStringLiteral("1x1"),   QStringLiteral("1xN"),      QStringLiteral("Nx1"),
            QStringLiteral("odd"),   QStringLiteral("alpha"),    QStringLiteral("premultiplied"),
            QStringLiteral("grey"),  QStringLiteral("grey16"),   QStringLiteral("rgba16"),
            QStringLiteral("rgb16"), QStringLiteral("palette"),  QStringLiteral("palette-alpha"),
            QStringLiteral("mono")};
}

QImage picture(const QString& name)
{
    if (name == QLatin1String("photo")) {
        return photo(640, 427);
    }
    if (name == QLatin1String("noise")) {
        return noise(311, 173);
    }
    if (name == QLatin1String("1x1")) {
        return noise(1, 1);
    }
    if (name == QLatin1String("1xN")) {
        return noise(1, 777);
    }
    if (name == QLatin1String("Nx1")) {
        return noise(777, 1);
    }
    if (name == QLatin1String("odd")) {
        return noise(333, 127).convertToFormat(QImage::Format_RGB888);
    }
    if (name == QLatin1String("alpha")) {
        return withAlpha(257, 129);
    }
    if (name == QLatin1String("premultiplied")) {
        return withAlpha(257, 129).convertToFormat(QImage::Format_ARGB32_Premultiplied);
    }
    if (name == QLatin1String("grey")) {
        return photo(301, 211).convertToFormat(QImage::Format_Grayscale8);
    }
    if (name == QLatin1String("grey16")) {
        return deep(QImage::Format_Grayscale16);
    }
    if (name == QLatin1String("rgba16")) {
        return deep(QImage::Format_RGBA64);
    }
    if (name == QLatin1String("rgb16")) {
        return deep(QImage::Format_RGBX64);
    }
    if (name == QLatin1String("palette")) {
        return palette(false);
    }
    if (name == QLatin1String("palette-alpha")) {
        return palette(true);
    }
    if (name == QLatin1String("mono")) {
        return photo(203, 99).convertToFormat(QImage::Format_Mono);
    }
    return gradient(320, 200);
}

QImage photo(int width, int height, QImage::Format format)
{
    QImage image(width, height, QImage::Format_RGB32);
    QRandomGenerator random(seed);
    for (int y = 0; y < height; ++y) {
        auto* row = reinterpret_cast<QRgb*>(image.scanLine(y));
        const double sky = double(y) / height;
        for (int x = 0; x < width; ++x) {
            const double hill = 0.55 + 0.1 * std::sin(x * 9.0 / width) + 0.04 * std::sin(x * 41.0 / width);
            const int grain = static_cast<int>(random.generate() & 7) - 4;
            const int stripe = ((x * 64 / width) + (y * 40 / height)) % 7 == 0 ? 25 : 0;
            const auto clamp = [grain](double v) { return std::clamp(static_cast<int>(v) + grain, 0, 255); };
            row[x] = sky < hill ? qRgb(clamp(90 + 120 * sky), clamp(140 + 90 * sky), clamp(225 - 20 * sky))
                                : qRgb(clamp(60 + 90 * (1 - sky) + stripe), clamp(110 + stripe),
                                       clamp(40 + 50 * sky));
        }
    }
    return format == QImage::Format_RGB32 ? image : image.convertToFormat(format);
}

QByteArray cameraJpeg(int width, int height)
{
    QByteArray file;
    QBuffer device(&file);
    device.open(QIODevice::WriteOnly);
    photo(width, height).save(&device, "jpeg", 90);
    // An APP1 segment with a TIFF directory of one entry: orientation (0x0112) is 6, rotate by 90 degrees
    // clockwise.
    const QByteArray exif = QByteArrayLiteral("Exif\0\0"
                                              "MM\0\x2a\0\0\0\x08"
                                              "\0\x01"
                                              "\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"
                                              "\0\0\0\0");
    const auto length = static_cast<quint16>(exif.size() + 2);
    const QByteArray header = QByteArrayLiteral("\xff\xe1") + char(length >> 8) + char(length & 0xff);
    return file.insert(2, header + exif);
}

bool samePixels(const QImage& a, const QImage& b)
{
    if (a.size() != b.size()) {
        return false;
    }
    return a.format() == b.format()
               ? a == b
               : a.convertToFormat(QImage::Format_RGBA64) == b.convertToFormat(QImage::Format_RGBA64);
}

QString difference(const QImage& a, const QImage& b)
{
    const auto describe = [](const QImage& image) {
        return QStringLiteral("%1x%2 format %3").arg(image.width()).arg(image.height()).arg(image.format());
    };
    QString text = describe(a) + QStringLiteral(" against ") + describe(b);
    if (a.size() != b.size()) {
        return text;
    }
    if (samePixels(a, b)) { // QVERIFY2 evaluates the failure text in any case
        return text + QStringLiteral(", no pixel differs");
    }
    for (int y = 0; y < a.height(); ++y) {
        for (int x = 0; x < a.width(); ++x) {
            const QRgba64 left = a.pixelColor(x, y).rgba64();
            const QRgba64 right = b.pixelColor(x, y).rgba64();
            if (left != right) {
                return text + QStringLiteral(", first at (%1, %2): %3 against %4")
                                  .arg(x)
                                  .arg(y)
                                  .arg(quint64{left}, 16, 16, QLatin1Char('0'))
                                  .arg(quint64{right}, 16, 16, QLatin1Char('0'));
            }
        }
    }
    return text + QStringLiteral(", no pixel differs");
}

int largestDifference(const QImage& a, const QImage& b)
{
    if (a.size() != b.size()) {
        return 255;
    }
    int largest = 0;
    const QImage left = a.convertToFormat(QImage::Format_RGB32);
    const QImage right = b.convertToFormat(QImage::Format_RGB32);
    for (int y = 0; y < a.height(); ++y) {
        for (int x = 0; x < a.width(); ++x) {
            const QRgb l = left.pixel(x, y);
            const QRgb r = right.pixel(x, y);
            largest = std::max({largest, std::abs(qRed(l) - qRed(r)), std::abs(qGreen(l) - qGreen(r)),
                                std::abs(qBlue(l) - qBlue(r))});
        }
    }
    return largest;
}

} // namespace shmpix::test
