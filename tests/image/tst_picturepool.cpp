// Memory for successive pictures, and reading into it.
#include "common/base/memorysource.h"
#include "common/image/picturepool.h"
#include "common/image/readpixels.h"
#include "tests/support/runtest.h"

#include <QTest>

#include <algorithm>

using namespace shmpix;

class TestPicturePool : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatNobodyHoldsIsUsedAgain()
    {
        PicturePool pool;
        const uchar* first = nullptr;
        {
            QImage image = pool.take({64, 32}, QImage::Format_RGB32);
            first = image.constBits();
            pool.lend(image);
        }
        QImage again = pool.take({64, 32}, QImage::Format_RGB32);
        QCOMPARE(again.constBits(), first);
        QVERIFY(again.isDetached()); // filling it allocates nothing
        QCOMPARE(again.bits(), const_cast<uchar*>(first));
    }

    void whatSomebodyHoldsStaysAsItIs()
    {
        PicturePool pool;
        QImage held = pool.take({8, 8}, QImage::Format_RGB32);
        held.fill(Qt::red);
        pool.lend(held);
        QImage other = pool.take({8, 8}, QImage::Format_RGB32);
        QVERIFY(other.constBits() != std::as_const(held).constBits());
        other.fill(Qt::blue);
        QCOMPARE(held.pixelColor(3, 3), QColor(Qt::red));
    }

    void anotherSizeOrFormatIsOtherMemory()
    {
        PicturePool pool;
        pool.lend(pool.take({8, 8}, QImage::Format_RGB32));
        QCOMPARE(pool.take({9, 8}, QImage::Format_RGB32).size(), QSize(9, 8));
        pool.lend(pool.take({8, 8}, QImage::Format_RGB32));
        QCOMPARE(pool.take({8, 8}, QImage::Format_Grayscale8).format(), QImage::Format_Grayscale8);
    }

    void readingIntoAPictureIsReadingOne_data()
    {
        QTest::addColumn<QString>("layout");
        for (const char* text : {"16x8:rgba8", "16x8:bgr8,stride=64", "16x8:gray16", "16x8:rgb32f",
                                 "16x8:bgrx8,bottom-up", "16x8:nv12", "16x8:rgb16", "16x8:gray8,offset=13"}) {
            QTest::newRow(text) << QString::fromLatin1(text);
        }
    }

    void readingIntoAPictureIsReadingOne()
    {
        QFETCH(QString, layout);
        const auto parsed = parseLayout(layout);
        QVERIFY(parsed);
        std::vector<std::byte> bytes(16 * 8 * 12 + 512);
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            bytes[i] = std::byte(i * 37 % 251);
        }
        MemorySource source(bytes);
        const auto fresh = readPixels(source, *parsed);
        QVERIFY(fresh);
        QImage used(16, 8, imageFormat(parsed->format));
        used.fill(0x55);
        const uchar* const before = used.constBits();
        const auto note = readPixelsInto(used, source, *parsed);
        QVERIFY(note);
        QCOMPARE(used, fresh->image);
        QCOMPARE(*note, fresh->note);
        QCOMPARE(std::as_const(used).constBits(), before);
    }

    void aLayoutBeyondTheBytesIsRefused()
    {
        const std::vector<std::byte> bytes(100);
        MemorySource source(bytes);
        QImage image(16, 8, QImage::Format_RGBA8888);
        const auto read = readPixelsInto(image, source, *parseLayout(QStringLiteral("16x8:rgba8")));
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::BadData);
    }
};

int tst_picturepool(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestPicturePool>(argc, argv);
}

#include "tst_picturepool.moc"
