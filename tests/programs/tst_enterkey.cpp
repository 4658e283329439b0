// The Enter key in the windows: it clicks the button that looks like the default button.
#include "receiver/window/receiverwindow.h"
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
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QPushButton>
#include <QToolButton>
#include <QWindow>

using namespace shmpix;
using test::child;
using test::click;

namespace {

bool isShared(const QString& key)
{
    return loadPicture({*SegmentAddress::parse(key), {}, {}, {}}).has_value();
}

} // namespace

class TestEnterKey : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        test::clearSettings();
        m_key = test::uniqueName();
    }

    void cleanup() { m_window.reset(); }

    void Z3_enterSharesWhatHasJustCome_data()
    {
        QTest::addColumn<QString>("how");
        for (const char* how : {"open", "paste", "drop", "recent", "open after a failure", "open again",
                                "open from a button with the focus", "command line"}) {
            QTest::newRow(how) << QString::fromLatin1(how);
        }
    }

    void Z3_enterSharesWhatHasJustCome()
    {
        QFETCH(QString, how);
        const QString path = test::writePicture(test::photo(40, 30), QStringLiteral("%1.png").arg(m_key));
        SenderOptions options;
        options.key = m_key;
        if (how == QLatin1String("command line")) {
            options.image = path;
        }
        openSender(options);
        bring(how, path);
        QTRY_COMPARE(test::shownImage(*m_window).size(), QSize(40, 30));
        auto* share = child<QPushButton>(*m_window, "shareButton");
        QVERIFY(share->isEnabled() && share->isDefault());
        press(Qt::Key_Return);
        WAIT_FOR_MESSAGE(*m_window, Success);
        QVERIFY(isShared(m_key));
        QVERIFY(!isDoctorShown());
    }

    void Z3_withNothingToShareEnterOpensAPicture()
    {
        openSender({});
        QVERIFY(!child<QPushButton>(*m_window, "shareButton")->isEnabled());
        press(Qt::Key_Return);
        QTRY_VERIFY(test::fileDialog(*m_window));
        QVERIFY(!isDoctorShown());
        test::fileDialog(*m_window)->reject();
        activate();
        const QString text = QStringLiteral("no picture");
        openByKeys(test::writeFile(text.toUtf8(), QStringLiteral("text.png")));
        WAIT_FOR_MESSAGE(*m_window, Error);
        press(Qt::Key_Return);
        QTRY_VERIFY(test::fileDialog(*m_window)); // the next try
        QVERIFY(!isDoctorShown());
    }

    void Z3_enterClicksTheButtonThatTheUserWentTo()
    {
        SenderOptions options;
        options.key = m_key;
        options.image = test::writePicture(test::photo(40, 30), QStringLiteral("enter.png"));
        options.share = true;
        openSender(options);
        WAIT_FOR_MESSAGE(*m_window, Success);
        auto* share = child<QPushButton>(*m_window, "shareButton");
        auto* stop = child<QPushButton>(*m_window, "stopButton");
        QVERIFY(share->isDefault());
        for (int presses = 0; !stop->hasFocus() && presses < 30; ++presses) {
            press(Qt::Key_Tab);
        }
        QVERIFY(stop->hasFocus());
        QVERIFY(!share->isDefault()); // it does not look like the default button
        press(Qt::Key_Return);
        WAIT_FOR_MESSAGE(*m_window, Info);
        QVERIFY(!isShared(m_key));
        QVERIFY(share->isDefault()); // the button that had the focus is disabled now
        press(Qt::Key_Return);
        WAIT_FOR_MESSAGE(*m_window, Success);
        QVERIFY(isShared(m_key));
    }

    void Z3_afterAnActionOfTheMessageEnterShares()
    {
        QFile foreign(QStringLiteral("/dev/shm/") + m_key);
        QVERIFY(foreign.open(QIODevice::WriteOnly) && foreign.write("somebody else's") > 0);
        foreign.close();
        SenderOptions options;
        options.key = m_key;
        options.image = test::writePicture(test::photo(40, 30), QStringLiteral("enter.png"));
        options.share = true;
        openSender(options);
        WAIT_FOR_MESSAGE(*m_window, Error);
        click(*m_window, "messageAction"); // Replace
        WAIT_FOR_MESSAGE(*m_window, Success);
        QVERIFY(child<QPushButton>(*m_window, "shareButton")->isDefault());
        const QString second = test::uniqueName();
        child<KeyBox>(*m_window, "keyBox")->setKey(second);
        press(Qt::Key_Return);
        QTRY_VERIFY(isShared(second));
        QVERIFY(!isDoctorShown());
    }

    void Z3_enterLoads_data()
    {
        QTest::addColumn<QString>("after");
        for (const char* after : {"nothing", "a failure", "a bad key", "the message's action", "freezing"}) {
            QTest::newRow(after) << QString::fromLatin1(after);
        }
    }

    void Z3_enterLoads()
    {
        QFETCH(QString, after);
        ReceiverOptions options;
        options.key = m_key;
        auto receiver = std::make_unique<ReceiverWindow>(options);
        m_window = std::move(receiver);
        show();
        auto* load = child<QPushButton>(*m_window, "loadButton");
        if (after == QLatin1String("a failure")) {
            press(Qt::Key_Return);
            WAIT_FOR_MESSAGE(*m_window, Error);
        } else if (after == QLatin1String("a bad key")) {
            test::typeKey(*m_window, QStringLiteral("a/b"));
            press(Qt::Key_Return);
            WAIT_FOR_MESSAGE(*m_window, Error);
            test::typeKey(*m_window, m_key);
        } else if (after == QLatin1String("the message's action")) {
            press(Qt::Key_Return);
            WAIT_FOR_MESSAGE(*m_window, Error);
            click(*m_window, "messageAction"); // shows the doctor and is disabled afterwards
            child<QWidget>(*m_window, "doctorPanelDock")->hide();
        } else if (after == QLatin1String("freezing")) {
            click(*m_window, "liveButton");
            child<QWidget>(*m_window, "freezeButton")->setFocus(Qt::TabFocusReason);
            child<QPushButton>(*m_window, "liveButton")
                ->click(); // hides the bar and the button with the focus
        }
        QVERIFY(load->isDefault());
        Publisher publisher;
        QVERIFY(publisher.share({test::photo(40, 30), *SegmentAddress::parse(m_key), ProtocolId::Png})
                    .has_value());
        press(Qt::Key_Return);
        WAIT_FOR_MESSAGE(*m_window, Success);
        QCOMPARE(test::shownImage(*m_window).size(), QSize(40, 30));
    }

private:
    void openSender(const SenderOptions& options)
    {
        m_window = std::make_unique<SenderWindow>(options);
        show();
    }

    void show()
    {
        m_window->show();
        activate();
    }

    /// Sends the key to the widget with the focus.
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        QTest::keyClick(m_window->windowHandle(), key, modifiers);
    }

    void openByKeys(const QString& path)
    {
        press(Qt::Key_O, Qt::ControlModifier);
        choose(path);
    }

    void choose(const QString& path)
    {
        QTRY_VERIFY(test::fileDialog(*m_window));
        test::chooseFile(*test::fileDialog(*m_window), path);
        QTRY_VERIFY(!test::fileDialog(*m_window));
        activate();
    }

    /// Activates the window, as a window manager does after a dialog is closed.
    void activate()
    {
        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    }

    void bring(const QString& how, const QString& path)
    {
        if (how == QLatin1String("open")) {
            openByKeys(path);
        } else if (how == QLatin1String("paste")) {
            QGuiApplication::clipboard()->setImage(test::photo(40, 30));
            press(Qt::Key_V, Qt::ControlModifier);
        } else if (how == QLatin1String("drop")) {
            QMimeData data;
            data.setUrls({QUrl::fromLocalFile(path)});
            QDragEnterEvent enter(QPoint(100, 100), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
            QCoreApplication::sendEvent(m_window.get(), &enter);
            QDropEvent drop(QPointF(100, 100), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
            QCoreApplication::sendEvent(m_window.get(), &drop);
        } else if (how == QLatin1String("recent")) {
            openByKeys(path);
            QTRY_COMPARE(test::shownImage(*m_window).size(), QSize(40, 30));
            SenderOptions options;
            options.key = m_key;
            openSender(options);
            auto* menu = child<QToolButton>(*m_window, "recentButton")->menu();
            Q_EMIT menu->aboutToShow();
            QVERIFY(!menu->actions().isEmpty());
            menu->actions().constFirst()->trigger();
        } else if (how == QLatin1String("open after a failure")) {
            openByKeys(test::writeFile("no picture", QStringLiteral("text.png")));
            WAIT_FOR_MESSAGE(*m_window, Error);
            openByKeys(path);
        } else if (how == QLatin1String("open again")) {
            openByKeys(test::writePicture(test::photo(70, 30), QStringLiteral("before.png")));
            QTRY_COMPARE(test::shownImage(*m_window).size(), QSize(70, 30));
            openByKeys(path);
        } else if (how == QLatin1String("open from a button with the focus")) {
            child<QWidget>(*m_window, "openButton")->setFocus(Qt::TabFocusReason);
            press(Qt::Key_Space);
            choose(path);
        }
    }

    [[nodiscard]] bool isDoctorShown() const { return child<QWidget>(*m_window, "doctorPanel")->isVisible(); }

    QString m_key;
    std::unique_ptr<QWidget> m_window;
};

int tst_enterkey(int argc, char** argv)
{
    return shmpix::test::runTest<QApplication, TestEnterKey>(argc, argv);
}

#include "tst_enterkey.moc"
