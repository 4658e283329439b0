#include "tests/support/expect.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/stockqtpeer.h"
#include "tests/support/traces.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>

#include <csignal>

#include <fcntl.h>
#include <semaphore.h>

using namespace shmpix;
using namespace shmpix::test;

/// Stock Qt programs, from 6.6 on, that use QNativeIpcKey's PosixRealtime with the name of a posix: address.
/// Their lock is a semaphore that nobody frees if its holder is killed, and they never remove a segment.
class TestStockQtPosix : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsWhatWeShare_data() { addPictures(); }
    void readsWhatWeShare();
    void isReadByUs_data() { addPictures(); }
    void isReadByUs();
    void attachedReceiverKeepsItsPictureAndGetsTheNextOfAnotherSize();
    void senderWritesTheNextPictureIntoItsSegment();
    void segmentThatItNeverRemovesIsReplacedOnRequest();
    void weMakeNoLock();
    void lockHeldByALivingPeerStopsNothing();
    void peerKilledWhileItHeldTheLockIsNoObstacle_data();
    void peerKilledWhileItHeldTheLockIsNoObstacle();
    void readerKilledInsideACallIsNoObstacle_data();
    void readerKilledInsideACallIsNoObstacle();
    void senderKilledInsideCreateIsNoObstacle();
    void init() { m_other = halfMadeLocks(); }
    void cleanup();

private:
    static void addPictures();

    /// The files that sem_open() leaves when it is killed.
    [[nodiscard]] static QStringList halfMadeLocks();

    Traces m_traces;
    QStringList m_other;
};

namespace {

const auto posix = QStringLiteral("posix");

QString lockFile(const QString& address)
{
    return QStringLiteral("/dev/shm/sem.") + parsed(address).name();
}

/// The value of Qt's lock: 1 free, 0 held, -1 no lock.
int lockValue(const QString& address)
{
    sem_t* const semaphore = ::sem_open(qPrintable(QLatin1Char('/') + parsed(address).name()), 0);
    int value = -1;
    if (semaphore != SEM_FAILED) {
        ::sem_getvalue(semaphore, &value);
        ::sem_close(semaphore);
    }
    return value;
}

/// A longer time means that somebody waited for the lock.
constexpr qint64 atOnce = lockTimeout.count(); // milliseconds

} // namespace

void TestStockQtPosix::addPictures()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("kind");
    for (const QString& name : pictureNames()) {
        QTest::addRow("image %s", qPrintable(name)) << name << QStringLiteral("image");
    }
    QTest::addRow("pixmap alpha") << QStringLiteral("alpha") << QStringLiteral("pixmap");
}

QStringList TestStockQtPosix::halfMadeLocks()
{
    return QDir(QStringLiteral("/dev/shm")).entryList({QStringLiteral("sem.??????")}, QDir::Files);
}

void TestStockQtPosix::cleanup()
{
    const QStringList locks = halfMadeLocks();
    for (const QString& lock : locks) {
        if (!m_other.contains(lock)) {
            QFile::remove(QStringLiteral("/dev/shm/") + lock);
        }
    }
    QCOMPARE(m_traces.takeFound(), QString());
}

void TestStockQtPosix::readsWhatWeShare()
{
    QFETCH(QString, name);
    QFETCH(QString, kind);
    const QImage image = picture(name);
    const QString address = m_traces.newAddress(posix);
    Publisher publisher;
    EXPECT_SUCCESS(share(publisher, address, image));
    StockQtPeer peer(address);
    const QString file = newPictureFile();
    QCOMPARE(peer.ask(QStringLiteral("receive-") + kind, file), sizeText(image));
    const QImage received(file);
    const QImage expected = asSent(image, kind);
    QVERIFY2(samePixels(received, expected), qPrintable(difference(received, expected)));
    QCOMPARE(peer.end(), 0);
    // Our segment is still there.
    const auto still = load(address);
    EXPECT_SUCCESS(still);
    const QImage sent = asSent(image);
    QVERIFY2(samePixels(still->image, sent), qPrintable(difference(still->image, sent)));
}

void TestStockQtPosix::isReadByUs()
{
    QFETCH(QString, name);
    QFETCH(QString, kind);
    const QImage image = picture(name);
    const QString address = m_traces.newAddress(posix);
    StockQtPeer peer(address);
    const QString bytes = peer.ask(QStringLiteral("share-") + kind, fileOf(image));
    QVERIFY2(bytes.toLongLong() > 0, qPrintable(bytes));
    const auto loaded = load(address);
    EXPECT_SUCCESS(loaded);
    const QImage expected = asSent(image, kind);
    QVERIFY2(samePixels(loaded->image, expected), qPrintable(difference(loaded->image, expected)));
    QCOMPARE(loaded->protocol, ProtocolId::Datastream);
    QCOMPARE(QString::number(loaded->segmentBytes), bytes);
    QCOMPARE(peer.end(), 0);
    QVERIFY(QFile::remove(filesOf(address).first())); // Qt does not
}

void TestStockQtPosix::attachedReceiverKeepsItsPictureAndGetsTheNextOfAnotherSize()
{
    QImage attached = picture(QStringLiteral("photo"));
    const QString address = m_traces.newAddress(posix);
    Publisher publisher;
    EXPECT_SUCCESS(share(publisher, address, attached));
    StockQtPeer peer(address);
    const QString file = newPictureFile();
    QVERIFY(peer.ask(QStringLiteral("attach")).toLongLong() > 0);
    for (const char* name : {"odd", "gradient", "alpha", "photo"}) {
        const QImage next = picture(QString::fromLatin1(name));
        EXPECT_SUCCESS(share(publisher, address, picture(QStringLiteral("1x1"))));
        const auto shared = share(publisher, address, next);
        EXPECT_SUCCESS(shared);
        QCOMPARE(peer.ask(QStringLiteral("read-image"), file), sizeText(attached));
        QVERIFY2(samePixels(QImage(file), attached), qPrintable(difference(QImage(file), attached)));
        QCOMPARE(peer.ask(QStringLiteral("detach")), QStringLiteral("done"));
        QCOMPARE(peer.ask(QStringLiteral("attach")), QString::number(shared->bytes));
        QCOMPARE(peer.ask(QStringLiteral("read-image"), file), sizeText(next));
        QVERIFY2(samePixels(QImage(file), next), qPrintable(difference(QImage(file), next)));
        attached = next;
    }
    QCOMPARE(peer.end(), 0);
}

void TestStockQtPosix::senderWritesTheNextPictureIntoItsSegment()
{
    const QImage first = picture(QStringLiteral("photo"));
    const QString address = m_traces.newAddress(posix);
    StockQtPeer peer(address);
    const QString bytes = peer.ask(QStringLiteral("share-image"), fileOf(first));
    EXPECT_SUCCESS(load(address));
    for (const char* name : {"odd", "1x1", "photo"}) { // a shorter picture leaves the rest of a longer one
        const QImage next = picture(QString::fromLatin1(name));
        QVERIFY(peer.ask(QStringLiteral("write-image"), fileOf(next)).toLongLong() > 0);
        const auto loaded = load(address);
        EXPECT_SUCCESS(loaded);
        QVERIFY2(samePixels(loaded->image, next), qPrintable(difference(loaded->image, next)));
        QCOMPARE(QString::number(loaded->segmentBytes), bytes);
    }
    QCOMPARE(peer.end(), 0);
    QVERIFY(QFile::remove(filesOf(address).first()));
}

void TestStockQtPosix::segmentThatItNeverRemovesIsReplacedOnRequest()
{
    const QImage theirs = picture(QStringLiteral("photo"));
    const QImage ours = picture(QStringLiteral("odd"));
    const QString address = m_traces.newAddress(posix);
    StockQtPeer sender(address);
    QVERIFY(sender.ask(QStringLiteral("share-image"), fileOf(theirs)).toLongLong() > 0);
    QCOMPARE(sender.end(), 0);
    {
        Publisher publisher;
        EXPECT_FAILURE(share(publisher, address, ours), ErrorCode::NotOurs);
    }
    const auto still = load(address);
    EXPECT_SUCCESS(still);
    QVERIFY2(samePixels(still->image, theirs), qPrintable(difference(still->image, theirs)));

    Publisher publisher;
    EXPECT_SUCCESS(share(publisher, address, ours, ProtocolId::Datastream, Existing::Replace));
    StockQtPeer receiver(address);
    const QString file = newPictureFile();
    QCOMPARE(receiver.ask(QStringLiteral("receive-image"), file), sizeText(ours));
    QVERIFY2(samePixels(QImage(file), ours), qPrintable(difference(QImage(file), ours)));
    // A stock sender learns that the name is taken, as it would from any other Qt program, and removes
    // nothing.
    QVERIFY(receiver.ask(QStringLiteral("share-image"), fileOf(theirs)).startsWith(QLatin1String("failed")));
    EXPECT_SUCCESS(share(publisher, address, ours));
    QCOMPARE(receiver.end(), 0);
}

void TestStockQtPosix::weMakeNoLock()
{
    const QString address = m_traces.newAddress(posix);
    Publisher publisher;
    for (const char* name : {"photo", "odd"}) {
        EXPECT_SUCCESS(share(publisher, address, picture(QString::fromLatin1(name))));
        QCOMPARE(lockValue(address), -1);
        EXPECT_SUCCESS(load(address));
        QCOMPARE(lockValue(address), -1);
    }
}

void TestStockQtPosix::lockHeldByALivingPeerStopsNothing()
{
    const QString address = m_traces.newAddress(posix);
    const QImage next = picture(QStringLiteral("gradient"));
    Publisher publisher;
    EXPECT_SUCCESS(share(publisher, address, picture(QStringLiteral("photo"))));
    StockQtPeer peer(address);
    QVERIFY(peer.ask(QStringLiteral("attach")).toLongLong() > 0);
    QCOMPARE(peer.ask(QStringLiteral("lock")), QStringLiteral("done"));
    QCOMPARE(lockValue(address), 0);
    QElapsedTimer timer;
    timer.start();
    EXPECT_SUCCESS(load(address));
    EXPECT_SUCCESS(share(publisher, address, next));
    const auto loaded = load(address);
    EXPECT_SUCCESS(loaded);
    QVERIFY2(samePixels(loaded->image, next), qPrintable(difference(loaded->image, next)));
    publisher.stop();
    QVERIFY2(timer.elapsed() < atOnce, qPrintable(QString::number(timer.elapsed())));
    QCOMPARE(lockValue(address), 0); // and we did not free it
    QCOMPARE(peer.ask(QStringLiteral("unlock")), QStringLiteral("done"));
    QCOMPARE(peer.end(), 0);
}

void TestStockQtPosix::peerKilledWhileItHeldTheLockIsNoObstacle_data()
{
    QTest::addColumn<bool>("peerSends");
    QTest::newRow("a reader of our picture") << false;
    QTest::newRow("a sender") << true;
}

void TestStockQtPosix::peerKilledWhileItHeldTheLockIsNoObstacle()
{
    QFETCH(bool, peerSends);
    const QImage image = picture(QStringLiteral("photo"));
    const QImage next = picture(QStringLiteral("odd"));
    const QString address = m_traces.newAddress(posix);
    Publisher publisher;
    {
        StockQtPeer peer(address);
        if (peerSends) {
            QVERIFY(peer.ask(QStringLiteral("share-image"), fileOf(image)).toLongLong() > 0);
        } else {
            EXPECT_SUCCESS(share(publisher, address, image));
            QVERIFY(peer.ask(QStringLiteral("attach")).toLongLong() > 0);
        }
        QCOMPARE(peer.ask(QStringLiteral("lock")), QStringLiteral("done"));
        peer.kill();
    }
    QCOMPARE(lockValue(address), 0); // and stays held: other stock programs wait for it without end
    QElapsedTimer timer;
    timer.start();
    const auto loaded = load(address);
    EXPECT_SUCCESS(loaded);
    QVERIFY2(samePixels(loaded->image, image), qPrintable(difference(loaded->image, image)));
    if (peerSends) {
        EXPECT_FAILURE(share(publisher, address, next), ErrorCode::NotOurs);
    }
    EXPECT_SUCCESS(share(publisher, address, next, ProtocolId::Datastream,
                         peerSends ? Existing::Replace : Existing::Respect));
    const auto replaced = load(address);
    EXPECT_SUCCESS(replaced);
    QVERIFY2(samePixels(replaced->image, next), qPrintable(difference(replaced->image, next)));
    publisher.stop();
    EXPECT_FAILURE(load(address), ErrorCode::NotFound);
    QVERIFY2(timer.elapsed() < atOnce, qPrintable(QString::number(timer.elapsed())));
    QVERIFY(QFile::remove(lockFile(address)));
}

void TestStockQtPosix::readerKilledInsideACallIsNoObstacle_data()
{
    QTest::addColumn<QStringList>("verbs");
    QTest::newRow("attach") << QStringList{QStringLiteral("count"), QStringLiteral("attach"),
                                           QStringLiteral("count")};
    QTest::newRow("detach") << QStringList{QStringLiteral("attach"), QStringLiteral("count"),
                                           QStringLiteral("detach"), QStringLiteral("count")};
}

void TestStockQtPosix::readerKilledInsideACallIsNoObstacle()
{
    QFETCH(QStringList, verbs);
    const QString address = m_traces.newAddress(posix);
    Publisher publisher;
    EXPECT_SUCCESS(share(publisher, address, picture(QStringLiteral("photo"))));
    int killed = 0;
    int killedWithTheLock = 0;
    for (int call = 1;; ++call) {
        StockQtPeer peer(address, call);
        for (const QString& verb : verbs) {
            peer.writeLine(verb);
        }
        const int code = peer.end();
        if (code == 0) {
            break;
        }
        QCOMPARE(code, SIGKILL);
        ++killed;
        killedWithTheLock += lockValue(address) == 0 ? 1 : 0;
        QElapsedTimer timer;
        timer.start();
        EXPECT_SUCCESS(load(address));
        const QImage next = picture(call % 2 == 0 ? QStringLiteral("odd") : QStringLiteral("gradient"));
        EXPECT_SUCCESS(share(publisher, address, next));
        const auto loaded = load(address);
        EXPECT_SUCCESS(loaded);
        QVERIFY2(samePixels(loaded->image, next), qPrintable(difference(loaded->image, next)));
        QVERIFY2(timer.elapsed() < atOnce, qPrintable(QString::number(timer.elapsed())));
        QFile::remove(lockFile(address)); // otherwise the next program would wait for it without end
    }
    QVERIFY2(killed > 3 && killedWithTheLock > 0,
             qPrintable(QStringLiteral("%1 killed, %2 with the lock").arg(killed).arg(killedWithTheLock)));
}

void TestStockQtPosix::senderKilledInsideCreateIsNoObstacle()
{
    const QString picturePath = fileOf(picture(QStringLiteral("odd")));
    const QImage ours = picture(QStringLiteral("gradient"));
    int killedWithTheLock = 0;
    int emptySegments = 0;
    const QString address = m_traces.newAddress(posix);
    for (int call = 1;; ++call) {
        StockQtPeer peer(address, call);
        peer.writeLine(QStringLiteral("count"));
        peer.writeLine(QStringLiteral("share-image ") + picturePath);
        peer.writeLine(QStringLiteral("count"));
        const int code = peer.end();
        if (code == 0) {
            break;
        }
        QCOMPARE(code, SIGKILL);
        const QFileInfo left(filesOf(address).first());
        killedWithTheLock += lockValue(address) == 0 ? 1 : 0;
        emptySegments += left.exists() && left.size() == 0 ? 1 : 0;
        QElapsedTimer timer;
        timer.start();
        const auto loaded = load(address);
        if (!loaded && loaded.error().code != ErrorCode::NotFound) {
            EXPECT_FAILURE(loaded, ErrorCode::BadData);
        }
        Publisher publisher;
        if (left.exists()) {
            EXPECT_FAILURE(share(publisher, address, ours), ErrorCode::NotOurs);
        }
        EXPECT_SUCCESS(share(publisher, address, ours, ProtocolId::Datastream, Existing::Replace));
        EXPECT_SUCCESS(load(address));
        QVERIFY2(timer.elapsed() < atOnce, qPrintable(QString::number(timer.elapsed())));
        QFile::remove(lockFile(address));
    }
    QVERIFY(QFile::remove(filesOf(address).first())); // of the last one, which was not killed
    QVERIFY2(
        killedWithTheLock > 0 && emptySegments > 0,
        qPrintable(
            QStringLiteral("%1 with the lock, %2 empty segments").arg(killedWithTheLock).arg(emptySegments)));
}

int tst_stockqtposix(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestStockQtPosix>(argc, argv);
}

#include "tst_stockqtposix.moc"
