#include "sender/window/livepanel.h"
#include "sender/window/senderwindow.h"

#include "common/base/memorysource.h"
#include "common/channel/livememory.h"
#include "common/image/readpixels.h"
#include "common/image/testpattern.h"
#include "common/live/framereader.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"
#include "tests/support/windowtest.h"

#include <QAbstractButton>
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QDoubleSpinBox>
#include <QDragEnterEvent>
#include <QGuiApplication>
#include <QLabel>
#include <QMimeData>
#include <QPushButton>
#include <QSettings>

using namespace shmpix;
using test::child;
using test::click;

namespace {

/// Rows of the list of sources.
enum Row { Slideshow, Folder, Animation, Watch, Screen, Clipboard, Pattern };

/// Reads the stream of the window.
class Stream
{
public:
    explicit Stream(const QString& key)
        : m_frames(readableMemory(*SegmentAddress::parse(key)))
    {
    }

    /// Returns a frame that was not read yet, or null.
    QImage next()
    {
        if (!m_frames.wait(std::chrono::steady_clock::now() + std::chrono::milliseconds(5))) {
            return {};
        }
        std::vector<std::byte> bytes;
        const auto frame = m_frames.copy(bytes);
        if (!frame || !*frame) {
            return {};
        }
        m_serial = (*frame)->serial;
        MemorySource source(bytes);
        auto read = readPixels(source, (*frame)->entry.layout);
        return read ? read->image : QImage();
    }

    [[nodiscard]] quint64 serial() const { return m_serial; }
    [[nodiscard]] StreamState state() const { return m_frames.state(); }

private:
    FrameReader m_frames;
    quint64 m_serial = 0;
};

} // namespace

/// Live frames of the window, controlled with its buttons.
class tst_LivePanel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        test::clearSettings();
        m_key = test::uniqueName();
        SenderOptions options;
        options.key = m_key;
        open(options);
    }

    void cleanup() { m_window.reset(); }

    void eachControlHasAnAccessibleName()
    {
        const auto* panel = child<LivePanel>(*m_window, "livePanel");
        for (const auto* widget : panel->findChildren<QWidget*>()) {
            const auto* button = qobject_cast<const QAbstractButton*>(widget);
            const bool isControl = button || qobject_cast<const QComboBox*>(widget) ||
                                   qobject_cast<const QDoubleSpinBox*>(widget);
            QVERIFY2(!isControl || !widget->accessibleName().isEmpty() ||
                         (button && !button->text().isEmpty()),
                     qPrintable(widget->objectName()));
        }
    }

    void thePatternStartsPausesStepsAndStops()
    {
        choose(Pattern);
        child<QDoubleSpinBox>(*m_window, "liveRateBox")->setValue(50);
        QVERIFY(!button("livePauseButton")->isEnabled());
        click(*m_window, "liveStartButton");
        Stream stream(m_key);
        QImage frame;
        QVERIFY(QTest::qWaitFor([&] { return !(frame = stream.next()).isNull(); }, 20000));
        QVERIFY(checkTestPattern(frame)->isWhole);
        QTRY_VERIFY_WITH_TIMEOUT(!test::shownImage(*m_window).isNull(), 20000);
        QTRY_COMPARE_WITH_TIMEOUT(button("liveStartButton")->text(), QStringLiteral("Stop &live"), 20000);
        const auto* status = child<QLabel>(*m_window, "liveStatus");
        QTRY_VERIFY_WITH_TIMEOUT(status->text().contains(QStringLiteral(" fps · 1920 × 1080 · ")), 20000);
        QVERIFY2(status->text().startsWith(QStringLiteral("Frame ")), qPrintable(status->text()));

        QTRY_VERIFY_WITH_TIMEOUT(button("livePauseButton")->isEnabled(), 20000);
        click(*m_window, "livePauseButton");
        QVERIFY(QTest::qWaitFor([&] { return stream.next().isNull() && stream.next().isNull(); }, 20000));
        const quint64 held = stream.serial();
        click(*m_window, "liveStepButton");
        QVERIFY(QTest::qWaitFor([&] { return !stream.next().isNull(); }, 20000));
        QCOMPARE(stream.serial(), held + 1);
        QVERIFY(stream.next().isNull());
        click(*m_window, "livePauseButton");
        QVERIFY(QTest::qWaitFor(
            [&] {
                stream.next();
                return stream.serial() > held + 2;
            },
            20000));

        click(*m_window, "liveStartButton");
        QVERIFY(QTest::qWaitFor(
            [&] {
                stream.next();
                return stream.state() == StreamState::Closed;
            },
            20000));
        QTRY_COMPARE_WITH_TIMEOUT(button("liveStartButton")->text(), QStringLiteral("Start &live"), 20000);
        QCOMPARE(test::message(*m_window).text, QStringLiteral("The stream has ended."));
        QTRY_VERIFY_WITH_TIMEOUT(test::shownImage(*m_window).isNull(), 20000); // no picture was open
    }

    void anotherSourceIsChosenAfterStopping()
    {
        startPattern();
        QVERIFY(!child<QComboBox>(*m_window, "liveSourceBox")->isEnabled());
        click(*m_window, "liveStartButton");
        QTRY_VERIFY_WITH_TIMEOUT(child<QComboBox>(*m_window, "liveSourceBox")->isEnabled(), 20000);
        QImage picture(30, 20, QImage::Format_RGB32);
        picture.fill(Qt::green);
        const QString path = test::writePicture(picture, QStringLiteral("green.png"));
        choose(Watch);
        QTRY_VERIFY(dialog());
        test::chooseFile(*dialog(), path);
        QCOMPARE(child<QLabel>(*m_window, "liveFiles")->text(), QStringLiteral("green.png"));
        click(*m_window, "liveStartButton");
        Stream stream(m_key);
        QImage frame;
        QVERIFY(QTest::qWaitFor([&] { return !(frame = stream.next()).isNull(); }, 20000));
        QVERIFY2(test::samePixels(frame, picture), qPrintable(test::difference(frame, picture)));
    }

    void I5_aCancelledDialogStartsNothing()
    {
        choose(Slideshow);
        QTRY_VERIFY(dialog());
        dialog()->reject();
        QTRY_VERIFY(!dialog());
        QCOMPARE(button("liveStartButton")->text(), QStringLiteral("Start &live"));
        QCOMPARE(child<QLabel>(*m_window, "liveFiles")->text(), QStringLiteral("Nothing selected"));
    }

    void I6_theClipboardIsStreamedAndWhatIsNoPictureIsSaid()
    {
        QGuiApplication::clipboard()->setText(QStringLiteral("no picture"));
        choose(Clipboard);
        click(*m_window, "liveStartButton");
        QTRY_VERIFY_WITH_TIMEOUT(
            test::message(*m_window).text.contains(QStringLiteral("no picture on the clipboard")), 20000);
        QImage picture(30, 20, QImage::Format_RGB32);
        picture.fill(Qt::red);
        QGuiApplication::clipboard()->setImage(picture);
        Stream stream(m_key);
        QImage frame;
        QVERIFY(QTest::qWaitFor([&] { return !(frame = stream.next()).isNull(); }, 20000));
        QVERIFY2(test::samePixels(frame, picture), qPrintable(test::difference(frame, picture)));
    }

    void I6_aThousandDroppedFilesAreASlideshow()
    {
        QMimeData data;
        QList<QUrl> urls;
        for (int n = 0; n < 1000; ++n) {
            urls.append(QUrl::fromLocalFile(QStringLiteral("/none/%1.png").arg(n)));
        }
        data.setUrls(urls);
        QDragEnterEvent enter(QPoint(100, 100), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(m_window.get(), &enter);
        QDropEvent drop(QPointF(100, 100), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(m_window.get(), &drop);
        QCOMPARE(child<QLabel>(*m_window, "liveFiles")->text(), QStringLiteral("1000 pictures"));
        QVERIFY(child<LivePanel>(*m_window, "livePanel")->isVisible());
    }

    void theScreenIsStreamed()
    {
        choose(Screen);
        click(*m_window, "liveStartButton");
        Stream stream(m_key);
        QImage frame;
        QVERIFY(QTest::qWaitFor([&] { return !(frame = stream.next()).isNull(); }, 20000));
        QCOMPARE(frame.size(), m_window->screen()->size() * m_window->devicePixelRatioF());
    }

    void aSharedPictureGivesWayAndComesBack()
    {
        const QImage picture = test::photo(40, 30);
        SenderOptions options;
        options.key = m_key;
        options.image = test::writePicture(picture, QStringLiteral("photo.png"));
        options.share = true;
        open(options);
        WAIT_FOR_MESSAGE(*m_window, Success);
        showPanel();
        choose(Pattern);
        click(*m_window, "liveStartButton");
        Stream stream(m_key);
        QVERIFY(QTest::qWaitFor([&] { return checkTestPattern(stream.next()).has_value(); }, 20000));
        click(*m_window, "shareButton");
        QVERIFY(QTest::qWaitFor([&] { return test::samePixels(stream.next(), picture); }, 20000));
        QTRY_VERIFY_WITH_TIMEOUT(test::samePixels(test::shownImage(*m_window), picture), 20000);
    }

    void theCommandLineStartsIt()
    {
        SenderOptions options;
        options.key = m_key;
        options.live.emplace();
        options.live->source.size = {320, 240};
        options.live->fps = 25;
        options.share = true;
        open(options);
        Stream stream(m_key);
        QVERIFY(QTest::qWaitFor([&] { return stream.next().size() == QSize(320, 240); }, 20000));
        QVERIFY(child<LivePanel>(*m_window, "livePanel")->isVisible());
        QCOMPARE(child<QDoubleSpinBox>(*m_window, "liveRateBox")->value(), 25.0);
    }

    void sourceAndRateAreRemembered()
    {
        choose(Screen);
        child<QDoubleSpinBox>(*m_window, "liveRateBox")->setValue(12.5);
        m_window.reset();
        open({});
        QCOMPARE(child<QComboBox>(*m_window, "liveSourceBox")->currentIndex(), int(Screen));
        QCOMPARE(child<QDoubleSpinBox>(*m_window, "liveRateBox")->value(), 12.5);
    }

    void I7_settingsThatMakeNoSenseAreLeftOut()
    {
        m_window.reset();
        QSettings().setValue(QStringLiteral("live/source"), 4711);
        QSettings().setValue(QStringLiteral("live/fps"), QStringLiteral("fast"));
        open({});
        QCOMPARE(child<QComboBox>(*m_window, "liveSourceBox")->currentIndex(), int(Pattern));
        QCOMPARE(child<QDoubleSpinBox>(*m_window, "liveRateBox")->value(), 0.0);
    }

    void I4_closingEndsTheStream()
    {
        startPattern();
        Stream stream(m_key);
        QVERIFY(QTest::qWaitFor([&] { return !stream.next().isNull(); }, 20000));
        m_window.reset();
        QVERIFY(QTest::qWaitFor(
            [&] {
                stream.next();
                return stream.state() == StreamState::Closed;
            },
            20000));
    }

private:
    void open(const SenderOptions& options)
    {
        m_window = std::make_unique<SenderWindow>(options);
        m_window->resize(900, 600);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
        showPanel();
    }

    void showPanel()
    {
        auto* panel = child<LivePanel>(*m_window, "livePanel");
        panel->parentWidget()->show();
        QTRY_VERIFY(panel->isVisible());
    }

    void choose(Row row) { test::chooseRow(*child<QComboBox>(*m_window, "liveSourceBox"), row); }

    void startPattern()
    {
        choose(Pattern);
        click(*m_window, "liveStartButton");
        QTRY_VERIFY_WITH_TIMEOUT(button("livePauseButton")->isEnabled(), 20000);
    }

    [[nodiscard]] QPushButton* button(const char* name) const { return child<QPushButton>(*m_window, name); }
    [[nodiscard]] QFileDialog* dialog() const { return child<QFileDialog>(*m_window, "liveDialog"); }

    QString m_key;
    std::unique_ptr<SenderWindow> m_window;
};

int tst_livepanel(int argc, char** argv)
{
    return shmpix::test::runTest<QApplication, tst_LivePanel>(argc, argv);
}

#include "tst_livepanel.moc"
