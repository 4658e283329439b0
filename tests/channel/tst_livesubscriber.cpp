// Following pictures under an address: live frames as pictures, and segments of writers that know nothing of
// live frames.
#include "common/base/monotonicclock.h"
#include "common/channel/livepublisher.h"
#include "common/channel/livesubscriber.h"
#include "common/channel/publisher.h"
#include "common/image/writepixels.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"

#include <QFile>
#include <QTest>

#include <cmath>
#include <cstring>
#include <set>
#include <thread>

#include <sys/mman.h>
#include <time.h>

using namespace shmpix;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

/// The processor time of this thread in milliseconds.
double threadTime()
{
    timespec time = {};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return double(time.tv_sec) * 1e3 + double(time.tv_nsec) / 1e6;
}

/// Waits for the next frame; nothing if the time is over or the frame is refused.
std::optional<LiveFrame> nextFrame(LiveSubscriber& subscriber, std::chrono::milliseconds atMost = 10s)
{
    const auto deadline = Clock::now() + atMost;
    while (Clock::now() < deadline) {
        if (subscriber.wait(deadline)) {
            auto frame = subscriber.take();
            if (frame && *frame) {
                return std::move(**frame);
            }
        }
    }
    return std::nullopt;
}

/// A writer without rules: it stores through a mapping, which notifies nobody.
class BareWriter
{
public:
    BareWriter(const QString& path, qint64 bytes)
        : m_file(path)
    {
        if (m_file.open(QIODevice::ReadWrite) && m_file.resize(bytes)) {
            m_bytes = m_file.map(0, bytes);
        }
    }
    [[nodiscard]] uchar* bytes() const { return m_bytes; }

private:
    QFile m_file;
    uchar* m_bytes = nullptr;
};

} // namespace

class TestLiveSubscriber : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_key = test::uniqueName(); }
    void cleanup() { QFile::remove(segment()); }

    void everyLayoutBecomesAPicture_data()
    {
        QTest::addColumn<QString>("layout");
        QTest::addColumn<int>("most"); // the largest difference of a channel, for coarser formats
        for (const char* text : {"64x48:rgba8", "64x48:bgra8", "64x48:bgr8", "64x48:rgbx8,stride=512",
                                 "64x48:bgr8,bottom-up", "64x48:rgb16", "64x48:bgr8,offset=4096"}) {
            QTest::newRow(text) << QString::fromLatin1(text) << 1;
        }
    }

    void everyLayoutBecomesAPicture()
    {
        QFETCH(QString, layout);
        QFETCH(int, most);
        const auto publisher = publish();
        const QImage picture = test::photo(64, 48);
        write(*publisher, picture, layout, {7, 0, "a\nfile"});
        auto subscriber = subscribe();
        const auto frame = nextFrame(subscriber);
        QVERIFY(frame);
        QVERIFY2(test::largestDifference(frame->picture.image, picture) <= most,
                 qPrintable(test::difference(frame->picture.image, picture)));
        QCOMPARE(frame->number, std::optional<quint64>(7));
        QVERIFY(frame->isVerified());
        QVERIFY(!frame->text.contains(QLatin1Char('\n')));
        QCOMPARE(frame->picture.protocol, ProtocolId::Live);
        QCOMPARE(layoutText(*frame->picture.pixelLayout), layout);
        QCOMPARE(subscriber.state(), LiveState::Live);
        QCOMPARE(subscriber.statistics().frames.frames, quint64(1));
    }

    void picturesThatNobodyHoldsAreUsedAgainAndHeldOnesStay()
    {
        const auto publisher = publish();
        auto subscriber = subscribe();
        std::set<const uchar*> places;
        std::optional<LiveFrame> held;
        QImage heldCopy;
        for (quint64 i = 1; i <= 20; ++i) {
            QImage picture(64, 48, QImage::Format_RGBA8888);
            picture.fill(QColor(int(i) * 10, 0, 0));
            write(*publisher, picture, QStringLiteral("64x48:rgba8"), {i, 0, {}});
            auto frame = nextFrame(subscriber);
            QVERIFY(frame);
            QCOMPARE(frame->picture.image, picture);
            places.insert(frame->picture.image.constBits());
            if (i == 10) {
                heldCopy = frame->picture.image.copy();
                held = std::move(frame);
            }
        }
        QCOMPARE(held->picture.image, heldCopy);
        QVERIFY2(places.size() <= 3, qPrintable(QString::number(places.size())));
    }

    void framesAreMirroredAsAskedFor()
    {
        const auto publisher = publish();
        auto subscriber = subscribe();
        const QImage picture = test::photo(64, 48, QImage::Format_RGBA8888);
        subscriber.setFlip(Flip::Both);
        write(*publisher, picture, QStringLiteral("64x48:rgba8"), {1, 0, {}});
        auto frame = nextFrame(subscriber);
        QVERIFY(frame);
        QCOMPARE(frame->picture.image, picture.mirrored(true, true));
    }

    void B3_aClosedStreamIsSaidAndItsLastFrameCanBeRead()
    {
        auto publisher = publish();
        write(*publisher, test::photo(64, 48), QStringLiteral("64x48:rgba8"), {1, 0, {}});
        auto subscriber = subscribe();
        QVERIFY(nextFrame(subscriber));
        publisher.reset();
        QVERIFY(becomes(subscriber, LiveState::Closed));
        publisher = publish();
        write(*publisher, test::photo(64, 48), QStringLiteral("64x48:rgba8"), {1, 0, {}});
        QVERIFY(nextFrame(subscriber));
        QCOMPARE(subscriber.state(), LiveState::Live);
        QCOMPARE(subscriber.statistics().frames.sessions, quint64(1));
    }

    void A16_aDamagedFrameIsCountedAndTheNextOneShown()
    {
        const auto publisher = publish(true);
        auto subscriber = subscribe();
        write(*publisher, test::photo(64, 48), QStringLiteral("64x48:rgba8"), {1, 0, {}});
        QFile file(segment());
        QVERIFY(file.open(QIODevice::ReadWrite));
        QVERIFY(file.seek(publisher->frames().ring()->pixelsAt(0) + 1000) && file.write("damage") == 6);
        file.close();
        QVERIFY(!nextFrame(subscriber, 300ms));
        QCOMPARE(subscriber.statistics().frames.damaged, quint64(1));
        write(*publisher, test::photo(64, 48), QStringLiteral("64x48:rgba8"), {2, 0, {}});
        const auto frame = nextFrame(subscriber);
        QVERIFY(frame);
        QCOMPARE(frame->number, std::optional<quint64>(2));
    }

    void C2_aFrameThatIsNeverFinishedIsNotShownAndWaitingForItCostsNothing()
    {
        const auto publisher = publish();
        write(*publisher, test::photo(64, 48), QStringLiteral("64x48:rgba8"), {1, 0, {}});
        auto subscriber = subscribe();
        QVERIFY(nextFrame(subscriber));
        QVERIFY(publisher->frames().begin(*parseLayout(QStringLiteral("64x48:rgba8"))));
        const double before = threadTime();
        QVERIFY(!nextFrame(subscriber, 1s));
        const double used = threadTime() - before;
        qInfo("%.2f ms of processor time in a second", used);
        QVERIFY2(used < 100, qPrintable(QString::number(used))); // it does not loop without a pause
        QCOMPARE(subscriber.state(), LiveState::Live);
        QVERIFY(subscriber.sinceHeartbeat());
        publisher->frames().publish({2, 0, {}});
        const auto frame = nextFrame(subscriber);
        QVERIFY(frame);
        QCOMPARE(frame->number, std::optional<quint64>(2));
    }

    void C11_timesOfTheFutureGiveNoNegativeFigures()
    {
        const auto publisher = publish();
        auto subscriber = subscribe();
        for (quint64 i = 1; i <= 5; ++i) {
            write(*publisher, test::photo(64, 48), QStringLiteral("64x48:rgba8"),
                  {i, monotonicNow() + 3'600'000'000'000, {}});
            QVERIFY(setPublishedTime(i, monotonicNow() + 3'600'000'000'000));
            QVERIFY(nextFrame(subscriber));
        }
        const LiveStatistics statistics = subscriber.statistics();
        QVERIFY(!statistics.latency);
        QCOMPARE(statistics.sourceRate, 0.);
        QVERIFY(std::isfinite(statistics.rate) && statistics.rate >= 0);
    }

    void foreignPicturesAreReadAgainWhenTheyChange_data()
    {
        QTest::addColumn<QString>("scheme");
        for (const char* scheme : {"posix", "file", "qt", "systemv"}) {
            QTest::newRow(scheme) << QString::fromLatin1(scheme);
        }
    }

    void foreignPicturesAreReadAgainWhenTheyChange()
    {
        QFETCH(QString, scheme);
        const auto address = SegmentAddress::parse(test::uniqueAddress(scheme));
        QVERIFY(address);
        LiveSubscriber subscriber({*address, {}, {}, {}});
        QVERIFY(!nextFrame(subscriber, 100ms));
        QCOMPARE(subscriber.state(), LiveState::Waiting);
        Publisher publisher;
        for (int i = 1; i <= 4; ++i) {
            QImage picture = test::photo(200, 100 + i);
            QVERIFY(publisher.share({picture, *address, ProtocolId::Rawsize, Existing::Respect, {}}));
            const auto frame = nextFrame(subscriber);
            QVERIFY2(frame, qPrintable(QString::number(i)));
            QVERIFY(!frame->isVerified());
            QVERIFY2(test::samePixels(frame->picture.image, picture),
                     qPrintable(test::difference(frame->picture.image, picture)));
        }
        QCOMPARE(subscriber.state(), LiveState::Foreign);
        QVERIFY(!nextFrame(subscriber, 300ms)); // nothing changes, nothing comes
    }

    void storesThroughAMappingAreNoticed_data()
    {
        QTest::addColumn<QSize>("part");
        QTest::newRow("all of it") << QSize(1920, 1080);
        QTest::newRow("a corner") << QSize(64, 64);
    }

    void storesThroughAMappingAreNoticed()
    {
        QFETCH(QSize, part);
        const auto layout = *parseLayout(QStringLiteral("1920x1080:bgr8"));
        const BareWriter writer(segment(), 1920 * 1080 * 3);
        QVERIFY(writer.bytes());
        LiveSubscriber subscriber({address(), ProtocolId::Pixels, {{}, layout}, {}});
        QVERIFY(nextFrame(subscriber));
        for (int i = 1; i <= 3; ++i) {
            for (int y = 0; y < part.height(); ++y) {
                std::memset(writer.bytes() + qsizetype(y) * 1920 * 3, 60 * i, std::size_t(part.width()) * 3);
            }
            std::optional<LiveFrame> frame;
            do { // if it was read while it was written, it comes again
                frame = nextFrame(subscriber);
                QVERIFY2(frame, qPrintable(QString::number(i)));
            } while (frame->picture.image.pixelColor(part.width() - 1, part.height() - 1).red() != 60 * i);
        }
    }

    void watchingAForeignSegmentTakesLittleTime()
    {
        const auto layout = *parseLayout(QStringLiteral("3840x2160:bgra8"));
        const BareWriter writer(segment(), 3840 * 2160 * 4);
        QVERIFY(writer.bytes());
        LiveSubscriber subscriber({address(), ProtocolId::Pixels, {{}, layout}, {}});
        QVERIFY(nextFrame(subscriber));
        const double before = threadTime();
        QVERIFY(!nextFrame(subscriber, 2s));
        const double used = threadTime() - before;
        qInfo("%.2f %% of a core", used / 20);
        QVERIFY2(used < 200, qPrintable(QString::number(used)));
    }

    void C3_readingsDuringWhichTheBytesChangeAreThrownAwayAndCounted()
    {
        constexpr qint64 bytes = 1920 * 1080 * 3;
        const auto layout = *parseLayout(QStringLiteral("1920x1080:bgr8"));
        const BareWriter writer(segment(), bytes);
        QVERIFY(writer.bytes());
        std::jthread storing([&writer](const std::stop_token& isOver) {
            for (int value = 1; !isOver.stop_requested(); value = value % 250 + 1) {
                std::memset(writer.bytes(), value, bytes);
            }
        });
        LiveSubscriber subscriber({address(), ProtocolId::Pixels, {{}, layout}, {}});
        const auto deadline = Clock::now() + 20s;
        std::optional<LiveFrame> frame;
        while (subscriber.statistics().frames.torn == 0 && Clock::now() < deadline) {
            frame = nextFrame(subscriber);
        }
        QVERIFY(subscriber.statistics().frames.torn > 0);
        QVERIFY(nextFrame(subscriber)); // a writer that never pauses is shown nevertheless
        storing.request_stop();
        storing.join();
        do {
            frame = nextFrame(subscriber, 1s);
        } while (frame && frame->picture.image.pixelColor(0, 0) !=
                              QColor(*writer.bytes(), *writer.bytes(), *writer.bytes()));
        if (frame) { // the writer pauses: one picture from its first row to its last
            QCOMPARE(frame->picture.image.pixelColor(0, 0), frame->picture.image.pixelColor(1919, 1079));
        }
    }

    void liveFramesInTheForeignOnesPlaceAreFollowed()
    {
        {
            QFile file(segment());
            QVERIFY(file.open(QIODevice::WriteOnly));
            QVERIFY(test::photo(64, 48).save(&file, "PNG"));
        }
        auto subscriber = subscribe();
        auto frame = nextFrame(subscriber);
        QVERIFY(frame);
        QVERIFY(!frame->isVerified());
        QVERIFY(QFile::remove(segment()));
        const auto publisher = publish();
        write(*publisher, test::photo(64, 48), QStringLiteral("64x48:rgba8"), {5, 0, {}});
        frame = nextFrame(subscriber);
        QVERIFY(frame);
        QVERIFY(frame->isVerified());
        QCOMPARE(subscriber.state(), LiveState::Live);
    }

    void whoAsksForLiveFramesGetsNothingElse()
    {
        QFile file(segment());
        QVERIFY(file.open(QIODevice::WriteOnly));
        QVERIFY(test::photo(64, 48).save(&file, "BMP"));
        file.close();
        LiveSubscriber subscriber({address(), ProtocolId::Live, {}, {}});
        QVERIFY(!nextFrame(subscriber, 200ms));
        QCOMPARE(subscriber.state(), LiveState::Refused);
        QVERIFY(!subscriber.reason().text.isEmpty());
    }

    void whatIsNoPictureIsRefusedOnceAndAPictureInItsPlaceIsShown()
    {
        {
            QFile file(segment());
            QVERIFY(file.open(QIODevice::WriteOnly));
            QVERIFY(file.write(QByteArray(4096, '\xff')) == 4096);
        }
        auto subscriber = subscribe();
        QVERIFY(becomes(subscriber, LiveState::Refused));
        QVERIFY(!subscriber.reason().text.isEmpty());
        QFile file(segment());
        QVERIFY(file.open(QIODevice::WriteOnly));
        QVERIFY(test::photo(64, 48).save(&file, "BMP"));
        file.close();
        QVERIFY(nextFrame(subscriber));
        QCOMPARE(subscriber.state(), LiveState::Foreign);
    }

private:
    [[nodiscard]] QString segment() const { return QStringLiteral("/dev/shm/") + m_key; }
    [[nodiscard]] SegmentAddress address() const { return *SegmentAddress::parse(m_key); }
    [[nodiscard]] LiveSubscriber subscribe() const { return LiveSubscriber({address(), {}, {}, {}}); }

    [[nodiscard]] std::unique_ptr<LivePublisher> publish(bool checksums = false) const
    {
        auto publisher = LivePublisher::make({address(), Existing::Respect, checksums});
        return publisher ? std::move(*publisher) : nullptr;
    }

    static void write(LivePublisher& publisher, const QImage& picture, const QString& layout,
                      const FrameNote& note)
    {
        auto room = publisher.frames().begin(*parseLayout(layout));
        QVERIFY(room);
        writePixels(picture, *parseLayout(layout), *room);
        publisher.frames().publish(note);
    }

    /// Writes another time into the entry of the session's frame n, like a writer with a wrong clock.
    [[nodiscard]] bool setPublishedTime(quint64 n, qint64 time) const
    {
        constexpr qint64 slots_ = 4;
        QFile file(segment());
        return file.open(QIODevice::ReadWrite) &&
               file.seek(ringHeaderBytes + qint64((n - 1) % slots_) * slotEntryBytes + 80) &&
               file.write(reinterpret_cast<const char*>(&time), sizeof(time)) == sizeof(time);
    }

    /// Reads until that state is reached.
    [[nodiscard]] static bool becomes(LiveSubscriber& subscriber, LiveState state)
    {
        const auto deadline = Clock::now() + 10s;
        while (subscriber.state() != state && Clock::now() < deadline) {
            if (subscriber.wait(Clock::now() + 50ms)) {
                static_cast<void>(subscriber.take());
            }
        }
        return subscriber.state() == state;
    }

    QString m_key;
};

int tst_livesubscriber(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestLiveSubscriber>(argc, argv);
}

#include "tst_livesubscriber.moc"
