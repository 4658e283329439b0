#include "tests/support/expect.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/stockqtpeer.h"
#include "tests/support/traces.h"

using namespace shmpix;
using namespace shmpix::test;

/// Stock Qt programs that use the native key of a systemv: address. Before Qt 6.6 they have no lock; from
/// then on, the lock is a semaphore of the same key file, and the process that created it deletes that file
/// when it ends.
class TestStockQtSystemV : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsWhatWeShare_data() { addPictures(); }
    void readsWhatWeShare();
    void isReadByUs_data() { addPictures(); }
    void isReadByUs();
    void readersThatEndLeaveOurPictureToOthers();
    void whatAReaderTookAlongIsThereWhenWeShareAgain();
    void peersThatHaveALockWaitWhileWeFillTheSegment();
    void refusedByALivingSenderWeTakeNothingFromIt();
    void cleanup() { QCOMPARE(m_traces.takeFound(), QString()); }

private:
    static void addPictures();

    Traces m_traces;
};

namespace {

const auto systemv = QStringLiteral("systemv");

/// Checks that a new stock reader gets the picture and ends.
void expectReader(const QString& address, const QImage& image)
{
    StockQtPeer peer(address);
    const QString file = newPictureFile();
    QCOMPARE(peer.ask(QStringLiteral("receive-image"), file), sizeText(image));
    QVERIFY2(samePixels(QImage(file), image), qPrintable(difference(QImage(file), image)));
    QCOMPARE(peer.end(), 0);
}

} // namespace

void TestStockQtSystemV::addPictures()
{
    QTest::addColumn<QString>("name");
    for (const QString& name : pictureNames()) {
        QTest::addRow("%s", qPrintable(name)) << name;
    }
}

void TestStockQtSystemV::readsWhatWeShare()
{
    QFETCH(QString, name);
    const QString address = m_traces.newAddress(systemv);
    Publisher publisher;
    EXPECT_SUCCESS(share(publisher, address, picture(name)));
    expectReader(address, asSent(picture(name)));
}

void TestStockQtSystemV::isReadByUs()
{
    QFETCH(QString, name);
    const QImage image = picture(name);
    const QString address = m_traces.newAddress(systemv);
    StockQtPeer peer(address);
    m_traces.watch(peer);
    const QString bytes = peer.ask(QStringLiteral("share-image"), fileOf(image));
    QVERIFY2(bytes.toLongLong() > 0, qPrintable(bytes));
    const auto loaded = load(address);
    EXPECT_SUCCESS(loaded);
    const QImage expected = asSent(image);
    QVERIFY2(samePixels(loaded->image, expected), qPrintable(difference(loaded->image, expected)));
    QCOMPARE(QString::number(loaded->segmentBytes), bytes);
    QCOMPARE(peer.end(), 0);
    EXPECT_FAILURE(load(address), ErrorCode::NotFound);
}

void TestStockQtSystemV::readersThatEndLeaveOurPictureToOthers()
{
    const QString address = m_traces.newAddress(systemv);
    Publisher publisher;
    for (const char* name : {"photo", "odd", "odd", "gradient"}) {
        const QImage image = picture(QString::fromLatin1(name));
        EXPECT_SUCCESS(share(publisher, address, image));
        for (int i = 0; i < 2; ++i) {
            expectReader(address, image);
            if (QTest::currentTestFailed()) {
                return;
            }
            const auto still = load(address);
            EXPECT_SUCCESS(still);
            QVERIFY2(samePixels(still->image, image), qPrintable(difference(still->image, image)));
        }
    }
}

void TestStockQtSystemV::whatAReaderTookAlongIsThereWhenWeShareAgain()
{
    const QImage image = picture(QStringLiteral("photo"));
    const QString address = m_traces.newAddress(systemv);
    StockQtPeer early(address);
    m_traces.watch(early);
    // Nothing is there, but from Qt 6.6 on the lock is created, and the key file belongs to its creator.
    QVERIFY(early.ask(QStringLiteral("attach")).startsWith(QLatin1String("failed")));
    Publisher publisher;
    EXPECT_SUCCESS(share(publisher, address, image));
    QCOMPARE(early.end(), 0);
    EXPECT_SUCCESS(share(publisher, address, image));
    expectReader(address, image);
    EXPECT_SUCCESS(load(address));
}

void TestStockQtSystemV::peersThatHaveALockWaitWhileWeFillTheSegment()
{
    const QString address = m_traces.newAddress(systemv);
    const auto writer = makeSegmentWriter(parsed(address)).value();
    EXPECT_SUCCESS(write(*writer, pattern(1000)));
    StockQtPeer peer(address);
    QCOMPARE(peer.ask(QStringLiteral("attach")), QStringLiteral("1000"));
    EXPECT_SUCCESS(writer->reserve(1000));
    peer.writeLine(QStringLiteral("lock"));
#if QT_VERSION >= QT_VERSION_CHECK(6, 6, 0)
    QCOMPARE(peer.readLine(300), QString());
    EXPECT_SUCCESS(writer->publish());
    QCOMPARE(peer.readLine(), QStringLiteral("lock done"));
    QCOMPARE(peer.ask(QStringLiteral("unlock")), QStringLiteral("done"));
#else
    QVERIFY(peer.readLine().startsWith(QLatin1String("lock failed")));
    EXPECT_SUCCESS(writer->publish());
#endif
    QCOMPARE(peer.end(), 0);
}

void TestStockQtSystemV::refusedByALivingSenderWeTakeNothingFromIt()
{
    const QImage image = picture(QStringLiteral("photo"));
    const QString address = m_traces.newAddress(systemv);
    StockQtPeer sender(address);
    m_traces.watch(sender);
    QVERIFY(sender.ask(QStringLiteral("share-image"), fileOf(image)).toLongLong() > 0);
    for (int i = 0; i < 2; ++i) {
        Publisher publisher;
        EXPECT_FAILURE(share(publisher, address, picture(QStringLiteral("odd"))), ErrorCode::InUse);
    }
    const auto still = load(address);
    EXPECT_SUCCESS(still);
    QVERIFY2(samePixels(still->image, image), qPrintable(difference(still->image, image)));
    const QString file = newPictureFile();
    QCOMPARE(sender.ask(QStringLiteral("read-image"), file), sizeText(image));
    QCOMPARE(sender.end(), 0);
}

int tst_stockqtsystemv(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestStockQtSystemV>(argc, argv);
}

#include "tst_stockqtsystemv.moc"
