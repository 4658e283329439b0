// The key doctor in both windows: names and code for the typed key, and the proposed solution after a
// failure.
#include "common/ui/doctorpanel.h"

#include "common/channel/loadpicture.h"
#include "common/channel/publisher.h"
#include "common/ui/keybox.h"
#include "receiver/window/receiverwindow.h"
#include "sender/window/senderwindow.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"
#include "tests/support/windowtest.h"

#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTabBar>
#include <QTreeWidget>

using namespace shmpix;
using test::child;
using test::click;

class TestDoctorPanel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { test::clearSettings(); }
    void cleanup()
    {
        m_window.reset();
        m_publisher.stop();
    }

    void showsTheNamesOfTheKeyThatIsTyped_data() { addWindows(); }
    void showsTheNamesOfTheKeyThatIsTyped()
    {
        open();
        showPanel();
        QTRY_COMPARE(nameIn("C#"), QStringLiteral("/dev/shm/shmpix"));
        test::typeKey(*m_window, QStringLiteral("frames"));
        QTRY_COMPARE(nameIn("C#"), QStringLiteral("/dev/shm/frames"));
        QCOMPARE(nameIn("Python"), QStringLiteral("frames"));
        QCOMPARE(nameIn("Qt ≥ 6.6, POSIX"), QStringLiteral("/frames"));
        test::typeKey(*m_window, QStringLiteral("a\\b"));
        QTRY_COMPARE(nameIn("C# on Windows"), QStringLiteral("–"));
        select("C# on Windows");
        VERIFY_CONTAINS(child<QLabel>(*m_window, "doctorNote")->text(), QStringLiteral("a backslash"));
        QCOMPARE(code(), QString());
        QVERIFY(!child<QPushButton>(*m_window, "doctorCopy")->isEnabled());
    }

    void theCodeFollowsTheSelectionAndIsCopied_data() { addWindows(); }
    void theCodeFollowsTheSelectionAndIsCopied()
    {
        open();
        showPanel();
        test::typeKey(*m_window, QStringLiteral("frames"));
        test::chooseProtocol(*m_window, QStringLiteral("bmp"));
        QTRY_COMPARE(nameIn("C#"), QStringLiteral("/dev/shm/frames"));
        auto* role = child<QTabBar>(*m_window, "doctorRole");
        for (int tab = 0; tab < role->count(); ++tab) {
            role->setCurrentIndex(tab);
            select("C#");
            VERIFY_CONTAINS(code(), QStringLiteral("/dev/shm/frames\""));
            VERIFY_CONTAINS(code(), tab == 0 ? QStringLiteral("class Share") : QStringLiteral("class Read"));
            click(*m_window, "doctorCopy");
            QCOMPARE(QGuiApplication::clipboard()->text(), code());
            select("Python");
            VERIFY_CONTAINS(code(), QStringLiteral("SharedMemory(name=\"frames\""));
        }
    }

    void theCodeSpeaksTheChosenProtocol_data() { addWindows(); }
    void theCodeSpeaksTheChosenProtocol()
    {
        open();
        showPanel();
        child<QTabBar>(*m_window, "doctorRole")->setCurrentIndex(1);
        select("Python");
        test::chooseProtocol(*m_window, QStringLiteral("datastream"));
        QTRY_VERIFY(code().contains(QLatin1String("data[4:]")));
        test::chooseProtocol(*m_window, QStringLiteral("rawsize"));
        QTRY_VERIFY(code().contains(QLatin1String("frombytes(\"RGBA\"")));
        select("C#");
        VERIFY_CONTAINS(child<QLabel>(*m_window, "doctorNote")->text(),
                        QStringLiteral("interop/csharp/Shmpix.cs"));
        VERIFY_CONTAINS(code(), QStringLiteral("Shmpix.Segment.Read("));
    }

    void Z2_theReceiverTakesUpWhatTheOtherProgramCanShare()
    {
        openReceiver();
        showPanel();
        test::typeKey(*m_window, QStringLiteral("frames"));
        test::chooseProtocol(*m_window, QStringLiteral("live"));
        QTRY_COMPARE(nameIn("Qt, setKey"), QStringLiteral("frames"));
        select("Qt, setKey");
        QTRY_COMPARE(instead(), QStringLiteral("Use Qt data stream under qt:frames"));
        QCOMPARE(code(), QString());
        click(*m_window, "doctorInstead");
        QTRY_VERIFY(code().contains(QLatin1String("QSharedMemory memory(\"frames\");")));
        QCOMPARE(child<KeyBox>(*m_window, "keyBox")->key(), QStringLiteral("qt:frames"));
        QCOMPARE(instead(), QString());
    }

    void Z2_programsAtItsOwnEndChangeNothingInAWindow()
    {
        openReceiver();
        showPanel();
        test::chooseProtocol(*m_window, QStringLiteral("live"));
        child<QTabBar>(*m_window, "doctorRole")->setCurrentIndex(1);
        select("Qt ≥ 6.6, POSIX");
        QTRY_VERIFY(child<QLabel>(*m_window, "doctorNote")
                        ->text()
                        .contains(QLatin1String("Share as datastream instead.")));
        QCOMPARE(instead(), QString());
    }

    void Z2_theReceiversProgramsReadWhatWasFound()
    {
        const QString name = test::uniqueName();
        QVERIFY(m_publisher.share({test::photo(60, 40), *SegmentAddress::parse(name), ProtocolId::Png}));
        openReceiver();
        showPanel();
        test::typeKey(*m_window, name);
        child<QTabBar>(*m_window, "doctorRole")->setCurrentIndex(1);
        select("NumPy");
        QTRY_VERIFY(code().contains(QLatin1String("open_memmap")));
        click(*m_window, "loadButton");
        WAIT_FOR_MESSAGE(*m_window, Success);
        QTRY_VERIFY(code().contains(QLatin1String("\"png\"")));
        test::typeKey(*m_window, test::uniqueName());
        QTRY_VERIFY(code().contains(QLatin1String("open_memmap")));
    }

    void Z2_theSenderSharesWhatTheOtherProgramCanRead_data()
    {
        QTest::addColumn<QString>("program");
        QTest::addColumn<QString>("button");
        QTest::addColumn<QString>("address");
        QTest::addColumn<QString>("line");
        QTest::newRow("another protocol") << "Qt ≥ 6.6, POSIX"
                                          << "Share as Qt data stream"
                                          << "posix:/%1"
                                          << "in >> image;";
        QTest::newRow("another key") << "Qt, setKey"
                                     << "Share as Qt data stream under qt:%1"
                                     << "qt:%1"
                                     << "QSharedMemory memory(\"%1\");";
    }

    void Z2_theSenderSharesWhatTheOtherProgramCanRead()
    {
        QFETCH(QString, program);
        QFETCH(QString, button);
        QFETCH(QString, address);
        QFETCH(QString, line);
        const QString name = test::uniqueName();
        const QImage photo = test::photo(60, 40);
        SenderOptions options;
        options.key = name;
        options.image = test::writePicture(photo, QStringLiteral("share.png"));
        options.share = true;
        m_window = std::make_unique<SenderWindow>(options);
        show();
        WAIT_FOR_MESSAGE(*m_window, Success);
        click(*m_window, "messageAction");
        select("Python"); // with the kit, because the sender shares live frames by default
        QTRY_VERIFY(code().contains(QLatin1String("shmpix.LiveReader(\"posix:/") + name));
        QCOMPARE(instead(), QString());
        select(program.toUtf8().constData());
        QTRY_COMPARE(instead(), button.contains(QLatin1String("%1")) ? button.arg(name) : button);
        QCOMPARE(code(), QString());
        QVERIFY(!child<QPushButton>(*m_window, "doctorCopy")->isEnabled());
        click(*m_window, "doctorInstead");
        const auto loaded = [&] {
            const auto picture =
                loadPicture({*SegmentAddress::parse(address.arg(name)), ProtocolId::Datastream, {}, {}});
            return picture && test::samePixels(picture->image, photo);
        };
        QTRY_VERIFY(loaded());
        QTRY_VERIFY(code().contains(line.contains(QLatin1String("%1")) ? line.arg(name) : line));
        QCOMPARE(instead(), QString());
    }

    void F1_aKeyThatIsNoneGetsAProposal_data() { addWindows(); }
    void F1_aKeyThatIsNoneGetsAProposal()
    {
        open();
        showPanel();
        QVERIFY(!child<QLabel>(*m_window, "doctorProblem")->isVisible());
        test::typeKey(*m_window, QStringLiteral("a/b"));
        QTRY_VERIFY(child<QLabel>(*m_window, "doctorProblem")->isVisible());
        VERIFY_CONTAINS(child<QLabel>(*m_window, "doctorProblem")->text(), QStringLiteral("slash"));
        click(*m_window, "doctorUseProposal");
        QCOMPARE(child<KeyBox>(*m_window, "keyBox")->key(), portableName(QStringLiteral("a/b")));
        QTRY_VERIFY(!child<QLabel>(*m_window, "doctorProblem")->isVisible());
    }

    void F3_theLongestKeyDoesNotWidenTheWindow_data() { addWindows(); }
    void F3_theLongestKeyDoesNotWidenTheWindow()
    {
        open();
        showPanel();
        QCOMPARE(m_window->size(), QSize(900, 600));
        for (const QString& key : {QString(255, QLatin1Char('m')), QString(300, QLatin1Char('m'))}) {
            child<KeyBox>(*m_window, "keyBox")->setKey(key);
            QTRY_VERIFY(child<QPushButton>(*m_window, "doctorUseProposal")->isVisible());
            QTest::qWait(0);
            QVERIFY2(m_window->minimumSizeHint().width() <= 900 &&
                         m_window->minimumSizeHint().height() <= 600,
                     qPrintable(QStringLiteral("%1x%2")
                                    .arg(m_window->minimumSizeHint().width())
                                    .arg(m_window->minimumSizeHint().height())));
            QCOMPARE(m_window->size(), QSize(900, 600));
        }
    }

    void aFailedLoadOffersWhatIsThereAndAClickLoadsIt_data()
    {
        QTest::addColumn<QString>("shared");
        QTest::addColumn<QString>("typed");
        QTest::newRow("a Qt key for a POSIX name") << "qt:%1"
                                                   << "%1";
        QTest::newRow("a POSIX name for a Qt key") << "posix:/%1"
                                                   << "qt:%1";
        QTest::newRow("shm_ before the name") << "posix:/shm_%1"
                                              << "%1";
        QTest::newRow("the path of a POSIX object") << "posix:/%1"
                                                    << "/dev/shm/%1";
    }

    void aFailedLoadOffersWhatIsThereAndAClickLoadsIt()
    {
        QFETCH(QString, shared);
        QFETCH(QString, typed);
        const QString name = test::uniqueName();
        const QImage photo = test::photo(60, 40);
        const auto report = m_publisher.share(
            {photo, *SegmentAddress::parse(shared.arg(name)), ProtocolId::Datastream, {}, {}});
        QVERIFY(report.has_value());
        openReceiver();
        test::typeKey(*m_window, typed.arg(name));
        click(*m_window, "loadButton");
        WAIT_FOR_MESSAGE(*m_window, Error);
        QTRY_VERIFY(
            child<QPushButton>(*m_window, "messageAction")->text().endsWith(QLatin1String("instead")));
        VERIFY_CONTAINS(test::message(*m_window).text, QStringLiteral("Load "));
        click(*m_window, "messageAction");
        WAIT_FOR_MESSAGE(*m_window, Success);
        QVERIFY(test::samePixels(test::shownImage(*m_window), photo));
        QCOMPARE(SegmentAddress::parse(child<KeyBox>(*m_window, "keyBox")->key())->toString(),
                 shared.arg(name));
        QVERIFY(!child<QPushButton>(*m_window, "messageAction")->isVisible());
    }

    void whereNothingIsThereTheDoctorIsOffered()
    {
        openReceiver();
        test::typeKey(*m_window, test::uniqueName());
        click(*m_window, "loadButton");
        WAIT_FOR_MESSAGE(*m_window, Error);
        QCOMPARE(child<QPushButton>(*m_window, "messageAction")->text().remove(QLatin1Char('&')),
                 QStringLiteral("Key doctor"));
        click(*m_window, "messageAction");
        QVERIFY(child<DoctorPanel>(*m_window, "doctorPanel")->isVisible());
        QVERIFY(!child<QPushButton>(*m_window, "messageAction")->isVisible()); // accepted already
    }

    void afterSharingTheSenderTellsHowToRead()
    {
        const QString name = test::uniqueName();
        SenderOptions options;
        options.key = name;
        options.image = test::writePicture(test::photo(60, 40), QStringLiteral("how.png"));
        options.share = true;
        options.protocol = ProtocolId::Datastream;
        m_window = std::make_unique<SenderWindow>(options);
        show();
        WAIT_FOR_MESSAGE(*m_window, Success);
        QCOMPARE(child<QPushButton>(*m_window, "messageAction")->text().remove(QLatin1Char('&')),
                 QStringLiteral("How to read it"));
        click(*m_window, "messageAction");
        QVERIFY(child<DoctorPanel>(*m_window, "doctorPanel")->isVisible());
        select("Python");
        VERIFY_CONTAINS(code(), QStringLiteral("SharedMemory(name=\"%1\")").arg(name));
        VERIFY_CONTAINS(code(), QStringLiteral("data[4:]")); // the shared picture is a QDataStream
    }

private:
    static void addWindows()
    {
        QTest::addColumn<bool>("isSender");
        QTest::newRow("sender") << true;
        QTest::newRow("receiver") << false;
    }

    void open()
    {
        QFETCH(bool, isSender);
        if (isSender) {
            m_window = std::make_unique<SenderWindow>(SenderOptions());
            show();
        } else {
            openReceiver();
        }
    }

    void openReceiver()
    {
        m_window = std::make_unique<ReceiverWindow>(ReceiverOptions());
        show();
    }

    void show()
    {
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    }

    void showPanel()
    {
        click(*m_window, "doctorPanelButton");
        QVERIFY(child<DoctorPanel>(*m_window, "doctorPanel")->isVisible());
    }

    [[nodiscard]] QTreeWidgetItem* item(const char* program) const
    {
        const auto found = child<QTreeWidget>(*m_window, "doctorNames")
                               ->findItems(QString::fromUtf8(program), Qt::MatchExactly);
        return found.value(0);
    }

    [[nodiscard]] QString nameIn(const char* program) const
    {
        return item(program) ? item(program)->text(1) : QStringLiteral("no such program");
    }

    void select(const char* program)
    {
        auto* names = child<QTreeWidget>(*m_window, "doctorNames");
        names->scrollToItem(item(program));
        QTest::mouseClick(names->viewport(), Qt::LeftButton, {},
                          names->visualItemRect(item(program)).center());
        QCOMPARE(names->currentItem(), item(program));
    }

    /// The proposed alternative, or an empty text.
    [[nodiscard]] QString instead() const
    {
        auto* button = child<QPushButton>(*m_window, "doctorInstead");
        return button->isVisible() ? button->text().remove(QLatin1Char('&')) : QString();
    }

    [[nodiscard]] QString code() const
    {
        return child<QPlainTextEdit>(*m_window, "doctorCode")->toPlainText();
    }

    std::unique_ptr<QWidget> m_window;
    Publisher m_publisher;
};

int tst_doctorpanel(int argc, char** argv)
{
    return shmpix::test::runTest<QApplication, TestDoctorPanel>(argc, argv);
}

#include "tst_doctorpanel.moc"
