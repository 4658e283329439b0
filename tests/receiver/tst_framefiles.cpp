// Output of frames without a window: file names, and streams of consecutive frames.
#include "receiver/stream/framefilename.h"
#include "receiver/stream/framestream.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"

#include <QTemporaryFile>
#include <QTest>

using namespace shmpix;

class TestFrameFiles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namesAreNumbered_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("seventh");
        QTest::addColumn<bool>("isNumbered");
        QTest::newRow("zeros") << "frame-%05d.png"
                               << "frame-00007.png" << true;
        QTest::newRow("no width") << "%d.png"
                                  << "7.png" << true;
        QTest::newRow("spaces") << "f%3d.png"
                                << "f  7.png" << true;
        QTest::newRow("no number") << "last.png"
                                   << "last.png" << false;
        QTest::newRow("percent sign") << "50%%-%d.png"
                                      << "50%-7.png" << true;
        QTest::newRow("folder") << "/tmp/a/%02d.png"
                                << "/tmp/a/07.png" << true;
        QTest::newRow("what arg() would take") << "a%%1-%02d.png"
                                               << "a%1-07.png" << true;
    }

    void namesAreNumbered()
    {
        QFETCH(QString, text);
        QFETCH(QString, seventh);
        QFETCH(bool, isNumbered);
        const auto name = FrameFileName::parse(text);
        QVERIFY2(name, qPrintable(text));
        QCOMPARE(name->of(7), seventh);
        QCOMPARE(name->isNumbered(), isNumbered);
    }

    void otherPlaceholdersAreRefused_data()
    {
        QTest::addColumn<QString>("text");
        for (const char* text : {"%s.png", "%d-%d.png", "a%", "%5x.png", "%-5d.png", "%005d.png", "%12d.png",
                                 "%n", "%*d", "%ld.png", "% d.png"}) {
            QTest::newRow(text) << QString::fromLatin1(text);
        }
    }

    void otherPlaceholdersAreRefused()
    {
        QFETCH(QString, text);
        const auto name = FrameFileName::parse(text);
        QVERIFY(!name);
        QCOMPARE(name.error().code, ErrorCode::Usage);
        QVERIFY2(name.error().text.contains(text), qPrintable(name.error().text));
    }

    void greyFramesGoOutAsTheyAre()
    {
        const QImage picture = test::photo(31, 17, QImage::Format_Grayscale8);
        const QByteArray bytes = written(StreamFormat::Y4m, {picture, picture});
        const QByteArray header = "YUV4MPEG2 W31 H17 F25:1 Ip A1:1 Cmono XCOLORRANGE=FULL\n";
        QVERIFY2(bytes.startsWith(header + "FRAME\n"), bytes.left(100).constData());
        QCOMPARE(bytes.size(), header.size() + 2 * (6 + 31 * 17));
        for (int y = 0; y < 17; ++y) {
            const QByteArray row = bytes.mid(header.size() + 6 + y * 31, 31);
            QCOMPARE(row, QByteArray(reinterpret_cast<const char*>(picture.constScanLine(y)), 31));
        }
    }

    void coloursGoOutInFullResolution()
    {
        QImage picture(16, 4, QImage::Format_RGB888);
        picture.fill(Qt::red);
        const QByteArray bytes = written(StreamFormat::Y4m, {picture});
        const QByteArray header = "YUV4MPEG2 W16 H4 F25:1 Ip A1:1 C444 XCOLORRANGE=LIMITED\nFRAME\n";
        QVERIFY2(bytes.startsWith(header), bytes.left(100).constData());
        QCOMPARE(bytes.size(), header.size() + 3 * 16 * 4);
        const auto plane = [&bytes, &header](int n) { return int(uchar(bytes[header.size() + n * 64])); };
        // BT.601: 16 + 65.5, 128 - 37.8, 128 + 112
        QVERIFY2(std::abs(plane(0) - 82) <= 1, qPrintable(QString::number(plane(0))));
        QVERIFY2(std::abs(plane(1) - 90) <= 1, qPrintable(QString::number(plane(1))));
        QVERIFY2(std::abs(plane(2) - 240) <= 1, qPrintable(QString::number(plane(2))));
    }

    void rawFramesAreRgbaRows()
    {
        QImage picture(3, 2, QImage::Format_RGB32);
        picture.fill(QColor(1, 2, 3));
        QCOMPARE(written(StreamFormat::Raw, {picture}), QByteArray("\x01\x02\x03\xff", 4).repeated(6));
    }

    void theFirstFrameFixesTheSize()
    {
        QTemporaryFile file;
        QVERIFY(file.open());
        FrameStream stream(file.handle(), StreamFormat::Raw);
        QCOMPARE(*stream.write(QImage(4, 4, QImage::Format_RGB32)), FrameStream::Written::Yes);
        QCOMPARE(*stream.write(QImage(4, 5, QImage::Format_RGB32)), FrameStream::Written::OtherSize);
        QCOMPARE(*stream.write(QImage(4, 4, QImage::Format_Grayscale8)), FrameStream::Written::Yes);
        QCOMPARE(file.size(), 2 * 64);
    }

private:
    static QByteArray written(StreamFormat format, const std::vector<QImage>& pictures)
    {
        QTemporaryFile file;
        if (!file.open()) {
            return {};
        }
        FrameStream stream(file.handle(), format);
        for (const QImage& picture : pictures) {
            const auto result = stream.write(picture);
            if (!result || *result != FrameStream::Written::Yes) {
                return {};
            }
        }
        QFile all(file.fileName());
        return all.open(QIODevice::ReadOnly) ? all.readAll() : QByteArray();
    }
};

int tst_framefiles(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestFrameFiles>(argc, argv);
}

#include "tst_framefiles.moc"
