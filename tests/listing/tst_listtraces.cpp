// Nobody notices that segments are listed.
#include "tests/listing/listing.h"
#include "tests/support/expect.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/traces.h"

#include <QFile>
#include <QThread>

#include <atomic>
#include <thread>

#include <sys/shm.h>
#include <sys/stat.h>

using namespace shmpix;
using namespace shmpix::test;

namespace {

QByteArray bytesOf(const QByteArray& path)
{
    QFile file(QFile::decodeName(path));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Everything that could reveal that somebody looked at a file.
QString stateOf(const QByteArray& path)
{
    struct stat s = {};
    if (::lstat(path.constData(), &s) != 0) {
        return QStringLiteral("gone");
    }
    const auto time = [](const timespec& t) { return qint64{t.tv_sec} * 1'000'000'000 + t.tv_nsec; };
    return QStringLiteral("%1: inode %2 links %3 mode %4 size %5 blocks %6 read %7 written %8 changed %9")
        .arg(QFile::decodeName(path))
        .arg(s.st_ino)
        .arg(s.st_nlink)
        .arg(s.st_mode)
        .arg(s.st_size)
        .arg(s.st_blocks)
        .arg(time(s.st_atim))
        .arg(time(s.st_mtim))
        .arg(time(s.st_ctim));
}

/// The line of /proc/sysvipc/shm for that memory: times, attach count, last user, pages.
QString stateOfMemory(int id)
{
    for (const QByteArray& line : bytesOf("/proc/sysvipc/shm").split('\n')) {
        if (line.simplified().split(' ').value(1).toInt() == id) {
            return QString::fromLatin1(line.simplified());
        }
    }
    return QStringLiteral("gone");
}

} // namespace

class TestListTraces : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void listingLeavesNoTrace_data();
    void listingLeavesNoTrace();
    void memoryThatWasNeverWrittenStaysUnwritten();
    void whoSharesMeanwhileIsNotRefused();
    void cleanup() { QCOMPARE(m_traces.takeFound(), QString()); }

private:
    Traces m_traces;
    QString m_file;
};

void TestListTraces::initTestCase()
{
    m_file = fileOf(picture(QStringLiteral("photo")));
}

void TestListTraces::listingLeavesNoTrace_data()
{
    addSchemes({QStringLiteral("posix"), QStringLiteral("qt"), QStringLiteral("systemv")});
}

void TestListTraces::listingLeavesNoTrace()
{
    QFETCH(QString, scheme);
    const QString address = m_traces.newAddress(scheme);
    PeerProcess sender(channelPeer(), {QStringLiteral("share"), address, QStringLiteral("bmp"), m_file});
    QVERIFY(!sender.waitForLine(QStringLiteral("shared ")).isNull());
    const auto state = [&] {
        QStringList states;
        for (const QString& file : filesOf(address)) {
            states.append(stateOf(QFile::encodeName(file)));
        }
        for (const int id : memoryMadeBy(sender.pid())) {
            states.append(stateOfMemory(id));
        }
        return states;
    };
    const QStringList before = state();
    QThread::msleep(1100); // System V counts its times in seconds
    SegmentLister lister;
    auto segments = lister.list();
    lister.lookCloser(segments);
    bool wasRead = false;
    for (const ListedSegment& segment : segments) {
        const bool isIt = segment.process == sender.pid();
        wasRead = wasRead || (isIt && !wholeOf(lister, segment).isEmpty());
    }
    const QStringList after = state();
    sender.writeLine(QString());
    QCOMPARE(sender.exitCode(), 0);
    QVERIFY(wasRead);
    QCOMPARE(after, before);
}

void TestListTraces::memoryThatWasNeverWrittenStaysUnwritten()
{
    constexpr std::size_t bytes = 1 << 20;
    const int id = ::shmget(IPC_PRIVATE, bytes, 0600 | IPC_CREAT);
    auto* memory = static_cast<char*>(::shmat(id, nullptr, 0));
    memory[0] = 'x';
    SegmentLister lister;
    const auto segment = listedMemory(lister, id);
    const QString before = stateOfMemory(id);
    const bool isListed = segment.has_value();
    const QByteArray whole = isListed ? wholeOf(lister, *segment) : QByteArray();
    const QString after = stateOfMemory(id);
    ::shmdt(memory);
    ::shmctl(id, IPC_RMID, nullptr);
    QVERIFY(isListed);
    QVERIFY(whole.isEmpty()); // parts of it cannot be read without allocating them
    QCOMPARE(after, before);
}

void TestListTraces::whoSharesMeanwhileIsNotRefused()
{
    const QString address = m_traces.newAddress(QStringLiteral("posix"));
    std::atomic<bool> isDone = false;
    std::thread looking([&isDone] {
        SegmentLister lister;
        while (!isDone) {
            for (const ListedSegment& segment : lister.list()) {
                if (segment.isOurs) {
                    static_cast<void>(lister.open(segment));
                }
            }
        }
    });
    QString refusal;
    const QImage image = picture(QStringLiteral("1x1"));
    for (int i = 0; i < 300 && refusal.isEmpty(); ++i) {
        Publisher publisher;
        const auto first = share(publisher, address, image);
        const auto second = share(publisher, address, image);
        refusal = !first ? described(first.error()) : !second ? described(second.error()) : QString();
    }
    isDone = true;
    looking.join();
    QCOMPARE(refusal, QString());
}

int tst_listtraces(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestListTraces>(argc, argv);
}

#include "tst_listtraces.moc"
