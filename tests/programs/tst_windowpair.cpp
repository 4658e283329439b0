// The two windows together: Open, Share, Load.
#include "common/ui/keybox.h"
#include "receiver/window/receiverwindow.h"
#include "sender/window/senderwindow.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"
#include "tests/support/windowtest.h"

using namespace shmpix;
using test::child;
using test::click;

class TestWindowPair : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        test::clearSettings();
        m_sender = std::make_unique<SenderWindow>(SenderOptions());
        m_receiver = std::make_unique<ReceiverWindow>(ReceiverOptions());
        m_sender->show();
        m_receiver->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_sender.get()));
        QVERIFY(QTest::qWaitForWindowExposed(m_receiver.get()));
    }

    void cleanup()
    {
        m_sender.reset();
        m_receiver.reset();
    }

    void findEachOtherWithNothingTyped()
    {
        QCOMPARE(child<KeyBox>(*m_sender, "keyBox")->key(), child<KeyBox>(*m_receiver, "keyBox")->key());
    }

    void shareAndLoad_data()
    {
        QTest::addColumn<QString>("scheme");
        QTest::addColumn<QString>("protocol");
        for (const char* scheme : {"posix", "qt", "systemv", "file"}) {
            for (ProtocolId id : selfDescribingProtocols()) {
                QTest::addRow("%s %s", scheme, qPrintable(protocolName(id)))
                    << QString::fromLatin1(scheme) << protocolName(id);
            }
        }
    }

    void shareAndLoad()
    {
        QFETCH(QString, scheme);
        QFETCH(QString, protocol);
        const QString key = test::uniqueAddress(scheme);
        const QImage photo = test::photo(333, 127);
        open(photo);
        test::chooseProtocol(*m_sender, protocol);
        test::typeKey(*m_sender, key);
        click(*m_sender, "shareButton");
        WAIT_FOR_MESSAGE(*m_sender, Success);
        VERIFY_CONTAINS(test::message(*m_sender).text, key);

        test::typeKey(*m_receiver, key);
        click(*m_receiver, "loadButton");
        WAIT_FOR_MESSAGE(*m_receiver, Success);
        const bool lossy = protocol == QLatin1String("jpeg");
        QVERIFY(test::largestDifference(test::shownImage(*m_receiver), photo) <= (lossy ? 60 : 0));

        click(*m_sender, "stopButton");
        WAIT_FOR_MESSAGE(*m_sender, Info);
        click(*m_receiver, "loadButton");
        WAIT_FOR_MESSAGE(*m_receiver, Error);
        QVERIFY(!test::shownImage(*m_receiver).isNull());
    }

    void everyPictureArrives_data()
    {
        QTest::addColumn<QString>("name");
        for (const QString& name : test::pictureNames()) {
            QTest::newRow(qPrintable(name)) << name;
        }
    }

    void everyPictureArrives()
    {
        QFETCH(QString, name);
        const QImage picture = test::picture(name);
        const QString key = test::uniqueName();
        open(picture);
        test::typeKey(*m_sender, key);
        click(*m_sender, "shareButton");
        WAIT_FOR_MESSAGE(*m_sender, Success);
        test::typeKey(*m_receiver, key);
        click(*m_receiver, "loadButton");
        WAIT_FOR_MESSAGE(*m_receiver, Success);
        const QImage sent = test::shownImage(*m_sender);
        const QImage received = test::shownImage(*m_receiver);
        QVERIFY2(test::samePixels(received, sent), qPrintable(test::difference(received, sent)));
    }

private:
    void open(const QImage& picture)
    {
        const QString path = test::writePicture(picture, QStringLiteral("pair.png"));
        click(*m_sender, "openButton");
        QTRY_VERIFY(test::fileDialog(*m_sender));
        test::chooseFile(*test::fileDialog(*m_sender), path);
        QTRY_COMPARE(test::shownImage(*m_sender).size(), picture.size());
    }

    std::unique_ptr<SenderWindow> m_sender;
    std::unique_ptr<ReceiverWindow> m_receiver;
};

int tst_windowpair(int argc, char** argv)
{
    return shmpix::test::runTest<QApplication, TestWindowPair>(argc, argv);
}

#include "tst_windowpair.moc"
