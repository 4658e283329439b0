// How the segments of other programs are listed.
#include "tests/listing/listing.h"
#include "tests/support/expect.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/stockqtpeer.h"
#include "tests/support/traces.h"
#include "tests/support/uniquekey.h"

#include <QDir>
#include <QFile>

#include <sys/shm.h>
#include <unistd.h>

using namespace shmpix;
using namespace shmpix::test;

namespace {

/// A name of letters only, from which a Qt key can be recovered.
QString lettersOnly(QString name)
{
    for (QChar& c : name) {
        c = c.isDigit() ? QChar('a' + c.digitValue()) : c.isLetter() ? c : QLatin1Char('x');
    }
    return name;
}

constexpr const char* pythonWriter = R"(
import sys
from multiprocessing.shared_memory import SharedMemory
memory = SharedMemory(create=True, size=4 + 20 * 10 * 4)
memory.buf[0:4] = bytes([20, 10, 0, 0])
print("name", memory.name, flush=True)
sys.stdin.readline()
memory.close()
memory.unlink()
)";

} // namespace

class TestSegmentList : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void whatLivingSendersOfOursShareIsListed_data();
    void whatLivingSendersOfOursShareIsListed();
    void whatDeadSendersOfOursLeftIsListed();
    void pythonsMemoryIsListed();
    void qtsMemoryIsListedUnderItsKey_data();
    void qtsMemoryIsListedUnderItsKey();
    void memoryOfAKilledQtProgramIsDead();
    void aKeyFileIsFoundInItsMakersFolder();
    void memoryWithoutAKeyHasNoAddress();
    void aStrangersFileIsListed();
    void aStrangerInThePlaceOfOursIsNotOurs();
    void cleanup();

private:
    Traces m_traces;
    QString m_file;
};

void TestSegmentList::initTestCase()
{
    m_file = fileOf(picture(QStringLiteral("photo")));
}

void TestSegmentList::cleanup()
{
    QCOMPARE(m_traces.takeFound(), QString());
}

void TestSegmentList::whatLivingSendersOfOursShareIsListed_data()
{
    addSchemes({QStringLiteral("posix"), QStringLiteral("qt")});
}

void TestSegmentList::whatLivingSendersOfOursShareIsListed()
{
    QFETCH(QString, scheme);
    const QString address = scheme == QLatin1String("qt")
                                ? m_traces.watched(QStringLiteral("qt:") + lettersOnly(uniqueName()))
                                : m_traces.newAddress(scheme);
    PeerProcess sender(channelPeer(), {QStringLiteral("share"), address, QStringLiteral("png"), m_file});
    const QString shared = sender.waitForLine(QStringLiteral("shared "));
    SegmentLister lister;
    const auto segment = listed(lister, address);
    QVERIFY(segment.has_value());
    QCOMPARE(segment->bytes, shared.section(QLatin1Char(' '), 1).toLongLong());
    QCOMPARE(segment->maker, Liveness::Alive);
    QCOMPARE(segment->process, sender.pid());
    QCOMPARE(segment->processName, QStringLiteral("channelpeer"));
    QCOMPARE(segment->attached, 1);
    QCOMPARE(segment->user, ::geteuid());
    QVERIFY(!segment->userName.isEmpty());
    QCOMPARE(segment->mode, 0600U);
    QCOMPARE(segment->isOurs, scheme == QLatin1String("posix"));
    QCOMPARE(segment->producer,
             scheme == QLatin1String("posix") ? QStringLiteral("Shmpix") : QStringLiteral("Qt"));
    const qint64 age = QDateTime::currentSecsSinceEpoch() - segment->made;
    QVERIFY2(age >= -1 && age < 300, qPrintable(QString::number(age)));
    QVERIFY(wholeOf(lister, *segment) == *contents(address));
    sender.writeLine(QString());
    QCOMPARE(sender.exitCode(), 0);
    QVERIFY(!listed(lister, address));
}

void TestSegmentList::whatDeadSendersOfOursLeftIsListed()
{
    const QString address = uniqueAddress(QStringLiteral("posix"));
    PeerProcess sender(channelPeer(), {QStringLiteral("share"), address, QStringLiteral("bmp"), m_file});
    QVERIFY(!sender.waitForLine(QStringLiteral("shared ")).isNull());
    const qint64 pid = sender.pid();
    sender.kill();
    SegmentLister lister;
    const auto segment = listed(lister, address);
    for (const QString& file : filesOf(address)) {
        QFile::remove(file);
    }
    QVERIFY(segment.has_value());
    QCOMPARE(segment->maker, Liveness::Dead);
    QCOMPARE(segment->process, pid);
    QVERIFY(segment->isOurs);
    QCOMPARE(segment->attached, 0);
}

void TestSegmentList::pythonsMemoryIsListed()
{
    PeerProcess python(pythonWithNumpy(), {QStringLiteral("-c"), QString::fromLatin1(pythonWriter)});
    const QString name = python.waitForLine(QStringLiteral("name ")).mid(5);
    SegmentLister lister;
    const auto segment = listed(lister, QStringLiteral("posix:/") + name);
    QVERIFY(segment.has_value());
    QCOMPARE(segment->producer, QStringLiteral("Python"));
    QCOMPARE(segment->bytes, 804);
    QCOMPARE(segment->maker, Liveness::Alive);
    QCOMPARE(segment->process, python.pid());
    QCOMPARE(segment->attached, 1);
    QVERIFY(!segment->isOurs);
    // H1: if we had opened it as Python does, it would be gone when we end; it stays until its maker ends.
    python.writeLine(QString());
    QCOMPARE(python.exitCode(), 0);
    QVERIFY(!listed(lister, QStringLiteral("posix:/") + name));
}

void TestSegmentList::qtsMemoryIsListedUnderItsKey_data()
{
    QTest::addColumn<QString>("key");
    QTest::newRow("letters") << lettersOnly(uniqueName());
    QTest::newRow("number") << QString::number(QCoreApplication::applicationPid() % 1'000'000);
}

void TestSegmentList::qtsMemoryIsListedUnderItsKey()
{
    QFETCH(QString, key);
    const QString address = m_traces.watched(QStringLiteral("qt:") + key);
    StockQtPeer qt(key);
    qt.writeLine(QStringLiteral("share-image ") + m_file);
    const QString shared = qt.waitForLine(QStringLiteral("share-image "));
    SegmentLister lister;
    const auto segment = listed(lister, address);
    QVERIFY(segment.has_value());
    QCOMPARE(segment->bytes, shared.section(QLatin1Char(' '), 1).toLongLong());
    QCOMPARE(segment->producer, QStringLiteral("Qt"));
    QCOMPARE(segment->process, qt.pid());
    QCOMPARE(segment->processName, QStringLiteral("stockqt"));
    QCOMPARE(segment->attached, 1);
    QCOMPARE(wholeOf(lister, *segment).left(4), QByteArray("\0\0\0\1", 4));
    EXPECT_SUCCESS(load(segment->address->toString()));
    // B12: only its maker keeps it alive.
    qt.writeLine(QStringLiteral("end"));
    QCOMPARE(qt.exitCode(), 0);
    QVERIFY(!listed(lister, address));
}

void TestSegmentList::memoryOfAKilledQtProgramIsDead()
{
    const QString key = lettersOnly(uniqueName());
    const QString address = m_traces.watched(QStringLiteral("qt:") + key);
    StockQtPeer qt(key);
    m_traces.watch(qt);
    qt.writeLine(QStringLiteral("share-image ") + m_file);
    QVERIFY(!qt.waitForLine(QStringLiteral("share-image ")).isNull());
    qt.kill();
    SegmentLister lister;
    const auto segment = listed(lister, address);
    static_cast<void>(m_traces.takeFound());
    QVERIFY(segment.has_value());
    QCOMPARE(segment->maker, Liveness::Dead);
    QCOMPARE(segment->attached, 0);
    EXPECT_FAILURE(lister.open(*segment), ErrorCode::NotFound); // there is no process to read it through
}

void TestSegmentList::aKeyFileIsFoundInItsMakersFolder()
{
    const QString address = m_traces.newAddress(QStringLiteral("systemv"));
    const QString before = QDir::currentPath();
    QVERIFY(QDir::setCurrent(temporaryFolder()));
    const auto writer = makeSegmentWriter(parsed(address));
    EXPECT_SUCCESS(writer);
    const QByteArray bytes = pattern(5000);
    EXPECT_SUCCESS(write(**writer, bytes));
    SegmentLister lister;
    const auto segment = listed(lister, address);
    QVERIFY(QDir::setCurrent(before));
    QVERIFY(segment.has_value());
    QCOMPARE(segment->process, QCoreApplication::applicationPid());
    QCOMPARE(wholeOf(lister, *segment), bytes);
}

void TestSegmentList::memoryWithoutAKeyHasNoAddress()
{
    const int id = ::shmget(IPC_PRIVATE, 100, 0600 | IPC_CREAT);
    QVERIFY(id != -1);
    SegmentLister lister;
    const auto segment = listedMemory(lister, id);
    ::shmctl(id, IPC_RMID, nullptr);
    QVERIFY(segment.has_value());
    QVERIFY(!segment->address);
    EXPECT_CONTAINS(segment->name, QStringLiteral("without a key"));
}

void TestSegmentList::aStrangersFileIsListed()
{
    const QString address = m_traces.newAddress(QStringLiteral("posix"));
    QFile file(filesOf(address).first());
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray(1234, 'x'));
    file.close();
    QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup));
    SegmentLister lister;
    const auto segment = listed(lister, address);
    QVERIFY(file.remove());
    QVERIFY(segment.has_value());
    QCOMPARE(segment->bytes, 1234);
    QCOMPARE(segment->mode, 0640U);
    QCOMPARE(segment->maker, Liveness::Unknown);
    QCOMPARE(segment->attached, 0);
    QVERIFY(!segment->isOurs);
    QCOMPARE(segment->producer, QString());
}

void TestSegmentList::aStrangerInThePlaceOfOursIsNotOurs()
{
    const QString address = m_traces.newAddress(QStringLiteral("posix"));
    Publisher publisher;
    EXPECT_SUCCESS(share(publisher, address, picture(QStringLiteral("1x1"))));
    const QString file = filesOf(address).first();
    QVERIFY(QFile::remove(file));
    QFile stranger(file);
    QVERIFY(stranger.open(QIODevice::WriteOnly));
    SegmentLister lister;
    const auto segment = listed(lister, address);
    publisher.stop();
    QVERIFY(stranger.remove());
    QVERIFY(segment.has_value());
    QVERIFY(!segment->isOurs);
    QCOMPARE(segment->maker, Liveness::Unknown);
}

int tst_segmentlist(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestSegmentList>(argc, argv);
}

#include "tst_segmentlist.moc"
