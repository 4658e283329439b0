#include "common/protocol/codec.h"

#include "tests/support/codecbytes.h"
#include "tests/support/runtest.h"

using namespace shmpix;
using namespace shmpix::test;

/// Tests that apply to every protocol.
class TestCodec : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void exactlyTheAnnouncedBytesAreWritten_data();
    void exactlyTheAnnouncedBytesAreWritten();
    void pictureComesBack_data() { exactlyTheAnnouncedBytesAreWritten_data(); }
    void pictureComesBack();
    void B9_tailOfALongerSegmentIsIgnored_data() { exactlyTheAnnouncedBytesAreWritten_data(); }
    void B9_tailOfALongerSegmentIsIgnored();
    void partOfAnotherPictureComesBack_data();
    void partOfAnotherPictureComesBack();
    void everyQImageFormatComesBack_data();
    void everyQImageFormatComesBack();
    void pictureThatNobodyCouldReadIsNotWritten_data();
    void pictureThatNobodyCouldReadIsNotWritten();
    void lossIsTold_data();
    void lossIsTold();
    void pictureIsKeptAliveByItsEncoding_data() { partOfAnotherPictureComesBack_data(); }
    void pictureIsKeptAliveByItsEncoding();
};

namespace {

/// Returns the picture that a lossless protocol returns.
QImage expected(ProtocolId id, const QImage& image)
{
    const bool keepsDepth = id == ProtocolId::Datastream || id == ProtocolId::Png || id == ProtocolId::Npy;
    const bool grey = image.format() == QImage::Format_Grayscale16 && id == ProtocolId::Bmp;
    return keepsDepth ? straight(image)
           : grey     ? image.convertToFormat(QImage::Format_Grayscale8)
                      : in8Bits(image);
}

void addProtocolColumn()
{
    QTest::addColumn<ProtocolId>("id");
}

} // namespace

void TestCodec::exactlyTheAnnouncedBytesAreWritten_data()
{
    addProtocolColumn();
    QTest::addColumn<QString>("name");
    for (ProtocolId id : selfDescribingProtocols()) {
        for (const QString& name : pictureNames()) {
            QTest::addRow("%s, %s", qPrintable(protocolName(id)), qPrintable(name)) << id << name;
        }
    }
}

void TestCodec::exactlyTheAnnouncedBytesAreWritten()
{
    QFETCH(ProtocolId, id);
    QFETCH(QString, name);
    const auto encoding = codecFor(id).encode(picture(name), {});
    QVERIFY_VALUE(encoding);
    constexpr qsizetype guard = 4096;
    const auto write = [&encoding](char fill) {
        QByteArray bytes(encoding->bytes + guard, fill);
        encoding->write(
            std::as_writable_bytes(std::span(bytes.data(), static_cast<std::size_t>(encoding->bytes))));
        return bytes;
    };
    const QByteArray first = write('\xa5');
    const QByteArray second = write('\x5a');
    QCOMPARE(first.last(guard), QByteArray(guard, '\xa5'));
    for (qint64 i = 0; i < encoding->bytes; ++i) {
        QVERIFY2(first[i] == second[i], qPrintable(QStringLiteral("byte %1 is not written").arg(i)));
    }
}

void TestCodec::pictureComesBack()
{
    QFETCH(ProtocolId, id);
    QFETCH(QString, name);
    const QImage image = picture(name);
    const QByteArray bytes = encoded(id, image);
    const auto back = decoded(id, bytes);
    QVERIFY_VALUE(back);
    QCOMPARE(back->bytes, bytes.size());
    QCOMPARE(back->image.size(), image.size());
    if (id != ProtocolId::Jpeg) {
        QVERIFY_SAME_PIXELS(back->image, expected(id, image));
    }
}

void TestCodec::B9_tailOfALongerSegmentIsIgnored()
{
    QFETCH(ProtocolId, id);
    QFETCH(QString, name);
    const QByteArray bytes = encoded(id, picture(name));
    const auto exact = decoded(id, bytes);
    QVERIFY_VALUE(exact);
    for (const QByteArray& longer : {bytes + QByteArray(1, '\0'), pageRounded(bytes),
                                     bytes + QByteArray(100001, '\xff'), bytes + bytes}) {
        DecodeOptions options;
        if (id == ProtocolId::Rawsize) {
            options.size = exact->image.size(); // a tail would make other sizes more likely
        }
        const auto back = decoded(id, longer, options);
        QVERIFY_VALUE(back);
        QCOMPARE(back->bytes, bytes.size());
        QVERIFY_SAME_PIXELS(back->image, exact->image);
    }
}

void TestCodec::partOfAnotherPictureComesBack_data()
{
    addProtocolColumn();
    for (ProtocolId id :
         {ProtocolId::Datastream, ProtocolId::Png, ProtocolId::Rawsize, ProtocolId::Bmp, ProtocolId::Npy}) {
        QTest::newRow(qPrintable(protocolName(id))) << id;
    }
}

void TestCodec::partOfAnotherPictureComesBack()
{
    QFETCH(ProtocolId, id);
    for (QImage::Format format : {QImage::Format_RGB32, QImage::Format_RGBA8888, QImage::Format_RGB888,
                                  QImage::Format_Grayscale8, QImage::Format_RGBA64}) {
        const QImage whole = photo(201, 87, format);
        // The rows are further apart than the part is wide and do not begin at the start of the memory.
        const QImage part(whole.constScanLine(13) + 17 * whole.depth() / 8, 101, 53, whole.bytesPerLine(),
                          format);
        const auto back = decoded(id, encoded(id, part));
        QVERIFY_VALUE(back);
        QVERIFY_SAME_PIXELS(back->image, expected(id, whole.copy(17, 13, 101, 53)));
    }
}

void TestCodec::everyQImageFormatComesBack_data()
{
    addProtocolColumn();
    QTest::addColumn<int>("format");
    for (ProtocolId id : {ProtocolId::Datastream, ProtocolId::Rawsize, ProtocolId::Bmp, ProtocolId::Npy}) {
        for (int format = QImage::Format_Invalid + 1; format < QImage::NImageFormats; ++format) {
            QTest::addRow("%s, format %d", qPrintable(protocolName(id)), format) << id << format;
        }
    }
}

void TestCodec::everyQImageFormatComesBack()
{
    QFETCH(ProtocolId, id);
    QFETCH(int, format);
    // Opaque formats are made from an opaque picture because Qt would leave the alpha of another one in the
    // unused bits.
    const bool opaque =
        QImage::toPixelFormat(QImage::Format(format)).alphaUsage() == QPixelFormat::IgnoresAlpha;
    const QImage image = picture(opaque ? QStringLiteral("rgb16") : QStringLiteral("rgba16"))
                             .convertToFormat(QImage::Format(format));
    const auto back = decoded(id, encoded(id, image));
    QVERIFY_VALUE(back);
    QImage wanted = expected(id, image);
    if (id == ProtocolId::Datastream && image.format() >= QImage::Format_RGBX16FPx4) {
        wanted =
            image.convertToFormat(image.hasAlphaChannel() ? QImage::Format_RGBA64 : QImage::Format_RGBX64);
    }
    QVERIFY_SAME_PIXELS(back->image, wanted);
}

void TestCodec::pictureThatNobodyCouldReadIsNotWritten_data()
{
    addProtocolColumn();
    QTest::addColumn<QSize>("size");
    QTest::addColumn<int>("format");
    for (ProtocolId id : selfDescribingProtocols()) {
        const QByteArray name = protocolName(id).toUtf8();
        QTest::addRow("%s, no picture", name.constData()) << id << QSize() << int(QImage::Format_Invalid);
        QTest::addRow("%s, wider than 65535", name.constData())
            << id << QSize(65536, 1) << int(QImage::Format_Grayscale8);
        QTest::addRow("%s, higher than 65535", name.constData())
            << id << QSize(1, 65536) << int(QImage::Format_RGB32);
    }
}

void TestCodec::pictureThatNobodyCouldReadIsNotWritten()
{
    QFETCH(ProtocolId, id);
    QFETCH(QSize, size);
    QFETCH(int, format);
    QImage image(size, QImage::Format(format));
    image.fill(Qt::white);
    QVERIFY_BAD_DATA(codecFor(id).encode(image, {}));
}

void TestCodec::lossIsTold_data()
{
    addProtocolColumn();
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("word"); // a word of the note; empty for no note

    const auto row = [](ProtocolId id, const char* name, const char* word) {
        QTest::addRow("%s, %s", qPrintable(protocolName(id)), name)
            << id << QString::fromLatin1(name) << QString::fromLatin1(word);
    };
    for (const char* deep : {"grey16", "rgb16", "rgba16"}) {
        row(ProtocolId::Datastream, deep, "");
        row(ProtocolId::Png, deep, "");
        row(ProtocolId::Rawsize, deep, "16 bits per channel");
        row(ProtocolId::Bmp, deep, "16 bits per channel");
    }
    for (const char* shallow : {"photo", "grey", "palette", "mono"}) {
        for (ProtocolId id : selfDescribingProtocols()) {
            row(id, shallow, "");
        }
    }
    row(ProtocolId::Jpeg, "grey16", "16 bits per channel");
    row(ProtocolId::Jpeg, "alpha", "transparency");
    row(ProtocolId::Jpeg, "palette-alpha", "transparency");
    row(ProtocolId::Bmp, "alpha", "");
    row(ProtocolId::Rawsize, "alpha", "");
}

void TestCodec::lossIsTold()
{
    QFETCH(ProtocolId, id);
    QFETCH(QString, name);
    QFETCH(QString, word);
    const auto encoding = codecFor(id).encode(picture(name), {});
    QVERIFY_VALUE(encoding);
    QVERIFY2(encoding->note.isEmpty() == word.isEmpty() && encoding->note.contains(word),
             qPrintable(encoding->note));
}

void TestCodec::pictureIsKeptAliveByItsEncoding()
{
    QFETCH(ProtocolId, id);
    QImage image = photo(64, 48);
    const QImage before = image.copy();
    const auto encoding = codecFor(id).encode(image, {});
    QVERIFY_VALUE(encoding);
    image.fill(Qt::red); // the caller paints again before the bytes are written
    image = QImage();
    QByteArray bytes(encoding->bytes, '\0');
    encoding->write(std::as_writable_bytes(std::span(bytes.data(), static_cast<std::size_t>(bytes.size()))));
    const auto back = decoded(id, bytes);
    QVERIFY_VALUE(back);
    QVERIFY_SAME_PIXELS(back->image, before);
}

int tst_codec(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestCodec>(argc, argv);
}

#include "tst_codec.moc"
