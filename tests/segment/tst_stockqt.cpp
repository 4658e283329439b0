#include "tests/support/expect.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/stockqtpeer.h"
#include "tests/support/traces.h"

#include <QElapsedTimer>

using namespace shmpix;
using namespace shmpix::test;

/// Stock Qt programs at the other end of a qt: address: QSharedMemory::setKey(), QDataStream, QImage or
/// QPixmap.
class TestStockQt : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsWhatWeShare_data() { addPictures(); }
    void readsWhatWeShare();
    void isReadByUs_data() { addPictures(); }
    void isReadByUs();
    void ourReaderLeavesTheSegmentToTheStockSender();
    void lockHeldByAPeerIsAnErrorThatNamesIt();
    void peerKilledWhileItHeldTheLockIsNoObstacle();
    void peersWaitWhileWeFillTheSegment_data();
    void peersWaitWhileWeFillTheSegment();
    void attachedReceiverGetsTheNextPictureOfAnotherSize();
    void keyOfALivingStockSenderIsInUse();
    void keyOfAKilledStockSenderIsTakenOver();
    void cleanup() { QCOMPARE(m_traces.takeFound(), QString()); }

private:
    static void addPictures();

    Traces m_traces;
};

namespace {

const auto qt = QStringLiteral("qt");

} // namespace

void TestStockQt::addPictures()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("kind");
    for (const QString& name : pictureNames()) {
        QTest::addRow("image %s", qPrintable(name)) << name << QStringLiteral("image");
    }
    for (const char* name : {"photo", "alpha", "grey", "odd", "1x1", "palette"}) {
        QTest::addRow("pixmap %s", name) << QString::fromLatin1(name) << QStringLiteral("pixmap");
    }
}

void TestStockQt::readsWhatWeShare()
{
    QFETCH(QString, name);
    QFETCH(QString, kind);
    const QImage image = picture(name);
    const QString address = m_traces.newAddress(qt);
    Publisher publisher;
    EXPECT_SUCCESS(share(publisher, address, image));
    StockQtPeer peer(address);
    m_traces.watch(peer);
    const QString file = newPictureFile();
    QCOMPARE(peer.ask(QStringLiteral("receive-") + kind, file), sizeText(image));
    const QImage received(file);
    const QImage expected = asSent(image, kind);
    QVERIFY2(samePixels(received, expected), qPrintable(difference(received, expected)));
    // Our segment is still there.
    const auto still = load(address);
    EXPECT_SUCCESS(still);
    const QImage sent = asSent(image);
    QVERIFY2(samePixels(still->image, sent), qPrintable(difference(still->image, sent)));
}

void TestStockQt::isReadByUs()
{
    QFETCH(QString, name);
    QFETCH(QString, kind);
    const QImage image = picture(name);
    const QString address = m_traces.newAddress(qt);
    StockQtPeer peer(address);
    m_traces.watch(peer);
    const QString bytes = peer.ask(QStringLiteral("share-") + kind, fileOf(image));
    QVERIFY2(bytes.toLongLong() > 0, qPrintable(bytes));
    const auto loaded = load(address);
    EXPECT_SUCCESS(loaded);
    const QImage expected = asSent(image, kind);
    QVERIFY2(samePixels(loaded->image, expected), qPrintable(difference(loaded->image, expected)));
    QCOMPARE(loaded->protocol, ProtocolId::Datastream);
    QCOMPARE(QString::number(loaded->segmentBytes), bytes);
    QCOMPARE(peer.end(), 0);
    EXPECT_FAILURE(load(address), ErrorCode::NotFound);
}

void TestStockQt::ourReaderLeavesTheSegmentToTheStockSender()
{
    const QImage image = picture(QStringLiteral("photo"));
    const QString address = m_traces.newAddress(qt);
    StockQtPeer sender(address);
    StockQtPeer receiver(address);
    m_traces.watch(sender);
    m_traces.watch(receiver);
    QVERIFY(sender.ask(QStringLiteral("share-image"), fileOf(image)).toLongLong() > 0);
    for (int i = 0; i < 2; ++i) {
        EXPECT_SUCCESS(load(address));
        EXPECT_SUCCESS(load(address, {.withoutLock = true}));
    }
    const QString file = newPictureFile();
    QCOMPARE(receiver.ask(QStringLiteral("receive-image"), file), sizeText(image));
    QVERIFY2(samePixels(QImage(file), image), qPrintable(difference(QImage(file), image)));
    // Not even if the sender has ended and only a reader is left to keep the segment.
    QCOMPARE(receiver.ask(QStringLiteral("attach")).toLongLong() > 0, true);
    sender.kill();
    EXPECT_SUCCESS(load(address));
    QCOMPARE(receiver.ask(QStringLiteral("read-image"), file), sizeText(image));
    QCOMPARE(receiver.end(), 0); // the last one removes it
    Publisher publisher;         // this removes the semaphore, which Qt leaves after a kill
    EXPECT_SUCCESS(share(publisher, address, image));
}

void TestStockQt::lockHeldByAPeerIsAnErrorThatNamesIt()
{
    const QImage old = picture(QStringLiteral("photo"));
    const QImage next = picture(QStringLiteral("gradient"));
    const QString address = m_traces.newAddress(qt);
    Publisher publisher;
    EXPECT_SUCCESS(share(publisher, address, old));
    StockQtPeer peer(address);
    m_traces.watch(peer);
    QVERIFY(peer.ask(QStringLiteral("attach")).toLongLong() > 0);
    QCOMPARE(peer.ask(QStringLiteral("lock")), QStringLiteral("done"));
    const QString holder = QStringLiteral("stockqt (process %1)").arg(peer.pid());

    QElapsedTimer timer;
    timer.start();
    const auto loaded = load(address);
    const qint64 loading = timer.restart();
    EXPECT_FAILURE(loaded, ErrorCode::LockHeld);
    EXPECT_CONTAINS(loaded.error().text, holder);
    QVERIFY2(loading >= 1900 && loading < 3000, qPrintable(QString::number(loading)));

    const auto atOnce = load(address, {.withoutLock = true});
    const qint64 reading = timer.restart();
    EXPECT_SUCCESS(atOnce);
    QVERIFY2(samePixels(atOnce->image, old), qPrintable(difference(atOnce->image, old)));
    QVERIFY2(reading < 1000, qPrintable(QString::number(reading)));

    const auto shared = share(publisher, address, next);
    const qint64 sharing = timer.restart();
    EXPECT_FAILURE(shared, ErrorCode::LockHeld);
    EXPECT_CONTAINS(shared.error().text, holder);
    QVERIFY2(sharing < 3000, qPrintable(QString::number(sharing)));

    QCOMPARE(peer.ask(QStringLiteral("unlock")), QStringLiteral("done"));
    const auto still = load(address);
    EXPECT_SUCCESS(still);
    QVERIFY2(samePixels(still->image, old), qPrintable(difference(still->image, old)));
    EXPECT_SUCCESS(share(publisher, address, next));
    QCOMPARE(peer.ask(QStringLiteral("detach")), QStringLiteral("done"));
    const QString file = newPictureFile();
    QCOMPARE(peer.ask(QStringLiteral("receive-image"), file), sizeText(next));
}

void TestStockQt::peerKilledWhileItHeldTheLockIsNoObstacle()
{
    const QImage image = picture(QStringLiteral("photo"));
    const QString address = m_traces.newAddress(qt);
    {
        StockQtPeer sender(address);
        m_traces.watch(sender);
        QVERIFY(sender.ask(QStringLiteral("share-image"), fileOf(image)).toLongLong() > 0);
        QCOMPARE(sender.ask(QStringLiteral("lock")), QStringLiteral("done"));
        sender.kill();
    }
    QElapsedTimer timer;
    timer.start();
    const auto loaded = load(address);
    EXPECT_SUCCESS(loaded);
    QVERIFY2(samePixels(loaded->image, image), qPrintable(difference(loaded->image, image)));
    Publisher publisher;
    EXPECT_SUCCESS(share(publisher, address, picture(QStringLiteral("gradient"))));
    EXPECT_SUCCESS(load(address));
    QVERIFY2(timer.elapsed() < 1000, qPrintable(QString::number(timer.elapsed())));
}

void TestStockQt::peersWaitWhileWeFillTheSegment_data()
{
    QTest::addColumn<bool>("peerMadeTheLock");
    QTest::newRow("the lock is of our making") << false;
    QTest::newRow("the lock was a peer's, which took it along") << true;
}

void TestStockQt::peersWaitWhileWeFillTheSegment()
{
    QFETCH(bool, peerMadeTheLock);
    const QString address = m_traces.newAddress(qt);
    const auto writer = makeSegmentWriter(parsed(address)).value();
    {
        StockQtPeer earlier(address);
        m_traces.watch(earlier);
        if (peerMadeTheLock) {
            QVERIFY(earlier.ask(QStringLiteral("attach"))
                        .startsWith(QLatin1String("failed"))); // there is nothing yet
        }
        EXPECT_SUCCESS(write(*writer, pattern(1000)));
        QCOMPARE(earlier.end(), 0);
    }
    StockQtPeer peer(address);
    m_traces.watch(peer);
    QCOMPARE(peer.ask(QStringLiteral("attach")), QStringLiteral("1000"));
    EXPECT_SUCCESS(writer->reserve(1000));
    peer.writeLine(QStringLiteral("lock"));
    QCOMPARE(peer.readLine(300), QString());
    EXPECT_SUCCESS(writer->publish());
    QCOMPARE(peer.readLine(), QStringLiteral("lock done"));
    QCOMPARE(peer.ask(QStringLiteral("unlock")), QStringLiteral("done"));
}

void TestStockQt::attachedReceiverGetsTheNextPictureOfAnotherSize()
{
    const QImage first = picture(QStringLiteral("photo"));
    const QString address = m_traces.newAddress(qt);
    Publisher publisher;
    EXPECT_SUCCESS(share(publisher, address, first));
    StockQtPeer peer(address);
    m_traces.watch(peer);
    const QString file = newPictureFile();
    QVERIFY(peer.ask(QStringLiteral("attach")).toLongLong() > 0);
    QCOMPARE(peer.ask(QStringLiteral("read-image"), file), sizeText(first));
    for (const char* name : {"odd", "gradient", "alpha"}) {
        const QImage next = picture(QString::fromLatin1(name));
        const auto shared = share(publisher, address, next);
        EXPECT_SUCCESS(shared);
        // The peer has the old picture attached, whole, until it attaches again.
        QCOMPARE(peer.ask(QStringLiteral("detach")), QStringLiteral("done"));
        QCOMPARE(peer.ask(QStringLiteral("attach")), QString::number(shared->bytes));
        QCOMPARE(peer.ask(QStringLiteral("read-image"), file), sizeText(next));
        QVERIFY2(samePixels(QImage(file), next), qPrintable(difference(QImage(file), next)));
    }
}

void TestStockQt::keyOfALivingStockSenderIsInUse()
{
    const QImage image = picture(QStringLiteral("photo"));
    const QString address = m_traces.newAddress(qt);
    StockQtPeer sender(address);
    m_traces.watch(sender);
    QVERIFY(sender.ask(QStringLiteral("share-image"), fileOf(image)).toLongLong() > 0);
    for (const Existing existing : {Existing::Respect, Existing::Replace}) {
        Publisher publisher;
        const auto shared =
            share(publisher, address, picture(QStringLiteral("odd")), ProtocolId::Datastream, existing);
        EXPECT_FAILURE(shared, ErrorCode::InUse);
        EXPECT_CONTAINS(shared.error().text,
                        QStringLiteral("stockqt (process %1, started ").arg(sender.pid()));
    }
    const auto still = load(address);
    EXPECT_SUCCESS(still);
    QVERIFY2(samePixels(still->image, image), qPrintable(difference(still->image, image)));
    // The refusal took nothing away from it: it can still lock and share.
    QVERIFY(
        sender.ask(QStringLiteral("share-image"), fileOf(picture(QStringLiteral("gradient")))).toLongLong() >
        0);
    EXPECT_SUCCESS(load(address));
    QCOMPARE(sender.end(), 0);
}

void TestStockQt::keyOfAKilledStockSenderIsTakenOver()
{
    const QImage next = picture(QStringLiteral("odd"));
    const QString address = m_traces.newAddress(qt);
    StockQtPeer sender(address);
    StockQtPeer receiver(address);
    m_traces.watch(sender);
    m_traces.watch(receiver);
    QVERIFY(sender.ask(QStringLiteral("share-image"), fileOf(picture(QStringLiteral("photo")))).toLongLong() >
            0);
    QVERIFY(receiver.ask(QStringLiteral("attach")).toLongLong() > 0);
    sender.kill(); // its receiver is still attached
    Publisher publisher;
    EXPECT_SUCCESS(share(publisher, address, next));
    QCOMPARE(receiver.ask(QStringLiteral("detach")), QStringLiteral("done"));
    const QString file = newPictureFile();
    QCOMPARE(receiver.ask(QStringLiteral("receive-image"), file), sizeText(next));
    QVERIFY2(samePixels(QImage(file), next), qPrintable(difference(QImage(file), next)));
}

int tst_stockqt(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestStockQt>(argc, argv);
}

#include "tst_stockqt.moc"
