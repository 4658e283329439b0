#include "common/image/reducedimage.h"

#include "tests/support/pictures.h"
#include "tests/support/runtest.h"

#include <QtTest>

using namespace shmpix;

namespace {

/// Returns the mean of a block, computed in the simplest way.
QRgb meanOf(const QImage& image, QRect block)
{
    block &= image.rect();
    quint64 sums[4] = {};
    for (int y = block.top(); y <= block.bottom(); ++y) {
        for (int x = block.left(); x <= block.right(); ++x) {
            const QRgb pixel = reinterpret_cast<const QRgb*>(image.constScanLine(y))[x];
            sums[0] += static_cast<quint64>(qBlue(pixel));
            sums[1] += static_cast<quint64>(qGreen(pixel));
            sums[2] += static_cast<quint64>(qRed(pixel));
            sums[3] += static_cast<quint64>(qAlpha(pixel));
        }
    }
    const auto count = quint64(block.width()) * quint64(block.height());
    const auto mean = [&](int i) { return static_cast<int>((sums[i] + count / 2) / count); };
    return qRgba(mean(2), mean(1), mean(0), mean(3));
}

QImage expected(const QImage& image, int factor, const QRect& part)
{
    const QImage pixels = image.copy(part).convertToFormat(QImage::Format_ARGB32_Premultiplied);
    QImage result((part.width() + factor - 1) / factor, (part.height() + factor - 1) / factor,
                  QImage::Format_ARGB32_Premultiplied);
    for (int y = 0; y < result.height(); ++y) {
        for (int x = 0; x < result.width(); ++x) {
            reinterpret_cast<QRgb*>(result.scanLine(y))[x] =
                meanOf(pixels, QRect(x * factor, y * factor, factor, factor));
        }
    }
    return result;
}

} // namespace

class TestReducedImage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void equalsTheMeanOfEachBlock_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("factor");
        for (const QString& name : test::pictureNames()) {
            for (int factor : {1, 2, 3, 7, 16, 1000}) {
                QTest::addRow("%s by %d", qPrintable(name), factor) << name << factor;
            }
        }
    }

    void equalsTheMeanOfEachBlock()
    {
        QFETCH(QString, name);
        QFETCH(int, factor);
        const QImage image = test::picture(name);
        const QImage reduced = reducedImage(image, factor);
        QCOMPARE(reduced.format(), QImage::Format_ARGB32_Premultiplied);
        QVERIFY2(reduced == expected(image, factor, image.rect()),
                 qPrintable(test::difference(reduced, expected(image, factor, image.rect()))));
    }

    void takesPartOfThePicture()
    {
        const QImage image = test::picture(QStringLiteral("alpha"));
        const QRect part(30, 20, 100, 61);
        QVERIFY(reducedImage(image, 10, part) == expected(image, 10, part));
    }

    void isOpaqueWhateverTheFourthByteSays()
    {
        QImage image(8, 8, QImage::Format_RGB32);
        for (int y = 0; y < image.height(); ++y) {
            std::fill_n(reinterpret_cast<QRgb*>(image.scanLine(y)), image.width(), QRgb(0x00204060));
        }
        QCOMPARE(reducedImage(image, 4).pixel(1, 1), QRgb(0xff204060));
    }

    void leavesThePictureAlone()
    {
        const QImage image = test::picture(QStringLiteral("photo"));
        const QImage before = image.copy();
        const qint64 key = image.cacheKey();
        const QImage reduced = reducedImage(image, 3);
        QVERIFY(!reduced.isNull());
        QCOMPARE(image.cacheKey(), key);
        QVERIFY(image == before);
    }

    /// 600 rows of white, so that a sum needs more than 16 bits.
    void doesNotOverflow()
    {
        QImage white(3, 70000, QImage::Format_RGB32);
        white.fill(Qt::white);
        const QImage reduced = reducedImage(white, 70000);
        QCOMPARE(reduced.size(), QSize(1, 1));
        QCOMPARE(reduced.pixel(0, 0), QRgb(0xffffffff));
    }
};

int tst_reducedimage(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestReducedImage>(argc, argv);
}

#include "tst_reducedimage.moc"
