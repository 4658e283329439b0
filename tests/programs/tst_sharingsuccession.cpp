// Pictures and streams of both windows keep working until their successors work.
#include "receiver/window/receiverwindow.h"
#include "sender/window/livepanel.h"
#include "sender/window/senderwindow.h"

#include "common/channel/loadpicture.h"
#include "common/ui/keybox.h"
#include "receiver/window/livebar.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"
#include "tests/support/windowtest.h"

#include <QApplication>
#include <QClipboard>
#include <QGuiApplication>
#include <QPushButton>

#include <csignal>

#include <sys/resource.h>

using namespace shmpix;
using test::child;
using test::click;

namespace {

constexpr int patience = 30000;

/// Rows of the list of sources.
enum Row { Slideshow, Folder, Animation, Watch, Screen, Clipboard, Pattern };

QSize sizeUnder(const QString& key)
{
    auto picture = loadPicture({*SegmentAddress::parse(key), {}, {}, {}});
    return picture ? picture->image.size() : QSize();
}

constexpr QSize photoSize{40, 30};
constexpr QSize patternSize{1920, 1080};

/// Acts as if the machine had room only for a small segment.
class SmallFiles
{
public:
    SmallFiles()
    {
        ::getrlimit(RLIMIT_FSIZE, &m_before);
        m_signal = std::signal(SIGXFSZ, SIG_IGN);
        rlimit small = m_before;
        small.rlim_cur = 1'000'000;
        ::setrlimit(RLIMIT_FSIZE, &small);
    }
    ~SmallFiles()
    {
        ::setrlimit(RLIMIT_FSIZE, &m_before);
        std::signal(SIGXFSZ, m_signal);
    }
    SmallFiles(const SmallFiles&) = delete;
    SmallFiles& operator=(const SmallFiles&) = delete;

private:
    rlimit m_before = {};
    void (*m_signal)(int) = nullptr;
};

} // namespace

class TestSharingSuccession : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        test::clearSettings();
        m_key = test::uniqueName();
    }

    void cleanup()
    {
        m_receiver.reset();
        m_window.reset();
        m_other.stop();
    }

    void Z4_aPictureIsSharedUntilAStreamCanBegin_data()
    {
        QTest::addColumn<QString>("failure");
        for (const char* failure : {"cancelled dialog", "bad key", "key in use", "no such file", "no picture",
                                    "stopped while starting", "no room"}) {
            QTest::newRow(failure) << QString::fromLatin1(failure);
        }
    }

    void Z4_aPictureIsSharedUntilAStreamCanBegin()
    {
        QFETCH(QString, failure);
        open(true);
        failToStream(failure);
        QTRY_COMPARE_WITH_TIMEOUT(button("liveStartButton")->text(), QStringLiteral("Start &live"), patience);
        QTRY_VERIFY_WITH_TIMEOUT(button("stopButton")->isEnabled(), patience);
        QCOMPARE(sizeUnder(m_key), photoSize);
    }

    void Z4_aStreamTakesThePictureSPlace_data() { keys(); }

    void Z4_aStreamTakesThePictureSPlace()
    {
        QFETCH(bool, isSameKey);
        open(true);
        const QString key = isSameKey ? m_key : test::uniqueName();
        child<KeyBox>(*m_window, "keyBox")->setKey(key);
        startPattern();
        QCOMPARE(sizeUnder(key), patternSize);
        QTRY_VERIFY_WITH_TIMEOUT(!button("stopButton")->isEnabled(), patience);
        if (!isSameKey) {
            QTRY_VERIFY_WITH_TIMEOUT(sizeUnder(m_key).isEmpty(), patience);
        }
        VERIFY_CONTAINS(test::message(*m_window).text, QStringLiteral("Live under "));
    }

    void Z4_aStreamGoesOnUntilThePictureIsShared_data()
    {
        QTest::addColumn<QString>("failure");
        for (const char* failure : {"bad key", "key in use", "unreadable picture"}) {
            QTest::newRow(failure) << QString::fromLatin1(failure);
        }
    }

    void Z4_aStreamGoesOnUntilThePictureIsShared()
    {
        QFETCH(QString, failure);
        open(false);
        startPattern();
        if (failure == QLatin1String("unreadable picture")) {
            const QString path = test::writeFile("no picture", QStringLiteral("text.png"));
            click(*m_window, "openButton");
            QTRY_VERIFY(test::fileDialog(*m_window));
            test::chooseFile(*test::fileDialog(*m_window), path);
        } else {
            child<KeyBox>(*m_window, "keyBox")->setKey(keyThatFails(failure));
        }
        button("shareButton")->click();
        WAIT_FOR_MESSAGE(*m_window, Error);
        const quint64 frames = figures().frames;
        QTRY_VERIFY_WITH_TIMEOUT(figures().frames > frames + 2, patience);
        QCOMPARE(button("liveStartButton")->text(), QStringLiteral("Stop &live"));
        QCOMPARE(sizeUnder(m_key), patternSize);
        QCOMPARE(test::message(*m_window).kind, Message::Kind::Error);
    }

    void Z4_aPictureTakesTheStreamSPlace_data() { keys(); }

    void Z4_aPictureTakesTheStreamSPlace()
    {
        QFETCH(bool, isSameKey);
        open(false);
        startPattern();
        const QString key = isSameKey ? m_key : test::uniqueName();
        child<KeyBox>(*m_window, "keyBox")->setKey(key);
        QTRY_VERIFY_WITH_TIMEOUT(button("shareButton")->isEnabled(), patience);
        click(*m_window, "shareButton");
        WAIT_FOR_MESSAGE(*m_window, Success);
        QTRY_VERIFY_WITH_TIMEOUT(test::message(*m_window).text.startsWith(QStringLiteral("Shared ")),
                                 patience);
        QTRY_COMPARE_WITH_TIMEOUT(button("liveStartButton")->text(), QStringLiteral("Start &live"), patience);
        QCOMPARE(sizeUnder(key), photoSize);
        if (!isSameKey) {
            QTRY_VERIFY_WITH_TIMEOUT(sizeUnder(m_key).isEmpty(), patience);
        }
        VERIFY_CONTAINS(test::message(*m_window).text, QStringLiteral("Shared ")); // no message about an end
    }

    void Z4_aStreamIsFollowedUntilALoadWorks_data()
    {
        QTest::addColumn<QString>("failure");
        for (const char* failure : {"bad key", "nothing there", "live with a bad key"}) {
            QTest::newRow(failure) << QString::fromLatin1(failure);
        }
    }

    void Z4_aStreamIsFollowedUntilALoadWorks()
    {
        QFETCH(QString, failure);
        open(false);
        startPattern();
        openReceiver();
        click(*m_receiver, "liveButton");
        QTRY_VERIFY_WITH_TIMEOUT(followed().view().hasFrame, patience);
        const bool isBad = failure != QLatin1String("nothing there");
        child<KeyBox>(*m_receiver, "keyBox")->setKey(isBad ? QStringLiteral("a/b") : test::uniqueName());
        if (failure == QLatin1String("live with a bad key")) {
            test::chooseProtocol(*m_receiver, QStringLiteral("live"));
        } else {
            click(*m_receiver, "loadButton");
        }
        WAIT_FOR_MESSAGE(*m_receiver, Error);
        QSignalSpy frames(&followed(), &FollowStream::frameCame);
        QTRY_VERIFY_WITH_TIMEOUT(frames.count() >= 3, patience);
        QVERIFY(child<QPushButton>(*m_receiver, "liveButton")->isChecked());

        const QString other = test::uniqueName();
        QVERIFY(
            m_other.share({test::photo(40, 30), *SegmentAddress::parse(other), ProtocolId::Png}).has_value());
        child<KeyBox>(*m_receiver, "keyBox")->setKey(other);
        test::chooseProtocol(*m_receiver, QString());
        child<KeyBox>(*m_receiver, "keyBox")->setKey(other);
        click(*m_receiver, "loadButton");
        QTRY_COMPARE_WITH_TIMEOUT(test::shownImage(*m_receiver).size(), photoSize, patience);
        WAIT_FOR_MESSAGE(*m_receiver, Success);
    }

    void Z4_thePictureStaysWhenLiveHasABadKey()
    {
        open(true);
        openReceiver();
        click(*m_receiver, "loadButton");
        WAIT_FOR_MESSAGE(*m_receiver, Success);
        child<KeyBox>(*m_receiver, "keyBox")->setKey(QStringLiteral("a/b"));
        click(*m_receiver, "liveButton");
        WAIT_FOR_MESSAGE(*m_receiver, Error);
        QVERIFY(!child<QPushButton>(*m_receiver, "liveButton")->isChecked());
        QCOMPARE(test::shownImage(*m_receiver).size(), photoSize);
    }

private:
    void keys()
    {
        QTest::addColumn<bool>("isSameKey");
        QTest::newRow("same key") << true;
        QTest::newRow("other key") << false;
    }

    void open(bool isShared)
    {
        SenderOptions options;
        options.key = m_key;
        options.image = test::writePicture(test::photo(40, 30), QStringLiteral("photo.png"));
        options.share = isShared;
        m_window = std::make_unique<SenderWindow>(options);
        m_window->resize(900, 600);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
        panel()->parentWidget()->show();
        QTRY_VERIFY(panel()->isVisible());
        if (isShared) {
            WAIT_FOR_MESSAGE(*m_window, Success);
        }
    }

    void openReceiver()
    {
        ReceiverOptions options;
        options.key = m_key;
        m_receiver = std::make_unique<ReceiverWindow>(options);
        m_receiver->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_receiver.get()));
    }

    void choose(Row row) { test::chooseRow(*child<QComboBox>(*m_window, "liveSourceBox"), row); }

    void startPattern()
    {
        choose(Pattern);
        click(*m_window, "liveStartButton");
        QTRY_VERIFY_WITH_TIMEOUT(button("livePauseButton")->isEnabled(), patience);
    }

    [[nodiscard]] QString keyThatFails(const QString& failure)
    {
        if (failure == QLatin1String("bad key")) {
            return QStringLiteral("a/b");
        }
        const QString key = test::uniqueName();
        const auto shared =
            m_other.share({test::photo(10, 10), *SegmentAddress::parse(key), ProtocolId::Png});
        return shared ? key : QString();
    }

    void failToStream(const QString& failure)
    {
        if (failure == QLatin1String("cancelled dialog")) {
            choose(Slideshow);
            cancelDialog();
            click(*m_window, "liveStartButton");
            cancelDialog();
        } else if (failure == QLatin1String("stopped while starting")) {
            QGuiApplication::clipboard()->setText(QStringLiteral("no picture"));
            choose(Clipboard);
            click(*m_window, "liveStartButton");
            QTRY_COMPARE(button("liveStartButton")->text(), QStringLiteral("Stop &live"));
            click(*m_window, "liveStartButton");
        } else if (failure == QLatin1String("no room")) {
            choose(Pattern);
            const SmallFiles none;
            click(*m_window, "liveStartButton");
            WAIT_FOR_MESSAGE(*m_window, Error);
        } else {
            if (failure == QLatin1String("no such file")) {
                panel()->takeFiles({QStringLiteral("/none/such.png")});
            } else if (failure == QLatin1String("no picture")) {
                panel()->takeFiles({test::writeFile("no picture", QStringLiteral("text.png"))});
            } else {
                choose(Pattern);
                child<KeyBox>(*m_window, "keyBox")->setKey(keyThatFails(failure));
            }
            click(*m_window, "liveStartButton");
            WAIT_FOR_MESSAGE(*m_window, Error);
        }
    }

    void cancelDialog()
    {
        QTRY_VERIFY(dialog());
        dialog()->reject();
        QTRY_VERIFY(!dialog());
    }

    [[nodiscard]] LivePanel* panel() const { return child<LivePanel>(*m_window, "livePanel"); }
    [[nodiscard]] const LiveFigures& figures() const { return panel()->session().figures(); }
    [[nodiscard]] QPushButton* button(const char* name) const { return child<QPushButton>(*m_window, name); }
    [[nodiscard]] QFileDialog* dialog() const { return child<QFileDialog>(*m_window, "liveDialog"); }
    [[nodiscard]] FollowStream& followed() const { return child<LiveBar>(*m_receiver, "liveBar")->session(); }

    QString m_key;
    Publisher m_other; ///< counts as another program for the ownership of segments
    std::unique_ptr<SenderWindow> m_window;
    std::unique_ptr<ReceiverWindow> m_receiver;
};

int tst_sharingsuccession(int argc, char** argv)
{
    return shmpix::test::runTest<QApplication, TestSharingSuccession>(argc, argv);
}

#include "tst_sharingsuccession.moc"
