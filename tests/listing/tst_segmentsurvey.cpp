// The survey's information about the pictures in segments. Uses a separate folder.
#include "common/listing/segmentsurvey.h"
#include "tests/support/expect.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"

#include <QBuffer>
#include <QDeadlineTimer>
#include <QDir>
#include <QFile>
#include <QtEndian>

#include <unistd.h>

using namespace shmpix;
using namespace shmpix::test;

class TestSegmentSurvey : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup() { QVERIFY(QDir(m_folder).removeRecursively()); }
    void everyProtocolHasAThumbnail_data();
    void everyProtocolHasAThumbnail();
    void aThumbnailShowsThePicture_data();
    void aThumbnailShowsThePicture();
    void onlyTheProtocolIsSeenWhenNothingMoreIsAskedFor();
    void whatDidNotChangeIsNotReadAgain();
    void whatChangedIsSeenAgain_data();
    void whatChangedIsSeenAgain();
    void whatWasSeenStaysUntilTheNextLook();
    void hostileBytesEndNothing_data();
    void hostileBytesEndNothing();
    void aHugeFileTakesNoTime();

private:
    [[nodiscard]] QByteArray folder() const { return QFile::encodeName(m_folder); }
    [[nodiscard]] QString addressOf(const QString& name) const
    {
        return QStringLiteral("file:%1/%2").arg(m_folder, name);
    }
    [[nodiscard]] QString write(const QString& name, const QByteArray& bytes) const;
    [[nodiscard]] std::optional<SegmentLook> lookAt(SegmentSurvey& survey, const QString& path) const;

    QString m_folder;
};

namespace {

/// Looks until that segment was read again, or all were.
std::optional<SegmentLook> nextLook(SegmentSurvey& survey, const QByteArray& path)
{
    while (survey.hasNext()) {
        const auto row = survey.lookAtNext();
        if (row && row->segment.path == path) {
            return row->look;
        }
    }
    return std::nullopt;
}

QByteArray encoded(const QImage& image, ProtocolId protocol)
{
    const auto encoding = codecFor(protocol).encode(image, {});
    QByteArray bytes(encoding->bytes, '\0');
    encoding->write(std::as_writable_bytes(std::span(bytes.data(), bytes.size())));
    return bytes;
}

QImage twoHalves(QRgb left, QRgb right, int width, int height)
{
    QImage image(width, height, QImage::Format_RGB32);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            image.setPixel(x, y, x < width / 2 ? left : right);
        }
    }
    return image;
}

} // namespace

void TestSegmentSurvey::init()
{
    m_folder = QStringLiteral("/dev/shm/") + uniqueName();
    QVERIFY(QDir().mkdir(m_folder));
}

QString TestSegmentSurvey::write(const QString& name, const QByteArray& bytes) const
{
    QFile file(m_folder + QLatin1Char('/') + name);
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() ? file.fileName() : QString();
}

std::optional<SegmentLook> TestSegmentSurvey::lookAt(SegmentSurvey& survey, const QString& path) const
{
    static_cast<void>(survey.list());
    return nextLook(survey, QFile::encodeName(path));
}

void TestSegmentSurvey::everyProtocolHasAThumbnail_data()
{
    QTest::addColumn<int>("protocol");
    for (const ProtocolId id : codecProtocols()) {
        if (id != ProtocolId::Pixels) { // plain pixels do not identify themselves
            QTest::newRow(qPrintable(protocolName(id))) << int(id);
        }
    }
}

void TestSegmentSurvey::everyProtocolHasAThumbnail()
{
    QFETCH(int, protocol);
    const auto id = static_cast<ProtocolId>(protocol);
    const QString path = write(QStringLiteral("a"), encoded(twoHalves(0xff2040c0, 0xffe0d010, 400, 200), id));
    SegmentSurvey survey(SegmentSurvey::Glance::Thumbnail, folder());
    const auto look = lookAt(survey, path);
    QVERIFY(look.has_value());
    QVERIFY2(look->protocol == id, qPrintable(look->remark));
    QCOMPARE(look->size, QSize(400, 200));
    QCOMPARE(look->thumbnail.size(), QSize(96, 48));
    QVERIFY(!look->remark.isEmpty());
    const QImage wanted = twoHalves(0xff2040c0, 0xffe0d010, 96, 48);
    for (const QPoint& point : {QPoint(5, 5), QPoint(40, 40), QPoint(60, 5), QPoint(90, 45)}) {
        const QColor seen = look->thumbnail.pixelColor(point);
        const QColor meant = wanted.pixelColor(point);
        const int difference = qAbs(seen.red() - meant.red()) + qAbs(seen.green() - meant.green()) +
                               qAbs(seen.blue() - meant.blue());
        QVERIFY2(difference < 12, qPrintable(seen.name() + QStringLiteral(" for ") + meant.name()));
    }
}

void TestSegmentSurvey::aThumbnailShowsThePicture_data()
{
    QTest::addColumn<QSize>("picture");
    QTest::addColumn<QSize>("thumbnail");
    QTest::newRow("small pictures stay") << QSize(20, 10) << QSize(20, 10);
    QTest::newRow("one pixel") << QSize(1, 1) << QSize(1, 1);
    QTest::newRow("a row") << QSize(60000, 1) << QSize(96, 1);
    QTest::newRow("a column") << QSize(1, 60000) << QSize(1, 96);
    QTest::newRow("a little too large") << QSize(97, 97) << QSize(96, 96);
    QTest::newRow("4K") << QSize(3840, 2160) << QSize(96, 54);
}

void TestSegmentSurvey::aThumbnailShowsThePicture()
{
    QFETCH(QSize, picture);
    QFETCH(QSize, thumbnail);
    const QImage image = twoHalves(0xff2040c0, 0xffe0d010, picture.width(), picture.height());
    const QString path = write(QStringLiteral("a"), encoded(image, ProtocolId::Rawsize));
    SegmentSurvey survey(SegmentSurvey::Glance::Thumbnail, folder());
    const auto look = lookAt(survey, path);
    QVERIFY(look.has_value());
    QCOMPARE(look->size, picture);
    QCOMPARE(look->thumbnail.size(), thumbnail);
}

void TestSegmentSurvey::onlyTheProtocolIsSeenWhenNothingMoreIsAskedFor()
{
    const QString path =
        write(QStringLiteral("a"), encoded(picture(QStringLiteral("photo")), ProtocolId::Bmp));
    SegmentSurvey survey(SegmentSurvey::Glance::Protocol, folder());
    const auto look = lookAt(survey, path);
    QVERIFY(look.has_value());
    QVERIFY(look->protocol == ProtocolId::Bmp);
    QVERIFY(look->thumbnail.isNull());
}

void TestSegmentSurvey::whatDidNotChangeIsNotReadAgain()
{
    const QString path =
        write(QStringLiteral("a"), encoded(picture(QStringLiteral("photo")), ProtocolId::Bmp));
    SegmentSurvey survey(SegmentSurvey::Glance::Thumbnail, folder());
    const auto look = lookAt(survey, path);
    QVERIFY(look.has_value());
    static_cast<void>(survey.lookCloser()); // nobody has it mapped
    const QByteArray own = QFile::encodeName(path);
    QThread::msleep(1100); // longer than any delay between looks
    std::optional<SegmentLook> kept;
    for (const SurveyedSegment& row : survey.list()) {
        if (row.segment.path == own) {
            kept = row.look;
        }
    }
    QVERIFY(kept.has_value());
    QCOMPARE(kept->thumbnail.cacheKey(), look->thumbnail.cacheKey());
    QVERIFY(!nextLook(survey, own));
}

void TestSegmentSurvey::whatChangedIsSeenAgain_data()
{
    QTest::addColumn<bool>("isMapped");
    QTest::newRow("written") << false;
    QTest::newRow("stored through a mapping") << true; // which changes no time
}

void TestSegmentSurvey::whatChangedIsSeenAgain()
{
    QFETCH(bool, isMapped);
    const QByteArray red = encoded(twoHalves(0xffff0000, 0xffff0000, 50, 50), ProtocolId::Rawsize);
    const QByteArray blue = encoded(twoHalves(0xff0000ff, 0xff0000ff, 50, 50), ProtocolId::Rawsize);
    const QString path = write(QStringLiteral("a"), red);
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadWrite));
    uchar* const memory = isMapped ? file.map(0, red.size()) : nullptr;
    SegmentSurvey survey(SegmentSurvey::Glance::Thumbnail, folder());
    QVERIFY(lookAt(survey, path).has_value());
    static_cast<void>(survey.lookCloser());
    if (isMapped) {
        QVERIFY(memory != nullptr);
        std::memcpy(memory, blue.constData(), static_cast<std::size_t>(blue.size()));
    } else {
        QCOMPARE(file.write(blue), blue.size());
        QVERIFY(file.flush());
    }
    const QDeadlineTimer deadline(20000);
    std::optional<SegmentLook> look;
    while (!look && !deadline.hasExpired()) {
        QThread::msleep(20);
        look = lookAt(survey, path);
    }
    QVERIFY(look.has_value());
    QCOMPARE(look->thumbnail.pixelColor(10, 10), QColor(Qt::blue));
}

void TestSegmentSurvey::whatWasSeenStaysUntilTheNextLook()
{
    const QString path =
        write(QStringLiteral("a"), encoded(twoHalves(0xffff0000, 0xffff0000, 50, 50), ProtocolId::Rawsize));
    SegmentSurvey survey(SegmentSurvey::Glance::Thumbnail, folder());
    QVERIFY(lookAt(survey, path).has_value());
    QCOMPARE(write(QStringLiteral("a"), QByteArray("no picture any more")), path);
    for (const SurveyedSegment& row : survey.list()) {
        if (row.segment.path == QFile::encodeName(path)) {
            QVERIFY(row.look && !row.look->thumbnail.isNull());
        }
    }
}

void TestSegmentSurvey::hostileBytesEndNothing_data()
{
    QTest::addColumn<QByteArray>("bytes");
    const QByteArray png = encoded(picture(QStringLiteral("noise")), ProtocolId::Png);
    QByteArray wide = png;
    qToBigEndian<quint32>(0x7fffffff, wide.data() + 16);
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("one byte") << QByteArray("x");
    QTest::newRow("zeros") << QByteArray(1 << 20, '\0');
    QTest::newRow("ones") << QByteArray(1 << 20, '\xff');
    QTest::newRow("cut PNG") << png.left(png.size() / 2);
    QTest::newRow("PNG of 2147483647 columns") << wide;
    QTest::newRow("BMP header only") << encoded(picture(QStringLiteral("photo")), ProtocolId::Bmp).left(54);
    QTest::newRow("cut JPEG") << cameraJpeg(100, 100).left(200);
    QTest::newRow("datastream of garbage")
        << QByteArray("\0\0\0\1\x89PNG\r\n\x1a\n", 12) + QByteArray(5000, '\x5a');
}

void TestSegmentSurvey::hostileBytesEndNothing()
{
    QFETCH(QByteArray, bytes);
    const QString path = write(QStringLiteral("hostile"), bytes);
    const QString good =
        write(QStringLiteral("sound"), encoded(picture(QStringLiteral("photo")), ProtocolId::Png));
    SegmentSurvey survey(SegmentSurvey::Glance::Thumbnail, folder());
    static_cast<void>(survey.list());
    bool wasGoodSeen = false;
    bool wasHostileSeen = false;
    while (survey.hasNext()) {
        const auto row = survey.lookAtNext();
        if (row && row->segment.path == QFile::encodeName(good)) {
            wasGoodSeen = !row->look->thumbnail.isNull();
        }
        if (row && row->segment.path == QFile::encodeName(path)) {
            wasHostileSeen = true;
            QVERIFY(row->look->thumbnail.isNull());
            QVERIFY(!row->look->remark.isEmpty());
        }
    }
    QVERIFY(wasGoodSeen && wasHostileSeen);
}

void TestSegmentSurvey::aHugeFileTakesNoTime()
{
    // One file has zeros, the other a header that asks for all bytes of the file.
    const QString zeros = write(QStringLiteral("zeros"), QByteArray());
    const QString bmp = write(QStringLiteral("bmp"), [] {
        QByteArray bytes = encoded(QImage(1, 1, QImage::Format_RGB32), ProtocolId::Bmp);
        qToLittleEndian<qint32>(16384, bytes.data() + 18);
        qToLittleEndian<qint32>(16384, bytes.data() + 22);
        return bytes;
    }());
    for (const QString& path : {zeros, bmp}) {
        QCOMPARE(::truncate(qPrintable(path), off_t{1} << 62), 0);
    }
    SegmentSurvey survey(SegmentSurvey::Glance::Thumbnail, folder());
    const auto look = lookAt(survey, zeros);
    QVERIFY(look.has_value());
    QVERIFY(!look->protocol);
    SegmentSurvey another(SegmentSurvey::Glance::Thumbnail, folder());
    const auto second = lookAt(another, bmp);
    QVERIFY(second.has_value());
    EXPECT_CONTAINS(second->remark, QStringLiteral("too large for a preview"));
}

int tst_segmentsurvey(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestSegmentSurvey>(argc, argv);
}

#include "tst_segmentsurvey.moc"
