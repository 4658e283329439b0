// The receiver's window in live mode: pictures, messages, and automatic recovery.
#include "receiver/window/receiverwindow.h"

#include "common/ui/imageview.h"
#include "common/ui/keybox.h"
#include "receiver/window/livebar.h"
#include "tests/support/framepattern.h"
#include "tests/support/peerprocess.h"
#include "tests/support/runtest.h"
#include "tests/support/traces.h"
#include "tests/support/uniquekey.h"
#include "tests/support/windowtest.h"

#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QGuiApplication>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

#include <csignal>
#include <set>

#include <sys/resource.h>

using namespace shmpix;
using test::child;
using test::click;

namespace {

constexpr int patience = 30000;

/// Records the frames of a live window and checks that each of them was really written.
class Watcher final : public QObject
{
public:
    /// If judgesPixels is true, each frame is compared on the GUI thread, which takes a moment for a large
    /// one.
    explicit Watcher(FollowStream& session, bool judgesPixels = true)
    {
        connect(&session, &FollowStream::frameCame, this, [this, judgesPixels](const LiveFrame& frame) {
            const QImage& image = frame.picture.image;
            ++m_frames;
            m_sizes.insert({image.width(), image.height()});
            m_last = frame.number.value_or(0);
            m_isOrdered &= m_last > m_before;
            m_before = m_last;
            const std::span bytes(image.constBits(), std::size_t(image.sizeInBytes()));
            m_violations +=
                judgesPixels && frame.isVerified() && !isFrame(std::as_bytes(bytes), m_last) ? 1 : 0;
        });
    }

    [[nodiscard]] int frames() const { return m_frames; }
    [[nodiscard]] int violations() const { return m_violations; }
    [[nodiscard]] quint64 last() const { return m_last; }
    [[nodiscard]] std::size_t sizes() const { return m_sizes.size(); }
    [[nodiscard]] bool isOrdered() const { return m_isOrdered; }

private:
    int m_frames = 0;
    int m_violations = 0;
    quint64 m_last = 0;
    quint64 m_before = 0;
    bool m_isOrdered = true;
    std::set<std::pair<int, int>> m_sizes;
};

/// Returns the processor time of this process in milliseconds.
double processorTime()
{
    rusage usage = {};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto of = [](const timeval& time) {
        return double(time.tv_sec) * 1e3 + double(time.tv_usec) / 1e3;
    };
    return of(usage.ru_utime) + of(usage.ru_stime);
}

} // namespace

class TestLiveWindow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        test::clearSettings();
        m_key = test::uniqueName();
        static_cast<void>(m_traces.watched(QStringLiteral("posix:/") + m_key));
        ReceiverOptions options;
        options.key = m_key;
        m_window = std::make_unique<ReceiverWindow>(options);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
        m_watcher = std::make_unique<Watcher>(session());
    }

    void cleanup()
    {
        m_watcher.reset();
        m_window.reset();
        m_writer.reset();
        static_cast<void>(m_traces.takeFound()); // left by killed writers
    }

    void everyNewestFrameIsShownWithItsFigures()
    {
        write(60, {QStringLiteral("320x240:rgba8")});
        QVERIFY(!child<LiveBar>(*m_window, "liveBar")->isVisible());
        click(*m_window, "liveButton");
        QTRY_VERIFY_WITH_TIMEOUT(m_watcher->frames() >= 30, patience);
        QCOMPARE(m_watcher->violations(), 0);
        QVERIFY(m_watcher->isOrdered());
        QVERIFY(child<LiveBar>(*m_window, "liveBar")->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(text("frameFigure").startsWith(QStringLiteral("Frame ")), patience);
        QTRY_VERIFY_WITH_TIMEOUT(text("rateFigure").contains(QStringLiteral(" of ")), patience);
        QTRY_VERIFY_WITH_TIMEOUT(text("latencyFigure").contains(QStringLiteral("99 %: ")), patience);
        QTRY_VERIFY_WITH_TIMEOUT(text("lossFigure").contains(QStringLiteral(" torn")), patience);
        QVERIFY(!child<QLabel>(*m_window, "unverifiedBadge")->isVisible());
        QTRY_COMPARE(message(), QStringLiteral("Live from posix:/%1.").arg(m_key));
        qInfo("%s | %s | %s", qPrintable(text("rateFigure")), qPrintable(text("latencyFigure")),
              qPrintable(text("lossFigure")));
    }

    void liveAtTheStartWhenTheOptionsSaySo()
    {
        write(30, {QStringLiteral("320x240:rgba8")});
        ReceiverOptions options;
        options.key = m_key;
        options.live = true;
        m_window = std::make_unique<ReceiverWindow>(options);
        m_window->show();
        QTRY_VERIFY_WITH_TIMEOUT(!test::shownImage(*m_window).isNull(), patience);
        QVERIFY(child<QPushButton>(*m_window, "liveButton")->isChecked());
    }

    void everyControlHasAName()
    {
        click(*m_window, "liveButton");
        for (const char* name : {"frameFigure", "rateFigure", "latencyFigure", "lossFigure"}) {
            QVERIFY2(!child<QLabel>(*m_window, name)->accessibleName().isEmpty(), name);
        }
        for (const char* name : {"freezeButton", "stepButton"}) {
            QVERIFY2(!child<QToolButton>(*m_window, name)->accessibleName().isEmpty(), name);
        }
        QVERIFY(child<QPushButton>(*m_window, "loadButton")->isDefault());
    }

    void freezeKeepsThePictureAndStepShowsTheNext()
    {
        write(60, {QStringLiteral("320x240:rgba8")});
        click(*m_window, "liveButton");
        QTRY_VERIFY_WITH_TIMEOUT(m_watcher->frames() >= 5, patience);
        QTest::keyClick(m_window->focusWidget(), Qt::Key_Space);
        QVERIFY(session().isFrozen());
        const int frames = m_watcher->frames();
        const qint64 key = test::shownImage(*m_window).cacheKey();
        QSignalSpy views(&session(), &FollowStream::viewChanged);
        QTRY_VERIFY_WITH_TIMEOUT(views.count() >= 3, patience); // four per second: frames had time to arrive
        QCOMPARE(m_watcher->frames(), frames);
        QCOMPARE(test::shownImage(*m_window).cacheKey(), key);

        QTest::keyClick(m_window->focusWidget(), Qt::Key_Period);
        QTRY_COMPARE_WITH_TIMEOUT(m_watcher->frames(), frames + 1, patience);
        views.clear();
        QTRY_VERIFY_WITH_TIMEOUT(views.count() >= 3, patience);
        QCOMPARE(m_watcher->frames(), frames + 1);

        QTest::keyClick(m_window->focusWidget(), Qt::Key_Space);
        QVERIFY(!session().isFrozen());
        QTRY_VERIFY_WITH_TIMEOUT(m_watcher->frames() > frames + 5, patience);
        QCOMPARE(m_watcher->violations(), 0);
    }

    void copySaveAndFlipActOnTheFrameThatIsShown()
    {
        write(60, {QStringLiteral("320x240:rgba8")});
        click(*m_window, "liveButton");
        QTRY_VERIFY_WITH_TIMEOUT(m_watcher->frames() >= 2, patience);
        click(*m_window, "freezeButton");
        const QImage shown = test::shownImage(*m_window).copy();
        click(*m_window, "copyButton");
        QCOMPARE(QGuiApplication::clipboard()->image().convertToFormat(shown.format()), shown);
        click(*m_window, "saveButton");
        const QString path = test::temporaryFolder() + QStringLiteral("/frame.png");
        test::chooseFile(*test::fileDialog(*m_window), path);
        QTRY_COMPARE_WITH_TIMEOUT(QImage(path).convertToFormat(shown.format()), shown, patience);
        click(*m_window, "flipVerticallyButton");
        QTRY_COMPARE_WITH_TIMEOUT(test::shownImage(*m_window), shown.mirrored(), patience);
        click(*m_window, "freezeButton"); // new frames are mirrored, too
        const quint64 frozen = m_watcher->last();
        QTRY_VERIFY_WITH_TIMEOUT(m_watcher->last() > frozen + 2, patience);
        QVERIFY(m_watcher->violations() > 0); // mirrored, so different from the written frames
    }

    void B1_whoIsFirstWaitsForTheSender()
    {
        click(*m_window, "liveButton");
        QTRY_VERIFY_WITH_TIMEOUT(message().startsWith(QStringLiteral("Waiting for a picture under ")),
                                 patience);
        write(60, {QStringLiteral("320x240:rgba8")});
        QTRY_VERIFY_WITH_TIMEOUT(m_watcher->frames() > 0, patience);
    }

    void B3_aClosedStreamIsSaidAndTheNextOneShown()
    {
        followOneThatWrites();
        m_writer->writeLine({});
        QCOMPARE(m_writer->exitCode(), 0);
        QTRY_VERIFY_WITH_TIMEOUT(message().contains(QStringLiteral("has closed the stream")), patience);
        QVERIFY(!test::shownImage(*m_window).isNull());
        expectFramesAgain();
    }

    void B4_B5_afterKillAndRestartNewFramesComeWithoutAClick()
    {
        followOneThatWrites();
        m_writer->kill();
        QVERIFY(!test::shownImage(*m_window).isNull());
        expectFramesAgain();
        QTRY_VERIFY_WITH_TIMEOUT(session().view().status.statistics.frames.sessions >= 1, patience);
    }

    void B7_framesOfOtherSizesAndFormatsFollowOneAnother()
    {
        write(60, {QStringLiteral("320x240:rgba8"), QStringLiteral("64x48:rgba8"),
                   QStringLiteral("800x600:gray8"), QStringLiteral("128x96:bgra8")});
        click(*m_window, "liveButton");
        QTRY_VERIFY_WITH_TIMEOUT(m_watcher->sizes() == 4 && m_watcher->frames() >= 60, patience);
        QCOMPARE(m_watcher->violations(), 0);
    }

    void B8_aRemovedSegmentIsFollowedToTheNewOne()
    {
        followOneThatWrites();
        for (int i = 0; i < 3; ++i) {
            QVERIFY(QFile::remove(segment()));
            QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(segment()), patience);
            const int frames = m_watcher->frames();
            QTRY_VERIFY_WITH_TIMEOUT(m_watcher->frames() > frames + 10, patience);
        }
        QCOMPARE(m_watcher->violations(), 0);
    }

    void B15_aStoppedSenderIsNotTakenForDead()
    {
        followOneThatWrites();
        ::kill(pid_t(m_writer->pid()), SIGSTOP);
        QTRY_VERIFY_WITH_TIMEOUT(message().startsWith(QStringLiteral("No new frame for ")), patience);
        QTRY_VERIFY_WITH_TIMEOUT(message().contains(QStringLiteral("sign of life")), patience);
        QVERIFY(!test::shownImage(*m_window).isNull());
        ::kill(pid_t(m_writer->pid()), SIGCONT);
        QTRY_COMPARE_WITH_TIMEOUT(message(), QStringLiteral("Live from posix:/%1.").arg(m_key), patience);
        QCOMPARE(m_watcher->violations(), 0);
    }

    void C1_whatIsShownOfAKilledSenderIsAWholeFrame()
    {
        click(*m_window, "liveButton");
        for (int i = 0; i < 8; ++i) {
            write(0, {QStringLiteral("1280x720:rgba8")});
            const int frames = m_watcher->frames();
            QTRY_VERIFY_WITH_TIMEOUT(m_watcher->frames() > frames, patience);
            m_writer->kill();
            QCOMPARE(m_watcher->violations(), 0);
        }
        const QImage shown = test::shownImage(*m_window);
        QVERIFY(isFrame(std::as_bytes(std::span(shown.constBits(), std::size_t(shown.sizeInBytes()))),
                        m_watcher->last()));
    }

    void C3_aForeignWriterIsFollowedAndMarkedUnverified()
    {
        QFile file(segment());
        QVERIFY(file.open(QIODevice::ReadWrite));
        for (int i = 1; i <= 3; ++i) {
            QImage picture(100 + i, 50, QImage::Format_RGB32);
            picture.fill(QColor::fromHsv(i * 60, 255, 255));
            file.resize(0);
            QVERIFY(file.seek(0));
            QVERIFY(picture.save(&file, "BMP"));
            file.flush();
            if (i == 1) {
                click(*m_window, "liveButton");
            }
            QTRY_COMPARE_WITH_TIMEOUT(test::shownImage(*m_window).width(), 100 + i, patience);
            QTRY_COMPARE_WITH_TIMEOUT(test::shownImage(*m_window).pixelColor(5, 5), picture.pixelColor(5, 5),
                                      patience);
        }
        QTRY_VERIFY_WITH_TIMEOUT(child<QLabel>(*m_window, "unverifiedBadge")->isVisible(), patience);
        QTRY_VERIFY_WITH_TIMEOUT(
            message().contains(QStringLiteral("unverified: the sender does not number its frames")),
            patience);
    }

    void whatCannotBeReadIsSaidInASentence()
    {
        QFile file(segment());
        QVERIFY(file.open(QIODevice::WriteOnly));
        QVERIFY(file.write(QByteArray(4096, '\xff')) == 4096);
        file.close();
        click(*m_window, "liveButton");
        WAIT_FOR_MESSAGE(*m_window, Error);
        write(60, {QStringLiteral("320x240:rgba8")}, QStringLiteral("error"));
        QVERIFY(QFile::remove(segment()));
        write(60, {QStringLiteral("320x240:rgba8")});
        QTRY_VERIFY_WITH_TIMEOUT(m_watcher->frames() > 0, patience);
    }

    void I1_of8KAtSixtyFramesTheNewestAreShownAndTheWindowAnswers()
    {
        m_watcher = std::make_unique<Watcher>(session(), false);
        write(60, {QStringLiteral("7680x4320:bgra8")});
        click(*m_window, "liveButton");
        QTRY_VERIFY_WITH_TIMEOUT(m_watcher->frames() >= 3, patience);
        QElapsedTimer since;
        qint64 longest = 0;
        QTimer beat;
        connect(&beat, &QTimer::timeout, this,
                [&since, &longest] { longest = std::max(longest, since.restart()); });
        since.start();
        beat.start(1);
        const int frames = m_watcher->frames();
        QTRY_VERIFY_WITH_TIMEOUT(m_watcher->frames() >= frames + 10, 2 * patience);
        beat.stop();
        QVERIFY(m_watcher->isOrdered());
        QTRY_VERIFY_WITH_TIMEOUT(session().view().status.statistics.frames.missed > 0, patience);
        click(*m_window, "freezeButton");
        const QImage shown = test::shownImage(*m_window);
        QVERIFY(isFrame(std::as_bytes(std::span(shown.constBits(), std::size_t(shown.sizeInBytes()))),
                        m_watcher->last()));
        qInfo("longest stall of the event loop %lld ms; %s; %s", static_cast<long long>(longest),
              qPrintable(text("rateFigure")), qPrintable(text("lossFigure")));
    }

    void I2_aHiddenWindowReadsNothing()
    {
        followOneThatWrites();
        m_window->hide();
        QSignalSpy views(&session(), &FollowStream::viewChanged);
        QTRY_VERIFY_WITH_TIMEOUT(views.count() >= 2, patience); // pending frames have arrived
        const int frames = m_watcher->frames();
        const quint64 read = session().view().status.statistics.frames.frames;
        const double used = processorTime();
        QElapsedTimer timer;
        timer.start();
        views.clear();
        QTRY_VERIFY_WITH_TIMEOUT(views.count() >= 8, patience);
        qInfo("hidden: %.2f %% of a core", 100 * (processorTime() - used) / double(timer.elapsed()));
        QCOMPARE(m_watcher->frames(), frames);
        QCOMPARE(session().view().status.statistics.frames.frames, read);
        m_window->show();
        QTRY_VERIFY_WITH_TIMEOUT(m_watcher->frames() > frames + 5, patience);
        QCOMPARE(m_watcher->violations(), 0);
    }

    void I4_closingWhileFramesComeEndsAtOnce()
    {
        followOneThatWrites();
        QElapsedTimer timer;
        timer.start();
        m_watcher.reset();
        m_window.reset();
        qInfo("closed in %lld ms", static_cast<long long>(timer.elapsed()));
    }

    void I4_aHundredRapidStartsAndStopsLeaveNothing()
    {
        write(60, {QStringLiteral("320x240:rgba8")});
        for (int i = 0; i < 100; ++i) {
            click(*m_window, "liveButton");
            QCoreApplication::processEvents();
        }
        QVERIFY(!session().isRunning());
        const int frames = m_watcher->frames();
        click(*m_window, "liveButton");
        QTRY_VERIFY_WITH_TIMEOUT(m_watcher->frames() > frames, patience);
        const QString tasks = QStringLiteral("/proc/self/task");
        QTRY_VERIFY2_WITH_TIMEOUT(QDir(tasks).entryList(QDir::Dirs | QDir::NoDotAndDotDot).size() < 20,
                                  "threads of streams that were stopped are still there", patience);
        QCOMPARE(m_watcher->violations(), 0);
    }

    void loadEndsLive()
    {
        followOneThatWrites();
        click(*m_window, "loadButton");
        QTRY_VERIFY_WITH_TIMEOUT(!session().isRunning(), patience); // stops when the picture has arrived
        QVERIFY(!child<QPushButton>(*m_window, "liveButton")->isChecked());
        WAIT_FOR_MESSAGE(*m_window, Success);
        VERIFY_CONTAINS(message(), QStringLiteral("Loaded in "));
    }

private:
    [[nodiscard]] FollowStream& session() const { return child<LiveBar>(*m_window, "liveBar")->session(); }
    [[nodiscard]] QString segment() const { return QStringLiteral("/dev/shm/") + m_key; }
    [[nodiscard]] QString message() const { return test::message(*m_window).text; }
    [[nodiscard]] QString text(const char* label) const { return child<QLabel>(*m_window, label)->text(); }

    void write(int fps, const QStringList& layouts, const QString& says = QStringLiteral("writing"))
    {
        m_writer = std::make_unique<test::PeerProcess>(
            QStringLiteral(SHMPIX_PEERS "/livepeer"),
            QStringList{QStringLiteral("write"), m_key, QString::number(fps)} + layouts);
        QVERIFY(m_writer->waitForLine(says).startsWith(says));
    }

    void followOneThatWrites()
    {
        write(60, {QStringLiteral("320x240:rgba8")});
        click(*m_window, "liveButton");
        QTRY_VERIFY_WITH_TIMEOUT(m_watcher->frames() >= 10, patience);
        QTRY_COMPARE_WITH_TIMEOUT(message(), QStringLiteral("Live from posix:/%1.").arg(m_key), patience);
    }

    /// Loads from a sender that starts now.
    void expectFramesAgain()
    {
        write(60, {QStringLiteral("320x240:rgba8")});
        QElapsedTimer timer;
        timer.start();
        const int frames = m_watcher->frames();
        QTRY_VERIFY_WITH_TIMEOUT(m_watcher->frames() > frames, patience);
        qInfo("the next frame was there %lld ms after the new sender's first",
              static_cast<long long>(timer.elapsed()));
        QTRY_COMPARE_WITH_TIMEOUT(message(), QStringLiteral("Live from posix:/%1.").arg(m_key), patience);
        QCOMPARE(m_watcher->violations(), 0);
    }

    QString m_key;
    std::unique_ptr<ReceiverWindow> m_window;
    std::unique_ptr<Watcher> m_watcher;
    std::unique_ptr<test::PeerProcess> m_writer;
    test::Traces m_traces;
};

int tst_livewindow(int argc, char** argv)
{
    return shmpix::test::runTest<QApplication, TestLiveWindow>(argc, argv);
}

#include "tst_livewindow.moc"
