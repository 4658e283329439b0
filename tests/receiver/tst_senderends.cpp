// The receiver's window after the program at the other end has ended.
#include "receiver/window/receiverwindow.h"

#include "receiver/window/factspanel.h"
#include "tests/support/pictures.h"
#include "tests/support/programs.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"
#include "tests/support/windowtest.h"

#include <memory>

using namespace shmpix;
using test::child;
using test::click;

class TestSenderEnds : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { test::clearSettings(); }
    void cleanup() { m_window.reset(); }

    void B3_whenTheSenderEndsTheLastPictureStays_data()
    {
        QTest::addColumn<QString>("scheme");
        QTest::addColumn<QString>("cause");
        const QString ended = QStringLiteral("has stopped sharing or ended.");
        const QString qt = QStringLiteral("Qt removes the memory when the last program stops using it.");
        QTest::newRow("posix") << QStringLiteral("posix") << ended;
        QTest::newRow("file") << QStringLiteral("file") << ended;
        QTest::newRow("qt") << QStringLiteral("qt") << qt;
        QTest::newRow("systemv") << QStringLiteral("systemv") << qt;
    }

    void B3_whenTheSenderEndsTheLastPictureStays()
    {
        QFETCH(QString, scheme);
        QFETCH(QString, cause);
        const QImage first = test::photo(60, 40);
        const QString address = test::uniqueAddress(scheme);
        open(address);
        {
            test::HeadlessSender sender(
                {QStringLiteral("--key"), address, test::writePicture(first, QStringLiteral("first.png"))});
            QVERIFY(!sender.waitForLine(QStringLiteral("shared ")).isNull());
            click(*m_window, "loadButton");
            WAIT_FOR_MESSAGE(*m_window, Success);
        }
        verifyThatItIsGone(address, cause, first);
        // The same click loads from the next program that shares under the key.
        const QImage second = test::photo(50, 70);
        test::HeadlessSender sender(
            {QStringLiteral("--key"), address, test::writePicture(second, QStringLiteral("second.png"))});
        QVERIFY(!sender.waitForLine(QStringLiteral("shared ")).isNull());
        click(*m_window, "loadButton");
        WAIT_FOR_MESSAGE(*m_window, Success);
        QVERIFY(test::samePixels(test::shownImage(*m_window), second));
    }

    /// Our receiver does not keep the memory attached, so the writer is the last program that does.
    void B12_whenTheLastQtProgramEndsThePictureStays()
    {
        const QImage photo = test::photo(60, 40);
        const QString key = test::uniqueName();
        const QString address = QStringLiteral("qt:") + key;
        open(address);
        {
            test::PeerProcess peer(QStringLiteral(SHMPIX_PEERS "/stockqt"), {key});
            peer.writeLine(QStringLiteral("share-pixmap ") +
                           test::writePicture(photo, QStringLiteral("shared.png")));
            const QString answer = peer.waitForLine(QStringLiteral("share-pixmap "));
            QVERIFY2(!answer.contains(QStringLiteral("failed")), qPrintable(answer));
            click(*m_window, "loadButton");
            WAIT_FOR_MESSAGE(*m_window, Success);
            peer.writeLine(QStringLiteral("end"));
            QCOMPARE(peer.exitCode(), 0);
        }
        verifyThatItIsGone(
            address, QStringLiteral("Qt removes the memory when the last program stops using it."), photo);
    }

private:
    void open(const QString& address)
    {
        ReceiverOptions options;
        options.key = address;
        m_window = std::make_unique<ReceiverWindow>(options);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    }

    /// Loads: the message says what is missing and why, and everything else is unchanged.
    void verifyThatItIsGone(const QString& address, const QString& cause, const QImage& picture)
    {
        const QString facts = child<FactsPanel>(*m_window, "facts")->toPlainText();
        click(*m_window, "loadButton");
        WAIT_FOR_MESSAGE(*m_window, Error);
        const QString text = test::message(*m_window).text;
        VERIFY_CONTAINS(text, QStringLiteral("Nothing is shared under %1 any longer").arg(address));
        VERIFY_CONTAINS(text, cause);
        VERIFY_CONTAINS(text, QStringLiteral("The last picture stays."));
        QVERIFY2(test::samePixels(test::shownImage(*m_window), picture),
                 qPrintable(test::difference(test::shownImage(*m_window), picture)));
        QCOMPARE(child<FactsPanel>(*m_window, "facts")->toPlainText(), facts);
        QVERIFY(child<QWidget>(*m_window, "saveButton")->isEnabled());
    }

    std::unique_ptr<ReceiverWindow> m_window;
};

int tst_senderends(int argc, char** argv)
{
    return shmpix::test::runTest<QApplication, TestSenderEnds>(argc, argv);
}

#include "tst_senderends.moc"
