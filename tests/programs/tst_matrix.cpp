#include "common/doctor/keydoctor.h"
#include "tests/support/pictures.h"
#include "tests/support/programs.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"

#include <QBuffer>
#include <QFile>
#include <QTest>

using namespace shmpix::test;

namespace {

/// Returns the picture after Qt has saved it as JPEG and read it again.
QImage throughJpeg(const QImage& image)
{
    const bool grey =
        image.format() == QImage::Format_Grayscale8 || image.format() == QImage::Format_Grayscale16;
    QByteArray file;
    QBuffer device(&file);
    device.open(QIODevice::WriteOnly);
    image.convertToFormat(grey ? QImage::Format_Grayscale8 : QImage::Format_RGB888).save(&device, "jpeg", 95);
    return QImage::fromData(file, "jpeg");
}

/// Returns the picture after its way through a protocol: rawsize and BMP have 8 bits per channel.
QImage expected(const QImage& image, const QString& protocol)
{
    if (protocol == QLatin1String("jpeg")) {
        return throughJpeg(image);
    }
    if (protocol == QLatin1String("datastream") || protocol == QLatin1String("png")) {
        return image;
    }
    const bool greyBmp = protocol == QLatin1String("bmp") && image.format() == QImage::Format_Grayscale16;
    return image.convertToFormat(greyBmp ? QImage::Format_Grayscale8 : QImage::Format_RGBA8888);
}

} // namespace

/// Sends every picture with every protocol over every kind of address from the built sender to the built
/// receiver.
class tst_Matrix : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void thePixelsArrive_data();
    void thePixelsArrive();

private:
    QMap<QString, QString> m_files;
    QMap<QString, QImage> m_images; ///< as stock Qt reads those files
};

void tst_Matrix::initTestCase()
{
    const QString folder = temporaryFolder();
    for (const QString& name : pictureNames()) {
        m_files[name] = folder + QLatin1Char('/') + name + QStringLiteral(".png");
        QVERIFY2(picture(name).save(m_files[name]), qPrintable(name));
    }
    m_files[QStringLiteral("8K")] = folder + QStringLiteral("/8K.bmp");
    QVERIFY(photo(7680, 4320).save(m_files[QStringLiteral("8K")]));
    m_files[QStringLiteral("camera")] = folder + QStringLiteral("/camera.jpg");
    QFile camera(m_files[QStringLiteral("camera")]);
    QVERIFY(camera.open(QIODevice::WriteOnly));
    camera.write(cameraJpeg(301, 200));
    camera.close();
    for (auto it = m_files.cbegin(); it != m_files.cend(); ++it) {
        m_images[it.key()] = QImage(it.value());
        QVERIFY2(!m_images[it.key()].isNull(), qPrintable(it.key()));
    }
    QImage& turned = m_images[QStringLiteral("camera")]; // stock Qt does not rotate it
    turned = turned.transformed(QTransform().rotate(90));
    QCOMPARE(turned.size(), QSize(200, 301));
}

void tst_Matrix::thePixelsArrive_data()
{
    QTest::addColumn<QString>("scheme");
    QTest::addColumn<QString>("protocol");
    QTest::addColumn<QString>("picture");
    QStringList pictures = pictureNames();
    pictures << QStringLiteral("camera") << QStringLiteral("8K");
    for (const char* scheme : {"posix", "qt", "systemv", "file"}) {
        for (const char* protocol : {"datastream", "rawsize", "bmp", "png", "jpeg"}) {
            for (const QString& name : pictures) {
                // These take seconds each, so every protocol and every kind of memory is tested only once.
                if (name == QLatin1String("8K") && qstrcmp(scheme, "posix") != 0 &&
                    qstrcmp(protocol, "rawsize") != 0) {
                    continue;
                }
                QTest::addRow("%s %s %s", scheme, protocol, qPrintable(name))
                    << QString::fromLatin1(scheme) << QString::fromLatin1(protocol) << name;
            }
        }
    }
}

void tst_Matrix::thePixelsArrive()
{
    QFETCH(QString, scheme);
    QFETCH(QString, protocol);
    QFETCH(QString, picture);
    const QString address = uniqueAddress(scheme);
    HeadlessSender sender(
        {QStringLiteral("--key"), address, QStringLiteral("--protocol"), protocol, m_files[picture]});
    const QString shared = sender.waitForLine(QStringLiteral("shared "));
    QVERIFY2(!shared.isNull(), qPrintable(sender.standardError()));

    // BMP is the fastest to write if it loses nothing.
    const bool deep = m_images[picture].depth() > 32 ||
                      m_images[picture].format() == QImage::Format_Grayscale16 ||
                      m_images[picture].hasAlphaChannel();
    const QString saved =
        temporaryFolder() + (deep ? QStringLiteral("/out.png") : QStringLiteral("/out.bmp"));
    const Finished loaded = runReceiver({QStringLiteral("--key"), address, QStringLiteral("--save"), saved});
    QCOMPARE(loaded.exitCode, 0);
    QVERIFY2(loaded.out.contains(" as " + protocol.toLatin1() + " from "), loaded.out.constData());

    const QImage result(saved);
    const QImage wanted = expected(m_images[picture], protocol);
    QVERIFY2(samePixels(result, wanted), qPrintable(difference(result, wanted)));
    if (protocol == QLatin1String("jpeg") && picture == QLatin1String("photo")) {
        const int loss = largestDifference(result, m_images[picture]);
        QVERIFY2(loss <= 64,
                 qPrintable(QString::number(loss))); // hard edges, half of the colour samples lost
    }
    sender.terminate();
    QCOMPARE(sender.exitCode(), 0);
    QVERIFY(!shmpix::examineKey(address, {}).isThere);
}

int tst_matrix(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, tst_Matrix>(argc, argv);
}

#include "tst_matrix.moc"
