#include "tests/support/pictures.h"
#include "tests/support/programs.h"
#include "tests/support/runtest.h"
#include "tests/support/sleeps.h"
#include "tests/support/uniquekey.h"

#include <QFile>
#include <QTest>

using namespace shmpix::test;

namespace {

QString segmentOf(const QString& key)
{
    return QStringLiteral("/dev/shm/") + key;
}

bool write(const QString& path, const QByteArray& bytes)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
}

} // namespace

/// How the built receiver handles a segment that is missing, not ready, or not described.
class TestReceiving : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void A13_foreignSegmentIsRefusedWithALayoutThatReadsIt();
    void B1_theReceiverThatIsFirstWaitsForTheSender();
    void B1_theReceiverGivesUpWithATimeOut();
    void B2_segmentThatIsFilledLaterIsWaitedFor_data();
    void B2_segmentThatIsFilledLaterIsWaitedFor();
    void B2_segmentThatStaysEmptyIsRefused_data();
    void B2_segmentThatStaysEmptyIsRefused();

private:
    QString m_key;
    QString m_file;
    QImage m_picture;
};

void TestReceiving::init()
{
    m_key = uniqueName();
    m_picture = photo(640, 480, QImage::Format_BGR888);
    m_file = temporaryFolder() + QStringLiteral("/picture.png");
    QVERIFY(m_picture.save(m_file));
}

void TestReceiving::cleanup()
{
    QFile::remove(segmentOf(m_key));
}

void TestReceiving::A13_foreignSegmentIsRefusedWithALayoutThatReadsIt()
{
    QByteArray pixels;
    for (int y = 0; y < m_picture.height(); ++y) {
        pixels.append(reinterpret_cast<const char*>(m_picture.constScanLine(y)), qsizetype{3} * 640);
    }
    QVERIFY(write(segmentOf(m_key), pixels));
    const QString saved = temporaryFolder() + QStringLiteral("/saved.png");
    const QStringList load = {QStringLiteral("--key"), m_key, QStringLiteral("--save"), saved};
    const Finished refused = runReceiver(load);
    QCOMPARE(refused.exitCode, 5);
    QCOMPARE(refused.out, QByteArray());
    QCOMPARE(refused.err.count('\n'), 1);
    QVERIFY2(refused.err.contains("--layout 640x480:bgr8."), refused.err.constData());
    QVERIFY(!QFile::exists(saved));

    const Finished loaded =
        runReceiver(load + QStringList{QStringLiteral("--layout"), QStringLiteral("640x480:bgr8")});
    QVERIFY2(loaded.exitCode == 0, loaded.err.constData());
    QVERIFY2(samePixels(QImage(saved), m_picture), qPrintable(difference(QImage(saved), m_picture)));
}

void TestReceiving::B1_theReceiverThatIsFirstWaitsForTheSender()
{
    PeerProcess receiver(QStringLiteral(SHMPIX_BIN "/shmpix-receiver"),
                         {QStringLiteral("--headless"), QStringLiteral("--key"), m_key,
                          QStringLiteral("--timeout"), QStringLiteral("600")});
    QTRY_VERIFY_WITH_TIMEOUT(sleepsOf(receiver) > sleepsOfOneThatWaits, 30000);
    HeadlessSender sender({QStringLiteral("--key"), m_key, m_file});
    QVERIFY(!sender.waitForLine(QStringLiteral("shared ")).isNull());
    // Long before the timeout.
    QVERIFY(!receiver.waitForLine(QStringLiteral("loaded 640x480 ")).isNull());
    QCOMPARE(receiver.exitCode(), 0);
    QCOMPARE(receiver.standardError(), QString());
}

void TestReceiving::B1_theReceiverGivesUpWithATimeOut()
{
    const Finished done =
        runReceiver({QStringLiteral("--key"), m_key, QStringLiteral("--timeout"), QStringLiteral("0.2")});
    QCOMPARE(done.exitCode, 7);
    QCOMPARE(done.err.count('\n'), 1);
    const QByteArray sentence = "Nothing was shared under posix:/" + m_key.toUtf8() +
                                " within 0.2 seconds. Share a picture there, or check the key.";
    QVERIFY2(done.err.contains(sentence), done.err.constData());
}

void TestReceiving::B2_segmentThatIsFilledLaterIsWaitedFor_data()
{
    QTest::addColumn<QByteArray>("unready");
    QTest::newRow("without a size") << QByteArray("");
    QTest::newRow("zeros") << QByteArray(100000, '\0');
}

void TestReceiving::B2_segmentThatIsFilledLaterIsWaitedFor()
{
    QFETCH(QByteArray, unready);
    QVERIFY(write(segmentOf(m_key), unready));
    PeerProcess receiver(QStringLiteral(SHMPIX_BIN "/shmpix-receiver"),
                         {QStringLiteral("--headless"), QStringLiteral("--key"), m_key,
                          QStringLiteral("--timeout"), QStringLiteral("600")});
    QTRY_VERIFY_WITH_TIMEOUT(sleepsOf(receiver) > sleepsOfOneThatWaits, 30000);
    QFile picture(m_file);
    QVERIFY(picture.open(QIODevice::ReadOnly));
    QVERIFY(write(segmentOf(m_key), picture.readAll()));
    QVERIFY(!receiver.waitForLine(QStringLiteral("loaded 640x480 ")).isNull());
    QCOMPARE(receiver.exitCode(), 0);
    QCOMPARE(receiver.standardError(), QString());
}

void TestReceiving::B2_segmentThatStaysEmptyIsRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<QByteArray>("says");
    const QStringList as = {QStringLiteral("--protocol"), QStringLiteral("datastream")};
    const QStringList within = {QStringLiteral("--timeout"), QStringLiteral("0.2")};
    QTest::newRow("without a size") << QByteArray("") << QStringList() << QByteArray("has no size yet");
    QTest::newRow("without a size, a protocol asked for")
        << QByteArray("") << as << QByteArray("has no size");
    QTest::newRow("without a size, with time") << QByteArray("") << within << QByteArray("has no size yet");
    QTest::newRow("zeros") << QByteArray(100000, '\0') << QStringList() << QByteArray("zeros");
    QTest::newRow("zeros, a protocol asked for") << QByteArray(100000, '\0') << as << QByteArray("");
    QTest::newRow("zeros, with time") << QByteArray(100000, '\0') << within << QByteArray("zeros");
}

void TestReceiving::B2_segmentThatStaysEmptyIsRefused()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QStringList, words);
    QFETCH(QByteArray, says);
    QVERIFY(write(segmentOf(m_key), bytes));
    const Finished refused = runReceiver(QStringList{QStringLiteral("--key"), m_key} + words);
    QCOMPARE(refused.exitCode, 5);
    QCOMPARE(refused.err.count('\n'), 1);
    QVERIFY2(refused.err.contains(says) && refused.err.endsWith(".\n"), refused.err.constData());
}

int tst_receiving(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestReceiving>(argc, argv);
}

#include "tst_receiving.moc"
