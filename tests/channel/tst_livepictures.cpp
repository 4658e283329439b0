// Single pictures that are shared as live frames, from a publisher to one load.
#include "common/channel/livememory.h"
#include "common/listing/segmentsurvey.h"
#include "common/live/framereader.h"
#include "tests/support/expect.h"
#include "tests/support/filememory.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/traces.h"
#include "tests/support/uniquekey.h"

#include <QFile>

#include <chrono>

using namespace shmpix;
using namespace shmpix::test;

class TestLivePictures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_address = m_traces.newAddress(QStringLiteral("posix")); }
    void everyPictureArrivesPixelForPixel_data();
    void everyPictureArrivesPixelForPixel();
    void aPictureTakesNoMoreThanItsOwnMemory();
    void theNextPictureIsTheNextFrameOfTheSameStream();
    void aStreamThatBecomesAnotherProtocolIsClosed();
    void anotherProtocolBecomesAStream();
    void anotherAddressClosesTheStream();
    void aRemovedPictureComesBack();
    void aCutPictureComesBack();
    void aPictureThatIsKeptIsReadAsTheLastOfItsStream();
    void whatIsNoMappableAddressIsRefused();
    void aPictureThatCannotBeIsRefusedAndTheOneBeforeStays();
    void aDamagedChecksumIsSaid();

private:
    [[nodiscard]] Result<ShareReport> shareLive(const QImage& image)
    {
        return share(m_publisher, m_address, image, ProtocolId::Live);
    }
    [[nodiscard]] std::optional<FrameInfo> next()
    {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
        while (std::chrono::steady_clock::now() < deadline) {
            auto frame = m_reader->wait(deadline) ? m_reader->copy(m_bytes)
                                                  : Result<std::optional<FrameInfo>>(std::nullopt);
            if (frame && *frame) {
                return **frame;
            }
        }
        return std::nullopt;
    }
    void follow() { m_reader.emplace(readableMemory(parsed(m_address))); }
    [[nodiscard]] bool becomes(StreamState state)
    {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
        while (m_reader->state() != state && std::chrono::steady_clock::now() < deadline) {
            static_cast<void>(m_reader->wait(deadline));
        }
        return m_reader->state() == state;
    }
    [[nodiscard]] QString file() const { return QStringLiteral("/dev/shm/") + parsed(m_address).name(); }

    Traces m_traces;
    QString m_address;
    Publisher m_publisher;
    std::optional<FrameReader> m_reader;
    std::vector<std::byte> m_bytes;
};

void TestLivePictures::everyPictureArrivesPixelForPixel_data()
{
    QTest::addColumn<QString>("scheme");
    QTest::addColumn<QString>("name");
    for (const QString& scheme : {QStringLiteral("posix"), QStringLiteral("file")}) {
        for (const QString& name : pictureNames()) {
            QTest::addRow("%s, %s", qPrintable(scheme), qPrintable(name)) << scheme << name;
        }
    }
}

void TestLivePictures::everyPictureArrivesPixelForPixel()
{
    QFETCH(QString, scheme);
    QFETCH(QString, name);
    m_address = uniqueAddress(scheme);
    // Only Qt programs know premultiplied pixels, so the stream has the plain colours in 8 bits.
    const bool isPremultiplied = name == QStringLiteral("premultiplied");
    const QImage image =
        isPremultiplied ? picture(name).convertToFormat(QImage::Format_ARGB32) : picture(name);
    const auto report = shareLive(picture(name));
    EXPECT_SUCCESS(report);
    QVERIFY(!report->pixelLayout); // readers need not be told
    const auto loaded = load(m_address);
    EXPECT_SUCCESS(loaded);
    QCOMPARE(loaded->protocol, ProtocolId::Live);
    QVERIFY2(samePixels(loaded->image, image), qPrintable(difference(loaded->image, image)));
}

/// This holds even after the picture was read in every way, and with earlier pictures.
void TestLivePictures::aPictureTakesNoMoreThanItsOwnMemory()
{
    const auto isOwn = [this](const QImage& image) {
        return memoryOf(file()) >= image.sizeInBytes() && memoryOf(file()) <= image.sizeInBytes() * 11 / 10;
    };
    const QImage image = photo(1000, 800);
    EXPECT_SUCCESS(share(m_publisher, m_address, image, ProtocolId::Datastream));
    EXPECT_SUCCESS(share(m_publisher, m_address, image, ProtocolId::Datastream));
    EXPECT_SUCCESS(shareLive(image));
    QVERIFY2(isOwn(image), qPrintable(QString::number(memoryOf(file()))));
    follow();
    QVERIFY(next().has_value());
    EXPECT_SUCCESS(load(m_address));
    SegmentSurvey survey(SegmentSurvey::Glance::Thumbnail);
    QVERIFY(!survey.list().empty());
    while (survey.hasNext()) {
        static_cast<void>(survey.lookAtNext());
    }
    QVERIFY2(isOwn(image), qPrintable(QString::number(memoryOf(file()))));

    const QImage larger = photo(2000, 1600);
    EXPECT_SUCCESS(shareLive(larger)); // with the previous picture, which readers may still get
    QVERIFY2(memoryOf(file()) <= (image.sizeInBytes() + larger.sizeInBytes()) * 11 / 10,
             qPrintable(QString::number(memoryOf(file()))));
}

void TestLivePictures::theNextPictureIsTheNextFrameOfTheSameStream()
{
    EXPECT_SUCCESS(shareLive(photo(64, 48)));
    follow();
    const auto first = next();
    QVERIFY(first.has_value());
    EXPECT_SUCCESS(shareLive(photo(320, 200))); // it does not fit, so a new ring is made
    const auto second = next();
    QVERIFY(second.has_value());
    QCOMPARE(second->session, first->session);
    QCOMPARE(second->serial, first->serial + 1);
    QCOMPARE(second->entry.layout.width, 320);
    QCOMPARE(m_reader->statistics().missed, 0U);
}

void TestLivePictures::aStreamThatBecomesAnotherProtocolIsClosed()
{
    EXPECT_SUCCESS(shareLive(photo(64, 48)));
    follow();
    QVERIFY(next().has_value());
    EXPECT_SUCCESS(share(m_publisher, m_address, photo(64, 48), ProtocolId::Bmp));
    QVERIFY2(becomes(StreamState::Closed), qPrintable(QString::number(int(m_reader->state()))));
    const auto loaded = load(m_address);
    EXPECT_SUCCESS(loaded);
    QCOMPARE(loaded->protocol, ProtocolId::Bmp);
}

void TestLivePictures::anotherProtocolBecomesAStream()
{
    EXPECT_SUCCESS(share(m_publisher, m_address, photo(64, 48), ProtocolId::Bmp));
    follow();
    QVERIFY(becomes(StreamState::Foreign));
    EXPECT_SUCCESS(shareLive(photo(32, 24)));
    QVERIFY(next().has_value());
    QCOMPARE(m_reader->state(), StreamState::Open);
}

void TestLivePictures::anotherAddressClosesTheStream()
{
    EXPECT_SUCCESS(shareLive(photo(64, 48)));
    follow();
    QVERIFY(next().has_value());
    EXPECT_SUCCESS(
        share(m_publisher, uniqueAddress(QStringLiteral("posix")), photo(64, 48), ProtocolId::Live));
    QVERIFY(becomes(StreamState::Closed));
    EXPECT_FAILURE(load(m_address), ErrorCode::NotFound);
}

void TestLivePictures::aRemovedPictureComesBack()
{
    const QImage image = photo(64, 48);
    EXPECT_SUCCESS(shareLive(image));
    follow();
    const auto before = next();
    QVERIFY(before.has_value());
    QVERIFY(QFile::remove(file()));
    const auto again = m_publisher.restore();
    QVERIFY(again.has_value());
    EXPECT_SUCCESS(*again);
    EXPECT_CONTAINS((*again)->note, QStringLiteral("Another program removed"));
    const auto loaded = load(m_address);
    EXPECT_SUCCESS(loaded);
    QVERIFY2(samePixels(loaded->image, image), qPrintable(difference(loaded->image, image)));
    const auto after = next();
    QVERIFY(after.has_value());
    QCOMPARE(after->session, before->session);
    QVERIFY(!m_publisher.restore());
}

void TestLivePictures::aCutPictureComesBack()
{
    const QImage image = photo(64, 48);
    EXPECT_SUCCESS(shareLive(image));
    QVERIFY(QFile::resize(file(), 100));
    const auto again = m_publisher.restore();
    QVERIFY(again.has_value());
    EXPECT_SUCCESS(*again);
    EXPECT_CONTAINS((*again)->note, QStringLiteral("truncated"));
    const auto loaded = load(m_address);
    EXPECT_SUCCESS(loaded);
    QVERIFY2(samePixels(loaded->image, image), qPrintable(difference(loaded->image, image)));
}

void TestLivePictures::aPictureThatIsKeptIsReadAsTheLastOfItsStream()
{
    const QImage image = photo(64, 48);
    EXPECT_SUCCESS(shareLive(image));
    m_publisher.keep();
    m_publisher.stop();
    const auto loaded = load(m_address);
    EXPECT_CONTAINS(m_traces.takeFound(), file());
    EXPECT_SUCCESS(loaded);
    QVERIFY2(samePixels(loaded->image, image), qPrintable(difference(loaded->image, image)));
    EXPECT_CONTAINS(loaded->reason, QStringLiteral("ended"));
}

void TestLivePictures::whatIsNoMappableAddressIsRefused()
{
    for (const QString& scheme : {QStringLiteral("qt"), QStringLiteral("systemv")}) {
        const auto report = share(m_publisher, uniqueAddress(scheme), photo(8, 8), ProtocolId::Live);
        EXPECT_FAILURE(report, ErrorCode::Usage);
        EXPECT_CONTAINS(report.error().text, QStringLiteral("another protocol"));
    }
}

void TestLivePictures::aPictureThatCannotBeIsRefusedAndTheOneBeforeStays()
{
    const QImage image = photo(64, 48);
    EXPECT_SUCCESS(shareLive(image));
    EXPECT_FAILURE(shareLive(QImage()), ErrorCode::BadData);
    const auto loaded = load(m_address);
    EXPECT_SUCCESS(loaded);
    QVERIFY2(samePixels(loaded->image, image), qPrintable(difference(loaded->image, image)));
}

void TestLivePictures::aDamagedChecksumIsSaid()
{
    const auto writer = makeSegmentWriter(parsed(m_address));
    EXPECT_SUCCESS(writer);
    FrameWriterOptions options;
    options.checksums = true;
    FrameWriter frames(**writer, options);
    const auto room = frames.begin(*parseLayout(QStringLiteral("4x4:gray8")));
    EXPECT_SUCCESS(room);
    std::fill(room->begin(), room->end(), std::byte{1});
    frames.publish();
    EXPECT_SUCCESS(load(m_address));
    room->front() = std::byte{2};
    const auto loaded = load(m_address);
    EXPECT_FAILURE(loaded, ErrorCode::BadData);
    EXPECT_CONTAINS(loaded.error().text, QStringLiteral("checksum"));
}

int tst_livepictures(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestLivePictures>(argc, argv);
}

#include "tst_livepictures.moc"
