#include "common/protocol/detection.h"
#include "tests/support/codecbytes.h"
#include "tests/support/runtest.h"

#include <QDataStream>
#include <QGuiApplication>
#include <QPixmap>
#include <QPolygon>

using namespace shmpix;
using namespace shmpix::test;

namespace {

/// Returns the bytes that a stock Qt program puts into its segment.
template <class Picture>
QByteArray stockBytes(const Picture& picture, int version = QDataStream::Qt_DefaultCompiledVersion)
{
    QByteArray bytes;
    QDataStream out(&bytes, QIODevice::WriteOnly);
    out.setVersion(version);
    out << picture;
    return bytes;
}

/// Returns the picture that a stock Qt program reads from the bytes.
template <class Picture>
Picture stockRead(const QByteArray& bytes, QDataStream::Status& status)
{
    QDataStream in(bytes);
    Picture picture;
    in >> picture;
    status = in.status();
    return picture;
}

Result<Decoded> read(const QByteArray& bytes)
{
    return decoded(ProtocolId::Datastream, bytes);
}

QByteArray ours(const QImage& image)
{
    return encoded(ProtocolId::Datastream, image);
}

void addPictures()
{
    QTest::addColumn<QString>("name");
    for (const QString& name : pictureNames()) {
        QTest::newRow(qPrintable(name)) << name;
    }
}

/// Adds both kinds of PNG for several kinds of pictures.
void addEncodings()
{
    QTest::addColumn<QByteArray>("bytes");
    for (const char* name : {"photo", "palette-alpha", "rgba16", "grey", "1x1"}) {
        const QImage whole = picture(QString::fromLatin1(name));
        const QImage image = whole.copy(0, 0, std::min(whole.width(), 60), std::min(whole.height(), 40));
        QTest::addRow("ours, %s", name) << ours(image);
        QTest::addRow("Qt's, %s", name) << stockBytes(image);
    }
}

} // namespace

class TestDatastreamCodec : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void stockImageIsRead_data() { addPictures(); }
    void stockImageIsRead();
    void stockPixmapIsRead_data() { addPictures(); }
    void stockPixmapIsRead();
    void G6_streamOfAnotherVersionIsRead();
    void G6_streamWithoutAMarkerIsTheFileThatItIs();
    void G6_garbageIsRefused_data();
    void G6_garbageIsRefused();
    void stockReadsOurImage_data() { addPictures(); }
    void stockReadsOurImage();
    void stockReadsOurPixmap_data() { addPictures(); }
    void stockReadsOurPixmap();
    void oursBeginsAsStockQtsDoes();
    void G6_anyMarkerButZeroIsTaken_data();
    void G6_anyMarkerButZeroIsTaken();
    void G6_nullImageOfStockQtIsRefused();
    void G6_trailingBytesAreIgnored_data() { addEncodings(); }
    void G6_trailingBytesAreIgnored();
    void G6_cutIsAnError_data() { addEncodings(); }
    void G6_cutIsAnError();
    void cutAndPaddedIsAnError_data() { addEncodings(); }
    void cutAndPaddedIsAnError();
    void flippedBitIsFoundOrHarmless_data();
    void flippedBitIsFoundOrHarmless();
};

void TestDatastreamCodec::stockImageIsRead()
{
    QFETCH(QString, name);
    const QByteArray bytes = stockBytes(picture(name));
    QDataStream::Status status = QDataStream::Ok;
    const QImage expected = stockRead<QImage>(bytes, status);
    const auto back = read(bytes);
    QVERIFY_VALUE(back);
    QCOMPARE(back->bytes, bytes.size());
    QCOMPARE(back->reason, QStringLiteral("QDataStream image: marker 1, then PNG"));
    QVERIFY_SAME_PIXELS(back->image, expected);
    if (name != QLatin1String("premultiplied")) { // Qt's writer rounds the values of premultiplied pictures
        QVERIFY_SAME_PIXELS(back->image, picture(name));
    }
}

void TestDatastreamCodec::stockPixmapIsRead()
{
    QFETCH(QString, name);
    const QPixmap pixmap = QPixmap::fromImage(picture(name));
    const QByteArray bytes = stockBytes(pixmap);
    QDataStream::Status status = QDataStream::Ok;
    const QImage expected = stockRead<QImage>(bytes, status);
    const auto back = read(bytes);
    QVERIFY_VALUE(back);
    QCOMPARE(back->bytes, bytes.size());
    QVERIFY_SAME_PIXELS(back->image, expected);
}

void TestDatastreamCodec::G6_streamOfAnotherVersionIsRead()
{
    const QImage image = picture(QStringLiteral("alpha"));
    for (int version :
         {QDataStream::Qt_3_1, QDataStream::Qt_4_6, QDataStream::Qt_5_0, QDataStream::Qt_5_15}) {
        const auto back = read(stockBytes(image, version));
        QVERIFY_VALUE(back);
        QVERIFY_SAME_PIXELS(back->image, image);
    }
}

/// Streams of versions before Qt 3.1 have no marker, and a stream of Qt 1 contains a BMP file.
void TestDatastreamCodec::G6_streamWithoutAMarkerIsTheFileThatItIs()
{
    const QImage image = picture(QStringLiteral("odd"));
    for (const auto& [version, id] :
         {std::pair(QDataStream::Qt_1_0, ProtocolId::Bmp), std::pair(QDataStream::Qt_2_0, ProtocolId::Png),
          std::pair(QDataStream::Qt_3_0, ProtocolId::Png)}) {
        const QByteArray bytes = stockBytes(image, version);
        QVERIFY_BAD_DATA(read(bytes));
        MemorySource source(spanOf(bytes));
        const auto found = detectProtocol(source);
        QVERIFY_VALUE(found);
        QCOMPARE(protocolName(*found), protocolName(id));
        const auto back = decoded(id, bytes);
        QVERIFY_VALUE(back);
        QVERIFY_SAME_PIXELS(back->image, image);
    }
}

void TestDatastreamCodec::G6_garbageIsRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    const QByteArray marker("\0\0\0\1", 4);
    const QByteArray ones(4, '\xff');
    const QByteArray sound = ours(photo(20, 10));
    constexpr qsizetype headerLength = 4 + 8; // after the marker and the signature
    const qsizetype dataLength = sound.indexOf("IDAT") - 4;
    QTest::newRow("a marker") << marker;
    QTest::newRow("a length of 0xFFFFFFFF") << ones;
    QTest::newRow("a length of 0xFFFFFFFF, then text") << ones + "A QString or a QByteArray that is null.";
    QTest::newRow("a marker, then zeros") << marker + QByteArray(4096, '\0');
    QTest::newRow("a marker, then ones") << marker + QByteArray(4096, '\xff');
    QTest::newRow("a marker, then a signature") << sound.first(headerLength);
    QTest::newRow("a marker, then a signature and ones")
        << sound.first(headerLength) + QByteArray(4096, '\xff');
    QTest::newRow("a header of 0xFFFFFFFF bytes") << QByteArray(sound).replace(headerLength, 4, ones);
    QTest::newRow("sides of 0xFFFFFFFF") << QByteArray(sound).replace(headerLength + 8, 8, ones + ones);
    QTest::newRow("pixels of 0xFFFFFFFF bytes") << QByteArray(sound).replace(dataLength, 4, ones);
    QTest::newRow("Qt's, pixels of 0xFFFFFFFF bytes") << [&] {
        const QByteArray stock = stockBytes(photo(20, 10));
        return QByteArray(stock).replace(stock.indexOf("IDAT") - 4, 4, ones);
    }();
    QTest::newRow("another class in the stream") << stockBytes(QPolygon(QList<QPoint>{{1, 2}, {3, 4}}));
}

void TestDatastreamCodec::G6_garbageIsRefused()
{
    QFETCH(QByteArray, bytes);
    for (const QByteArray& segment : {bytes, pageRounded(bytes), bytes + ours(photo(8, 8))}) {
        const auto back = read(segment);
        QVERIFY_BAD_DATA(back);
    }
}

void TestDatastreamCodec::stockReadsOurImage()
{
    QFETCH(QString, name);
    QDataStream::Status status = QDataStream::ReadCorruptData;
    const QImage back = stockRead<QImage>(ours(picture(name)), status);
    QCOMPARE(status, QDataStream::Ok);
    QVERIFY_SAME_PIXELS(back, straight(picture(name)));
}

void TestDatastreamCodec::stockReadsOurPixmap()
{
    QFETCH(QString, name);
    QDataStream::Status status = QDataStream::ReadCorruptData;
    const QPixmap back = stockRead<QPixmap>(ours(picture(name)), status);
    QCOMPARE(status, QDataStream::Ok);
    const QPixmap expected = QPixmap::fromImage(straight(picture(name)));
    QVERIFY_SAME_PIXELS(back.toImage(), expected.toImage());
}

void TestDatastreamCodec::oursBeginsAsStockQtsDoes()
{
    const QImage image = picture(QStringLiteral("photo"));
    QCOMPARE(ours(image).first(12), QByteArray("\0\0\0\1\x89PNG\r\n\x1a\n", 12));
    QCOMPARE(ours(image).first(12), stockBytes(image).first(12));
}

void TestDatastreamCodec::G6_anyMarkerButZeroIsTaken_data()
{
    QTest::addColumn<QByteArray>("marker");
    QTest::addColumn<QString>("number");

    QTest::newRow("1") << QByteArray("\0\0\0\1", 4) << QStringLiteral("1");
    QTest::newRow("2") << QByteArray("\0\0\0\2", 4) << QStringLiteral("2");
    QTest::newRow("-1") << QByteArray("\xff\xff\xff\xff", 4) << QStringLiteral("-1");
    QTest::newRow("1, little-endian") << QByteArray("\1\0\0\0", 4) << QStringLiteral("16777216");
}

void TestDatastreamCodec::G6_anyMarkerButZeroIsTaken()
{
    QFETCH(QByteArray, marker);
    QFETCH(QString, number);
    const QImage image = picture(QStringLiteral("odd"));
    for (const QByteArray& bytes : {ours(image), stockBytes(image)}) {
        const QByteArray marked = marker + bytes.sliced(4);
        QDataStream::Status status = QDataStream::ReadCorruptData;
        QVERIFY2(!stockRead<QImage>(marked, status).isNull(), "stock Qt does not take this marker");
        const auto back = read(marked);
        QVERIFY_VALUE(back);
        QCOMPARE(back->reason, QStringLiteral("QDataStream image: marker %1, then PNG").arg(number));
        QCOMPARE(recognised(ProtocolId::Datastream, marked), back->reason);
        QVERIFY_SAME_PIXELS(back->image, image);
    }
}

void TestDatastreamCodec::G6_nullImageOfStockQtIsRefused()
{
    const QByteArray empty = stockBytes(QImage());
    QCOMPARE(empty, QByteArray(4, '\0'));
    for (const QByteArray& bytes : {empty, pageRounded(empty), empty + ours(photo(8, 8)).sliced(4)}) {
        QVERIFY(!recognised(ProtocolId::Datastream, bytes).has_value());
        QVERIFY_BAD_DATA(read(bytes));
    }
}

void TestDatastreamCodec::G6_trailingBytesAreIgnored()
{
    QFETCH(QByteArray, bytes);
    const auto exact = read(bytes);
    QVERIFY_VALUE(exact);
    for (const QByteArray& longer : {bytes + '\0', pageRounded(bytes), bytes + QByteArray(99999, '\xff'),
                                     bytes + bytes, bytes + bytes.sliced(4, 50)}) {
        const auto back = read(longer);
        QVERIFY_VALUE(back);
        QCOMPARE(back->bytes, bytes.size());
        QVERIFY_SAME_PIXELS(back->image, exact->image);
    }
}

void TestDatastreamCodec::G6_cutIsAnError()
{
    QFETCH(QByteArray, bytes);
    QVERIFY_VALUE(read(bytes));
    for (qsizetype length = 0; length < bytes.size(); ++length) {
        const bool isNearAnEnd = length < 100 || length > bytes.size() - 100;
        if (isNearAnEnd || length % 97 == 0) {
            const auto back = read(bytes.first(length));
            QVERIFY2(isBadData(back),
                     qPrintable(
                         QStringLiteral("cut to %1: %2").arg(length).arg(QString::fromUtf8(describe(back)))));
        }
    }
}

void TestDatastreamCodec::cutAndPaddedIsAnError()
{
    QFETCH(QByteArray, bytes);
    // A writer was killed while it filled a segment of zeros. Only the checksum of IEND may be missing.
    for (qsizetype length = 0; length < bytes.size() - 8; length += (length < 100 ? 1 : 97)) {
        const auto back = read(bytes.first(length) + QByteArray(8192, '\0'));
        QVERIFY2(
            isBadData(back),
            qPrintable(QStringLiteral("cut to %1: %2").arg(length).arg(QString::fromUtf8(describe(back)))));
    }
}

void TestDatastreamCodec::flippedBitIsFoundOrHarmless_data()
{
    QTest::addColumn<QByteArray>("bytes");
    for (const char* name : {"photo", "palette-alpha", "grey16", "rgba16"}) {
        QTest::newRow(name) << ours(picture(QString::fromLatin1(name)).copy(0, 0, 19, 7));
    }
}

void TestDatastreamCodec::flippedBitIsFoundOrHarmless()
{
    QFETCH(QByteArray, bytes);
    const auto whole = read(bytes);
    QVERIFY_VALUE(whole);
    const qsizetype dataBegin = bytes.indexOf("IDAT") + 4;
    const qsizetype dataEnd = bytes.lastIndexOf("IEND") - 4;
    int undetected = 0;
    for (qsizetype i = 4; i < bytes.size(); ++i) {
        for (int bit = 0; bit < 8; ++bit) {
            QByteArray changed = bytes;
            changed[i] = char(changed[i] ^ (1 << bit));
            const auto back = read(pageRounded(changed));
            const QString where = QStringLiteral("byte %1 of %2, bit %3").arg(i).arg(bytes.size()).arg(bit);
            if (!back) {
                QVERIFY2(isBadData(back), qPrintable(where));
                continue;
            }
            ++undetected;
            QVERIFY2(i < dataBegin || i >= dataEnd, qPrintable(where));
            QVERIFY2(samePixels(back->image, whole->image),
                     qPrintable(where + QStringLiteral(": ") + difference(back->image, whole->image)));
        }
    }
    QVERIFY2(undetected == 0, qPrintable(QString::number(undetected)));
}

int tst_datastreamcodec(int argc, char** argv)
{
    return shmpix::test::runTest<QGuiApplication, TestDatastreamCodec>(argc, argv);
}

#include "tst_datastreamcodec.moc"
