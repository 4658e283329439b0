// The user can cancel a long load, and a long load does not block anything.
#include "receiver/window/receiverwindow.h"

#include "common/channel/publisher.h"
#include "tests/support/peerprocess.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"
#include "tests/support/windowtest.h"

#include <QApplication>
#include <QFile>
#include <QPushButton>

using namespace shmpix;
using test::child;
using test::click;

namespace {

enum class Way { Button, Escape };

} // namespace

class TestCancelledLoad : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        test::clearSettings();
        m_key = test::uniqueName();
        m_late = test::uniqueName();
        m_window = std::make_unique<ReceiverWindow>(ReceiverOptions());
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    }

    void cleanup()
    {
        m_window.reset();
        m_publisher.stop();
        QFile::remove(QStringLiteral("/dev/shm/") + m_key);
        QFile::remove(QStringLiteral("/dev/shm/") + m_late);
    }

    void Z9_theWindowCancels_data()
    {
        QTest::addColumn<Way>("way");
        QTest::addColumn<bool>("hasPicture");
        QTest::newRow("button, first load") << Way::Button << false;
        QTest::newRow("button, with a picture") << Way::Button << true;
        QTest::newRow("Escape, first load") << Way::Escape << false;
        QTest::newRow("Escape, with a picture") << Way::Escape << true;
    }

    /// The receiver waits a second for a segment that its writer has not filled yet.
    void Z9_theWindowCancels()
    {
        QFETCH(Way, way);
        QFETCH(bool, hasPicture);
        if (hasPicture) {
            load(test::photo(20, 10), m_key);
            WAIT_FOR_MESSAGE(*m_window, Success);
        }
        loadLateSegment();
        auto* button = child<QPushButton>(*m_window, "messageAction");
        if (way == Way::Button) {
            QTRY_VERIFY(button->isVisible());
            QCOMPARE(button->text().remove(QLatin1Char('&')), QStringLiteral("Cancel"));
            click(*m_window, "messageAction");
        } else {
            QTest::keyClick(m_window->focusWidget(), Qt::Key_Escape);
        }
        // Immediately, whatever the reading thread is doing.
        QCOMPARE(test::message(*m_window).kind, Message::Kind::Info);
        VERIFY_CONTAINS(test::message(*m_window).text, QStringLiteral("cancelled"));
        QCOMPARE(test::shownImage(*m_window).size(), hasPicture ? QSize(20, 10) : QSize(0, 0));
        QTRY_VERIFY(!button->isVisible());

        load(test::photo(30, 10), m_key);
        WAIT_FOR_MESSAGE(*m_window, Success);
        QCOMPARE(test::shownImage(*m_window).size(), QSize(30, 10));
    }

    void Z9_whatIsNextGoesToo()
    {
        loadLateSegment();
        load(test::photo(30, 10), m_key); // waits for its turn
        QTest::keyClick(m_window->focusWidget(), Qt::Key_Escape);
        test::typeKey(*m_window, test::uniqueName());
        click(*m_window, "loadButton");
        WAIT_FOR_MESSAGE(*m_window, Error);
        QVERIFY(test::shownImage(*m_window).isNull());
    }

    /// The button of the previous message stays until a load has taken a while. It cancels nothing.
    void Z9_aSecondClickOnAnotherButtonCancelsNothing()
    {
        test::PeerProcess peer(QStringLiteral(SHMPIX_PEERS "/stockqt"), {m_key});
        const QString file = test::writePicture(test::photo(60, 40), QStringLiteral("locked.png"));
        peer.writeLine(QStringLiteral("share-image ") + file);
        QVERIFY(!peer.waitForLine(QStringLiteral("share-image ")).contains(QStringLiteral("failed")));
        peer.writeLine(QStringLiteral("lock"));
        QCOMPARE(peer.waitForLine(QStringLiteral("lock")), QStringLiteral("lock done"));
        test::typeKey(*m_window, QStringLiteral("qt:") + m_key);
        click(*m_window, "loadButton");
        WAIT_FOR_MESSAGE(*m_window, Error);
        click(*m_window, "messageAction"); // reads without the lock
        click(*m_window, "messageAction");
        WAIT_FOR_MESSAGE(*m_window, Success);
        QCOMPARE(test::shownImage(*m_window).size(), QSize(60, 40));
        peer.endInput(); // so that Qt removes its segment and lock
        QCOMPARE(peer.exitCode(), 0);
    }

    void Z9_escapeDoesNothingOnceItIsLoaded()
    {
        load(test::photo(20, 10), m_key);
        WAIT_FOR_MESSAGE(*m_window, Success);
        QTest::keyClick(m_window->focusWidget(), Qt::Key_Escape);
        QCOMPARE(test::message(*m_window).kind, Message::Kind::Success);
    }

    /// Closing the window ends the read: the window is gone long before the whole segment has been read.
    void Z9_mayBeClosedWhileAHugeSegmentIsRead_data()
    {
        QTest::addColumn<QByteArray>("start");
        QTest::newRow("holes") << QByteArray();
        QTest::newRow("foreign bytes") << QByteArray(5000, '\x5a');
        QTest::newRow("JPEG without an end") << QByteArray("\xff\xd8\xff\xda\x00\x02", 6);
    }

    void Z9_mayBeClosedWhileAHugeSegmentIsRead()
    {
        QFETCH(QByteArray, start);
        loadLateSegment(start);
        QVERIFY(test::message(*m_window).kind == Message::Kind::Busy);
        QElapsedTimer timer;
        timer.start();
        m_window.reset();
        QVERIFY2(timer.elapsed() < 10000, qPrintable(QString::number(timer.elapsed())));
    }

private:
    void load(const QImage& image, const QString& key)
    {
        auto report = m_publisher.share({image, *SegmentAddress::parse(key), ProtocolId::Datastream});
        QVERIFY2(report.has_value(), report ? "" : qPrintable(report.error().text));
        test::typeKey(*m_window, key);
        click(*m_window, "loadButton");
    }

    void loadLateSegment(const QByteArray& start = {})
    {
        QFile segment(QStringLiteral("/dev/shm/") + m_late);
        QVERIFY(segment.open(QIODevice::WriteOnly) && segment.write(start) == start.size());
        QVERIFY(segment.resize(qint64{1} << 40));
        test::typeKey(*m_window, m_late);
        click(*m_window, "loadButton");
        QVERIFY(test::message(*m_window).kind == Message::Kind::Busy);
    }

    std::unique_ptr<ReceiverWindow> m_window;
    Publisher m_publisher;
    QString m_key;
    QString m_late;
};

int tst_cancelledload(int argc, char** argv)
{
    return shmpix::test::runTest<QApplication, TestCancelledLoad>(argc, argv);
}

#include "tst_cancelledload.moc"
