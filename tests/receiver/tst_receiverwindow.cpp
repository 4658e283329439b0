// Loading: the picture, the explanations, and the state that remains.
#include "receiver/window/receiverwindow.h"

#include "common/channel/publisher.h"
#include "common/ui/keybox.h"
#include "receiver/window/factspanel.h"
#include "tests/support/peerprocess.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"
#include "tests/support/windowtest.h"

#include <QApplication>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>

using namespace shmpix;
using test::child;
using test::click;

class TestReceiverWindow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        test::clearSettings();
        m_key = test::uniqueName();
        ReceiverOptions options;
        options.key = m_key;
        open(options);
    }

    void cleanup()
    {
        m_window.reset();
        m_publisher.stop();
        QFile::remove(QStringLiteral("/dev/shm/") + m_key);
    }

    void startsEmpty()
    {
        open({});
        QCOMPARE(child<KeyBox>(*m_window, "keyBox")->key(), QStringLiteral("shmpix"));
        QCOMPARE(child<QComboBox>(*m_window, "protocolBox")->currentText(), QStringLiteral("Detect"));
        QVERIFY(child<QPushButton>(*m_window, "loadButton")->isEnabled());
        QVERIFY(!child<QWidget>(*m_window, "saveButton")->isEnabled());
        QVERIFY(!child<QWidget>(*m_window, "copyButton")->isEnabled());
        QVERIFY(!child<QWidget>(*m_window, "facts")->isVisible());
    }

    void loadsEveryProtocol_data()
    {
        QTest::addColumn<int>("protocol");
        QTest::addColumn<bool>("detect");
        for (ProtocolId id : selfDescribingProtocols()) {
            QTest::addRow("%s detected", qPrintable(protocolName(id))) << int(id) << true;
            QTest::addRow("%s", qPrintable(protocolName(id))) << int(id) << false;
        }
    }

    void loadsEveryProtocol()
    {
        QFETCH(int, protocol);
        QFETCH(bool, detect);
        const auto id = static_cast<ProtocolId>(protocol);
        const QImage photo = test::photo(200, 150);
        share(photo, id);
        test::chooseProtocol(*m_window, detect ? QString() : protocolName(id));
        click(*m_window, "loadButton");
        WAIT_FOR_MESSAGE(*m_window, Success);
        VERIFY_CONTAINS(test::message(*m_window).text, QStringLiteral("Loaded in "));
        QVERIFY(test::largestDifference(test::shownImage(*m_window), photo) <=
                (id == ProtocolId::Jpeg ? 60 : 0));
        const QString facts = child<FactsPanel>(*m_window, "facts")->toPlainText();
        for (const QString& fact :
             {QStringLiteral("200 × 150"), QStringLiteral("8 bit"), QStringLiteral("posix:/") + m_key,
              protocolTitle(id), QStringLiteral(" ms")}) {
            VERIFY_CONTAINS(facts, fact);
        }
        QVERIFY(child<QWidget>(*m_window, "facts")->isVisible());
    }

    void enterAndF5Load()
    {
        share(test::photo(20, 10));
        QTest::keyClick(child<KeyBox>(*m_window, "keyBox")->lineEdit(), Qt::Key_Return);
        WAIT_FOR_MESSAGE(*m_window, Success);
        share(test::photo(30, 10));
        QTest::keyClick(m_window.get(), Qt::Key_F5);
        QTRY_COMPARE(test::shownImage(*m_window).width(), 30);
        share(test::photo(40, 10));
        QTest::keyClick(m_window.get(), Qt::Key_Enter);
        QTRY_COMPARE(test::shownImage(*m_window).width(), 40);
    }

    void loadsAtTheStartWhenTheOptionsSaySo()
    {
        share(test::photo(20, 10), ProtocolId::Rawsize);
        ReceiverOptions options;
        options.key = m_key;
        options.protocol = ProtocolId::Rawsize;
        options.load = true;
        open(options);
        WAIT_FOR_MESSAGE(*m_window, Success);
        QCOMPARE(test::shownImage(*m_window).size(), QSize(20, 10));
    }

    void nothingSharedIsExplained()
    {
        click(*m_window, "loadButton");
        WAIT_FOR_MESSAGE(*m_window, Error);
        VERIFY_CONTAINS(test::message(*m_window).text,
                        QStringLiteral("Nothing is shared under posix:/") + m_key);
        QVERIFY(test::shownImage(*m_window).isNull());
    }

    void afterAFailureTheLastPictureStays_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("wrong key") << QString() << QByteArray();
        QTest::newRow("bad key") << "a/b" << QByteArray();
        QTest::newRow("empty segment") << "?" << QByteArray("");
        QTest::newRow("one byte") << "?" << QByteArray("x");
        QTest::newRow("zeros") << "?" << QByteArray(4096, '\0');
        QTest::newRow("ones") << "?" << QByteArray(4096, '\xff');
        QTest::newRow("text") << "?"
                              << QByteArray(
                                     "This is a letter, not a picture, and it is longer than a header.");
    }

    void afterAFailureTheLastPictureStays()
    {
        QFETCH(QString, key);
        QFETCH(QByteArray, bytes);
        share(test::photo(20, 10));
        click(*m_window, "loadButton");
        WAIT_FOR_MESSAGE(*m_window, Success);
        const QString facts = child<FactsPanel>(*m_window, "facts")->toPlainText();

        const QString other = test::uniqueName();
        QFile segment(QStringLiteral("/dev/shm/") + other);
        if (key == QLatin1Char('?')) {
            QVERIFY(segment.open(QIODevice::WriteOnly) && segment.write(bytes) == bytes.size());
            segment.close();
        }
        child<KeyBox>(*m_window, "keyBox")->setKey(key.size() > 1 ? key : other);
        click(*m_window, "loadButton");
        WAIT_FOR_MESSAGE(*m_window, Error);
        segment.remove();
        const QString text = test::message(*m_window).text;
        QVERIFY2(text.endsWith(QLatin1Char('.')), qPrintable(text));
        QCOMPARE(test::shownImage(*m_window).size(), QSize(20, 10));
        QCOMPARE(child<FactsPanel>(*m_window, "facts")->toPlainText(), facts);
        QVERIFY(child<QWidget>(*m_window, "saveButton")->isEnabled());
        QVERIFY(!QApplication::activeModalWidget());
    }

    void theWrongProtocolIsExplained()
    {
        share(test::photo(20, 10), ProtocolId::Png);
        test::chooseProtocol(*m_window, QStringLiteral("bmp"));
        click(*m_window, "loadButton");
        WAIT_FOR_MESSAGE(*m_window, Error);
        test::chooseProtocol(*m_window, QString());
        click(*m_window, "loadButton");
        WAIT_FOR_MESSAGE(*m_window, Success);
    }

    /// 1024 × 768 and 768 × 1024 have the same four bytes if the writer stores the sides modulo 256.
    void anotherSizeThatFitsIsOneClickAway()
    {
        QByteArray bytes(4 + 1024 * 768 * 4, '\x7f');
        bytes.replace(0, 4, QByteArray(4, '\0'));
        QFile segment(QStringLiteral("/dev/shm/") + m_key);
        QVERIFY(segment.open(QIODevice::WriteOnly) && segment.write(bytes) == bytes.size());
        segment.close();
        click(*m_window, "loadButton");
        WAIT_FOR_MESSAGE(*m_window, Success);
        QCOMPARE(test::shownImage(*m_window).size(), QSize(1024, 768));
        auto* facts = child<FactsPanel>(*m_window, "facts");
        VERIFY_CONTAINS(facts->toPlainText(), QStringLiteral("Other sizes that fit\n768 × 1024"));
        facts->setFocus();
        QTest::keyClick(facts, Qt::Key_Tab); // to the first link
        QTest::keyClick(facts, Qt::Key_Return);
        QTRY_COMPARE(test::shownImage(*m_window).size(), QSize(768, 1024));
    }

    /// A Qt program holds the lock. The window stays responsive, reports this after a while, and lets the
    /// user read without the lock.
    void C6_aHeldLockStopsNoWindowAndIsPassedByWhenAskedTo()
    {
        const QImage photo = test::photo(60, 40);
        test::PeerProcess peer(QStringLiteral(SHMPIX_PEERS "/stockqt"), {m_key});
        peer.writeLine(QStringLiteral("share-image ") +
                       test::writePicture(photo, QStringLiteral("locked.png")));
        QVERIFY(!peer.waitForLine(QStringLiteral("share-image ")).contains(QStringLiteral("failed")));
        peer.writeLine(QStringLiteral("lock"));
        QCOMPARE(peer.waitForLine(QStringLiteral("lock")), QStringLiteral("lock done"));

        test::typeKey(*m_window, QStringLiteral("qt:") + m_key);
        const test::Heartbeat heart;
        click(*m_window, "loadButton");
        QVERIFY(test::message(*m_window).kind == Message::Kind::Busy);
        QTRY_VERIFY(child<QWidget>(*m_window, "busyIndicator")->isVisible());
        WAIT_FOR_MESSAGE(*m_window, Error);
        QVERIFY(heart.beats() > 20);
        QVERIFY(test::shownImage(*m_window).isNull());
        auto* action = child<QPushButton>(*m_window, "messageAction");
        QCOMPARE(action->text().remove(QLatin1Char('&')), QStringLiteral("Read without the lock"));
        click(*m_window, "messageAction");
        WAIT_FOR_MESSAGE(*m_window, Success);
        VERIFY_CONTAINS(test::message(*m_window).text, QStringLiteral("without the lock"));
        QVERIFY(test::samePixels(test::shownImage(*m_window), photo));
        QVERIFY(!action->isVisible());
        peer.endInput(); // so that Qt removes its segment and lock
        QCOMPARE(peer.exitCode(), 0);
    }

    void theWindowStaysAliveWhileItLoads()
    {
        QImage large(7680, 4320, QImage::Format_RGB32);
        large.fill(Qt::darkCyan);
        share(large);
        const test::Heartbeat heart;
        click(*m_window, "loadButton");
        QVERIFY(test::message(*m_window).kind == Message::Kind::Busy);
        WAIT_FOR_MESSAGE(*m_window, Success);
        QVERIFY(heart.beats() > 0);
        QCOMPARE(test::shownImage(*m_window).size(), large.size());
    }

    void manyClicksEndWithTheNewestPicture()
    {
        for (int i = 1; i <= 10; ++i) {
            share(test::photo(20 + i, 10));
            click(*m_window, "loadButton");
        }
        QTRY_COMPARE(test::shownImage(*m_window).width(), 30);
    }

    void remembersKeyAndProtocol()
    {
        share(test::photo(20, 10), ProtocolId::Png);
        test::chooseProtocol(*m_window, QStringLiteral("png"));
        click(*m_window, "loadButton");
        WAIT_FOR_MESSAGE(*m_window, Success);
        QVERIFY(m_window->close());
        open({});
        QCOMPARE(child<KeyBox>(*m_window, "keyBox")->key(), m_key);
        QCOMPARE(child<KeyBox>(*m_window, "keyBox")->itemText(0), m_key);
        QCOMPARE(child<QComboBox>(*m_window, "protocolBox")->currentData().toString(), QStringLiteral("png"));
    }

    void mayBeClosedWhileItLoads()
    {
        share(test::photo(2000, 1500));
        for (int i = 0; i < 5; ++i) {
            ReceiverOptions options;
            options.key = m_key;
            options.load = true;
            open(options);
            for (int round = 0; round < i; ++round) {
                QCoreApplication::processEvents();
            }
            m_window.reset();
        }
    }

private:
    void open(const ReceiverOptions& options)
    {
        m_window = std::make_unique<ReceiverWindow>(options);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    }

    void share(const QImage& image, ProtocolId protocol = ProtocolId::Datastream)
    {
        auto report = m_publisher.share({image, *SegmentAddress::parse(m_key), protocol});
        QVERIFY2(report.has_value(), report ? "" : qPrintable(report.error().text));
    }

    std::unique_ptr<ReceiverWindow> m_window;
    Publisher m_publisher;
    QString m_key;
};

int tst_receiverwindow(int argc, char** argv)
{
    return shmpix::test::runTest<QApplication, TestReceiverWindow>(argc, argv);
}

#include "tst_receiverwindow.moc"
