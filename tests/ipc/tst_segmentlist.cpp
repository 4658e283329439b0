// What is listed of segments that other programs made, and that nobody notices it.
#include "common/segment/segmentlister.h"
#include "tests/ipc/expect.h"
#include "tests/ipc/stockqtpeer.h"
#include "tests/ipc/traces.h"
#include "tests/support/pictures.h"
#include "tests/support/uniquekey.h"

#include <QDir>
#include <QFile>

#include <thread>

#include <fcntl.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace shmpix;
using namespace shmpix::test;

namespace {

/// The segment of that address in a list with everything that can be found out.
std::optional<ListedSegment> listed(SegmentLister& lister, const QString& address)
{
    auto segments = lister.list();
    lister.lookCloser(segments);
    for (const ListedSegment& segment : segments) {
        if (segment.address && segment.address->toString() == address) {
            return segment;
        }
    }
    return std::nullopt;
}

/// The same by the end of the file's name, for those without an address.
std::optional<ListedSegment> listedFile(const QByteArray& name)
{
    SegmentLister lister;
    for (const ListedSegment& segment : lister.list()) {
        if (segment.path == posixFolder() + '/' + name) {
            return segment;
        }
    }
    return std::nullopt;
}

std::optional<ListedSegment> listedMemory(SegmentLister& lister, qint64 id)
{
    auto segments = lister.list();
    lister.lookCloser(segments);
    for (const ListedSegment& segment : segments) {
        if (segment.kind == ListedSegment::Kind::SystemV && segment.id == id) {
            return segment;
        }
    }
    return std::nullopt;
}

/// A name of letters only, which a Qt key can be told from its key file by.
QString lettersOnly(QString name)
{
    for (QChar& c : name) {
        c = c.isDigit() ? QChar('a' + c.digitValue()) : c.isLetter() ? c : QLatin1Char('x');
    }
    return name;
}

QByteArray bytesOf(const QByteArray& path)
{
    QFile file(QFile::decodeName(path));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Everything that could show that somebody looked at a file.
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

QByteArray wholeOf(SegmentLister& lister, const ListedSegment& segment)
{
    const auto source = lister.open(segment);
    QByteArray bytes(segment.bytes, '\0');
    const bool read =
        source && (*source)->read(0, std::as_writable_bytes(std::span(bytes.data(), bytes.size())));
    return read ? bytes : QByteArray();
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

class SegmentListTest : public QObject
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
    void F5_everyNameIsListedAndLeadsBack_data();
    void F5_everyNameIsListedAndLeadsBack();
    void aNameThatIsNoTextHasNoAddress();
    void whatIsNoSegmentIsLeftOut();
    void anEmptyAndAHugeFileAreListed();
    void aStrangerInThePlaceOfOursIsNotOurs();
    void listingLeavesNoTrace_data();
    void listingLeavesNoTrace();
    void memoryThatWasNeverWrittenStaysUnwritten();
    void whoSharesMeanwhileIsNotRefused();
    void cleanup();

private:
    Traces m_traces;
    QString m_file;
};

void SegmentListTest::initTestCase()
{
    m_file = fileOf(picture(QStringLiteral("photo")));
}

void SegmentListTest::cleanup()
{
    QCOMPARE(m_traces.takeFound(), QString());
}

void SegmentListTest::whatLivingSendersOfOursShareIsListed_data()
{
    addSchemes({QStringLiteral("posix"), QStringLiteral("qt")});
}

void SegmentListTest::whatLivingSendersOfOursShareIsListed()
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

void SegmentListTest::whatDeadSendersOfOursLeftIsListed()
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

void SegmentListTest::pythonsMemoryIsListed()
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
    // H1: had we opened it as Python does, it would be gone when we end; it is there until its maker goes.
    python.writeLine(QString());
    QCOMPARE(python.exitCode(), 0);
    QVERIFY(!listed(lister, QStringLiteral("posix:/") + name));
}

void SegmentListTest::qtsMemoryIsListedUnderItsKey_data()
{
    QTest::addColumn<QString>("key");
    QTest::newRow("letters") << lettersOnly(uniqueName());
    QTest::newRow("number") << QString::number(QCoreApplication::applicationPid() % 1'000'000);
}

void SegmentListTest::qtsMemoryIsListedUnderItsKey()
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
    // B12: nobody keeps it alive but its maker.
    qt.writeLine(QStringLiteral("end"));
    QCOMPARE(qt.exitCode(), 0);
    QVERIFY(!listed(lister, address));
}

void SegmentListTest::memoryOfAKilledQtProgramIsDead()
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
    EXPECT_FAILURE(lister.open(*segment), ErrorCode::NotFound); // there is nobody to read it through
}

void SegmentListTest::aKeyFileIsFoundInItsMakersFolder()
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

void SegmentListTest::memoryWithoutAKeyHasNoAddress()
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

void SegmentListTest::aStrangersFileIsListed()
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

void SegmentListTest::F5_everyNameIsListedAndLeadsBack_data()
{
    QTest::addColumn<QByteArray>("ending");
    QTest::newRow("space") << QByteArray(" b");
    QTest::newRow("line break") << QByteArray("\nb");
    QTest::newRow("percent") << QByteArray("%25%00");
    QTest::newRow("quotes and glob") << QByteArray("'\"*?$(b)`");
    QTest::newRow("Chinese and emoji") << QByteArray("图像🖼");
    QTest::newRow("another scheme") << QByteArray("qt:b");
    QTest::newRow("colon and backslash") << QByteArray(":\\n");
    QTest::newRow("as long as it gets") << QByteArray(200, 'a');
}

void SegmentListTest::F5_everyNameIsListedAndLeadsBack()
{
    QFETCH(QByteArray, ending);
    const QByteArray name = uniqueName().toUtf8() + ending;
    QImage image(7, 5, QImage::Format_RGB32);
    image.fill(Qt::red);
    const QByteArray path = posixFolder() + '/' + name;
    QVERIFY(image.save(QFile::decodeName(path), "png"));
    const auto segment = listedFile(name);
    const auto picture =
        segment && segment->address ? load(segment->address->toString()) : Result<LoadedPicture>(Error());
    QVERIFY(QFile::remove(QFile::decodeName(path)));
    QVERIFY(segment && segment->address);
    EXPECT_SUCCESS(picture);
    QCOMPARE(picture->image.size(), image.size());
    QVERIFY2(!segment->name.contains(QLatin1Char('\n')), qPrintable(segment->name));
}

void SegmentListTest::aNameThatIsNoTextHasNoAddress()
{
    const QByteArray name = uniqueName().toUtf8() + "\xff\xfe";
    const QByteArray path = posixFolder() + '/' + name;
    const int fd = ::open(path.constData(), O_CREAT | O_EXCL | O_WRONLY, 0600);
    QVERIFY(fd != -1);
    ::close(fd);
    const auto segment = listedFile(name);
    ::unlink(path.constData());
    QVERIFY(segment.has_value());
    QVERIFY(!segment->address);
    QVERIFY(segment->name.contains(QChar(QChar::ReplacementCharacter)));
}

void SegmentListTest::whatIsNoSegmentIsLeftOut()
{
    const QByteArray name = uniqueName().toUtf8();
    const QByteArray folder = posixFolder() + '/';
    QVERIFY(QDir().mkdir(QFile::decodeName(folder + name + "-folder")));
    QCOMPARE(::mkfifo((folder + name + "-fifo").constData(), 0600), 0);
    QCOMPARE(::symlink("/etc/passwd", (folder + name + "-link").constData()), 0);
    QFile semaphore(QFile::decodeName(folder + "sem." + name));
    QVERIFY(semaphore.open(QIODevice::WriteOnly));
    SegmentLister lister;
    QStringList found;
    for (const ListedSegment& segment : lister.list()) {
        if (segment.path.contains(name) || segment.path.contains(".shmpix.")) {
            found.append(segment.name);
        }
    }
    ::rmdir((folder + name + "-folder").constData());
    ::unlink((folder + name + "-fifo").constData());
    ::unlink((folder + name + "-link").constData());
    QVERIFY(semaphore.remove());
    QCOMPARE(found, QStringList());
}

void SegmentListTest::anEmptyAndAHugeFileAreListed()
{
    constexpr qint64 huge = qint64{1} << 62;
    const QString empty = m_traces.newAddress(QStringLiteral("posix"));
    const QString large = m_traces.newAddress(QStringLiteral("posix"));
    QFile emptyFile(filesOf(empty).first());
    QFile largeFile(filesOf(large).first());
    QVERIFY(emptyFile.open(QIODevice::WriteOnly) && largeFile.open(QIODevice::WriteOnly));
    QCOMPARE(::ftruncate(largeFile.handle(), huge), 0);
    SegmentLister lister;
    const auto first = listed(lister, empty);
    const auto second = listed(lister, large);
    QVERIFY(emptyFile.remove() && largeFile.remove());
    QVERIFY(first && second);
    QCOMPARE(first->bytes, 0);
    QCOMPARE(second->bytes, huge);
}

void SegmentListTest::aStrangerInThePlaceOfOursIsNotOurs()
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

void SegmentListTest::listingLeavesNoTrace_data()
{
    addSchemes({QStringLiteral("posix"), QStringLiteral("qt"), QStringLiteral("systemv")});
}

void SegmentListTest::listingLeavesNoTrace()
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

void SegmentListTest::memoryThatWasNeverWrittenStaysUnwritten()
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
    QVERIFY(whole.isEmpty()); // parts of it cannot be had without making them
    QCOMPARE(after, before);
}

void SegmentListTest::whoSharesMeanwhileIsNotRefused()
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

QTEST_GUILESS_MAIN(SegmentListTest)
#include "tst_segmentlist.moc"
