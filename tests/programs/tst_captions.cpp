// The captions of the pictures in the windows.
#include "receiver/window/receiverwindow.h"
#include "sender/window/livepanel.h"
#include "sender/window/senderwindow.h"

#include "common/ui/keybox.h"
#include "receiver/window/livebar.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"
#include "tests/support/windowtest.h"

#include <QApplication>
#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QPushButton>
#include <QScreen>

using namespace shmpix;
using test::child;
using test::click;

namespace {

constexpr int patience = 30000;

} // namespace

class TestCaptions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        test::clearSettings();
        m_key = test::uniqueName();
        SenderOptions options;
        options.key = m_key;
        options.image = test::writePicture(test::photo(40, 30), QStringLiteral("photo.png"));
        m_sender = std::make_unique<SenderWindow>(options);
        show(*m_sender);
        panel()->parentWidget()->show();
        QTRY_VERIFY(panel()->isVisible());
        QTRY_VERIFY(caption().startsWith(QStringLiteral("photo.png · ")));
    }

    void cleanup()
    {
        m_receiver.reset();
        m_sender.reset();
    }

    void Z5_theCaptionIsThatOfThePictureShown_data()
    {
        QTest::addColumn<int>("row"); // row in the list of sources
        QTest::addColumn<QString>("caption");
        QTest::newRow("pattern") << 6 << QStringLiteral("Test pattern · 1920 × 1080 · ");
        QTest::newRow("clipboard") << 5 << QStringLiteral("Clipboard · 31 × 20 · ");
        QTest::newRow("screen") << 4 << QGuiApplication::primaryScreen()->name();
        QTest::newRow("slideshow") << 0 << QStringLiteral("green.png · 31 × 20 · ");
    }

    void Z5_theCaptionIsThatOfThePictureShown()
    {
        QFETCH(int, row);
        QFETCH(QString, caption);
        const QImage green = test::photo(31, 20);
        QGuiApplication::clipboard()->setImage(green);
        if (row == 0) {
            panel()->takeFiles({test::writePicture(green, QStringLiteral("green.png"))});
        } else {
            test::chooseRow(*child<QComboBox>(*m_sender, "liveSourceBox"), row);
        }
        click(*m_sender, "liveStartButton");
        QTRY_VERIFY2_WITH_TIMEOUT(this->caption().startsWith(caption), qPrintable(this->caption()), patience);
        const QString second = test::writePicture(test::photo(50, 20), QStringLiteral("second.png"));
        click(*m_sender, "openButton");
        QTRY_VERIFY(test::fileDialog(*m_sender));
        test::chooseFile(*test::fileDialog(*m_sender), second);
        QTRY_VERIFY(!test::message(*m_sender).text.startsWith(QStringLiteral("Opening ")));
        QVERIFY2(this->caption().startsWith(caption), qPrintable(this->caption()));
        click(*m_sender, "liveStartButton");
        QTRY_VERIFY_WITH_TIMEOUT(this->caption().startsWith(QStringLiteral("second.png · 50 × 20")),
                                 patience);
        QCOMPARE(test::shownImage(*m_sender).size(), QSize(50, 20));
    }

    void Z5_aPausedStreamIsNotSaidToBeLive()
    {
        startPattern();
        click(*m_sender, "livePauseButton");
        QTRY_VERIFY(test::message(*m_sender).text.contains(QStringLiteral("is paused")));
        click(*m_sender, "livePauseButton");
        QTRY_VERIFY(test::message(*m_sender).text.startsWith(QStringLiteral("Live under ")));
    }

    void Z5_aPictureStaysOpenWhenTheNextCannotBe()
    {
        const QString text = test::writeFile("no picture", QStringLiteral("text.png"));
        click(*m_sender, "openButton");
        QTRY_VERIFY(test::fileDialog(*m_sender));
        test::chooseFile(*test::fileDialog(*m_sender), text);
        WAIT_FOR_MESSAGE(*m_sender, Error);
        VERIFY_CONTAINS(test::message(*m_sender).text, QStringLiteral("The previous picture stays open."));
        QVERIFY(caption().startsWith(QStringLiteral("photo.png · ")));
    }

    void Z5_whatIsNotWantedWhileFrozenIsNotMissed_data()
    {
        QTest::addColumn<bool>("isStep");
        QTest::newRow("freeze") << false;
        QTest::newRow("step") << true;
    }

    void Z5_whatIsNotWantedWhileFrozenIsNotMissed()
    {
        QFETCH(bool, isStep);
        startPattern();
        openReceiver();
        click(*m_receiver, "liveButton");
        QTRY_VERIFY_WITH_TIMEOUT(
            followed().view().hasFrame && message().startsWith(QStringLiteral("Live from")), patience);
        click(*m_receiver, "freezeButton");
        VERIFY_CONTAINS(message(), QStringLiteral("Frozen"));
        QSignalSpy told(&followed(), &FollowStream::viewChanged);
        QTRY_VERIFY_WITH_TIMEOUT(told.count() >= 2, patience);
        const quint64 missed = followed().view().status.statistics.frames.missed;
        const quint64 frozenAt = panel()->session().figures().frames;
        QTRY_VERIFY_WITH_TIMEOUT(panel()->session().figures().frames > frozenAt + 60, patience);
        QVERIFY(!message().startsWith(QStringLiteral("Live ")));
        QSignalSpy frames(&followed(), &FollowStream::frameCame);
        click(*m_receiver, isStep ? "stepButton" : "freezeButton");
        QTRY_VERIFY_WITH_TIMEOUT(frames.count() >= 1, patience);
        told.clear();
        QTRY_VERIFY_WITH_TIMEOUT(told.count() >= 1, patience);
        QVERIFY(followed().view().status.statistics.frames.missed < missed + 30);
        QCOMPARE(message().startsWith(QStringLiteral("Frozen")), isStep);
    }

    void Z5_aFailedLoadMarksThePictureAsOld_data()
    {
        QTest::addColumn<QString>("failure");
        for (const char* failure : {"nothing there", "bad key", "no picture there", "live"}) {
            QTest::newRow(failure) << QString::fromLatin1(failure);
        }
    }

    void Z5_aFailedLoadMarksThePictureAsOld()
    {
        QFETCH(QString, failure);
        child<QPushButton>(*m_sender, "shareButton")->click();
        WAIT_FOR_MESSAGE(*m_sender, Success);
        openReceiver();
        click(*m_receiver, "loadButton");
        WAIT_FOR_MESSAGE(*m_receiver, Success);
        QVERIFY(!isMarkedOld());
        QFile garbage(QStringLiteral("/dev/shm/") + test::uniqueName());
        QVERIFY(garbage.open(QIODevice::WriteOnly) && garbage.write(QByteArray(5000, '\xff')) == 5000);
        garbage.close();
        auto* key = child<KeyBox>(*m_receiver, "keyBox");
        if (failure == QLatin1String("bad key")) {
            key->setKey(QStringLiteral("a/b"));
        } else if (failure == QLatin1String("no picture there")) {
            key->setKey(QFileInfo(garbage.fileName()).fileName());
            test::chooseProtocol(*m_receiver, QStringLiteral("png"));
        } else {
            key->setKey(test::uniqueName());
        }
        if (failure == QLatin1String("live")) {
            click(*m_receiver, "liveButton");
            QTRY_VERIFY(isMarkedOld());
            child<QPushButton>(*m_receiver, "liveButton")->click();
        } else {
            click(*m_receiver, "loadButton");
            WAIT_FOR_MESSAGE(*m_receiver, Error);
            VERIFY_CONTAINS(message(), QStringLiteral("The last picture stays"));
            QVERIFY(isMarkedOld());
            click(*m_receiver, "copyButton"); // another message does not make it newer
            QVERIFY(isMarkedOld());
        }
        QVERIFY(garbage.remove());
        test::chooseProtocol(*m_receiver, QString());
        key->setKey(m_key);
        click(*m_receiver, "loadButton");
        WAIT_FOR_MESSAGE(*m_receiver, Success);
        QTRY_VERIFY(!isMarkedOld());
    }

private:
    void show(QWidget& window)
    {
        window.resize(900, 600);
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
    }

    void openReceiver()
    {
        ReceiverOptions options;
        options.key = m_key;
        m_receiver = std::make_unique<ReceiverWindow>(options);
        show(*m_receiver);
    }

    void startPattern()
    {
        test::chooseRow(*child<QComboBox>(*m_sender, "liveSourceBox"), 6);
        click(*m_sender, "liveStartButton");
        QTRY_VERIFY_WITH_TIMEOUT(child<QPushButton>(*m_sender, "livePauseButton")->isEnabled(), patience);
    }

    [[nodiscard]] LivePanel* panel() const { return child<LivePanel>(*m_sender, "livePanel"); }
    [[nodiscard]] QString caption() const { return child<QLabel>(*m_sender, "pictureLine")->text(); }
    [[nodiscard]] QString message() const { return test::message(*m_receiver).text; }
    [[nodiscard]] bool isMarkedOld() const { return child<QLabel>(*m_receiver, "oldBadge")->isVisible(); }
    [[nodiscard]] FollowStream& followed() const { return child<LiveBar>(*m_receiver, "liveBar")->session(); }

    QString m_key;
    std::unique_ptr<SenderWindow> m_sender;
    std::unique_ptr<ReceiverWindow> m_receiver;
};

int tst_captions(int argc, char** argv)
{
    return shmpix::test::runTest<QApplication, TestCaptions>(argc, argv);
}

#include "tst_captions.moc"
