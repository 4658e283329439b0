#include "common/image/pixeltext.h"
#include "tests/support/runtest.h"

#include <QColor>
#include <QRgba64>
#include <QtTest>

using shmpix::pixelText;

class TestPixelText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void saysWhatThePictureHolds_data()
    {
        QTest::addColumn<int>("format");
        QTest::addColumn<QColor>("colour");
        QTest::addColumn<QString>("text");
        const QColor colour(201, 187, 90, 128);
        QTest::newRow("rgba") << int(QImage::Format_RGBA8888) << colour << "(201, 187, 90, 128)";
        QTest::newRow("rgb") << int(QImage::Format_RGB888) << colour << "(201, 187, 90)";
        QTest::newRow("rgb32") << int(QImage::Format_RGB32) << colour << "(201, 187, 90)";
        QTest::newRow("grey") << int(QImage::Format_Grayscale8) << QColor(77, 77, 77) << "(77)";
        const QColor deep = QColor::fromRgba64(40000, 1, 65535, 258);
        QTest::newRow("rgba 16 bit") << int(QImage::Format_RGBA64) << deep << "(40000, 1, 65535, 258)";
        QTest::newRow("float") << int(QImage::Format_RGBX32FPx4) << QColor::fromRgbF(0.5F, 0.25F, 1.0F)
                               << "(0.5, 0.25, 1)";
    }

    void saysWhatThePictureHolds()
    {
        QFETCH(int, format);
        QFETCH(QColor, colour);
        QFETCH(QString, text);
        QImage image(3, 2, static_cast<QImage::Format>(format));
        image.fill(Qt::black);
        if (format == QImage::Format_RGBX32FPx4) { // QColor has fewer digits
            auto* values = reinterpret_cast<float*>(image.scanLine(1)) + 8;
            values[0] = 0.5F;
            values[1] = 0.25F;
            values[2] = 1;
        } else {
            image.setPixelColor(2, 1, colour);
        }
        QCOMPARE(pixelText(image, {2, 1}), text);
    }

    void saysGreyOf16Bits()
    {
        QImage image(3, 1, QImage::Format_Grayscale16);
        reinterpret_cast<quint16*>(image.scanLine(0))[1] = 51234;
        QCOMPARE(pixelText(image, {1, 0}), QStringLiteral("(51234)"));
    }

    void saysIndexAndColourOfAPalette()
    {
        QImage image(2, 1, QImage::Format_Indexed8);
        image.setColorTable({qRgb(1, 2, 3), qRgb(9, 8, 7)});
        image.setPixel(0, 0, 1);
        QCOMPARE(pixelText(image, {0, 0}), QStringLiteral("1: (9, 8, 7)"));
    }

    void saysNothingOutside()
    {
        const QImage image(2, 2, QImage::Format_RGB32);
        QCOMPARE(pixelText(image, {-1, 0}), QString());
        QCOMPARE(pixelText(image, {2, 0}), QString());
        QCOMPARE(pixelText({}, {0, 0}), QString());
    }
};

int tst_pixeltext(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestPixelText>(argc, argv);
}

#include "tst_pixeltext.moc"
