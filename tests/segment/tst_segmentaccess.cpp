#include "common/segment/posix/hiddenfiles.h"
#include "tests/support/expect.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/traces.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <fcntl.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace shmpix;
using namespace shmpix::test;

/// Access to a segment: other users have none, and readers can only read.
class TestSegmentAccess : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void E3_thingInPlaceOfAHiddenFileIsNeitherFollowedNorWaitedFor_data();
    void E3_thingInPlaceOfAHiddenFileIsNeitherFollowedNorWaitedFor();
    void E4_onlyItsUserMayUseItWhateverTheUmask_data();
    void E4_onlyItsUserMayUseItWhateverTheUmask();
    void E5_readerOpensItForReadingOnly_data() { addSchemes(); }
    void E5_readerOpensItForReadingOnly();
    void cleanup() { QCOMPARE(m_traces.takeFound(), QString()); }

private:
    Traces m_traces;
};

namespace {

/// While this object lives, this process creates files with that umask.
class Umask
{
public:
    explicit Umask(mode_t mask)
        : m_before(::umask(mask))
    {
    }
    Umask(const Umask&) = delete;
    Umask& operator=(const Umask&) = delete;
    ~Umask() { ::umask(m_before); }

private:
    mode_t m_before;
};

QString octal(mode_t mode)
{
    return QString::number(mode & 07777, 8);
}

QByteArray contentsOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// The flags with which this process has the file open, once for each time.
QList<int> openingsOf(const QString& path)
{
    QList<int> openings;
    const QFileInfo file(path);
    for (const QString& number :
         QDir(QStringLiteral("/proc/self/fd")).entryList(QDir::NoDotAndDotDot | QDir::AllEntries)) {
        if (QFileInfo(QStringLiteral("/proc/self/fd/") + number).symLinkTarget() !=
            file.canonicalFilePath()) {
            continue;
        }
        const QByteArray info = contentsOf(QStringLiteral("/proc/self/fdinfo/") + number);
        const qsizetype flags = info.indexOf("flags:") + 6;
        openings.append(info.mid(flags, info.indexOf('\n', flags) - flags).trimmed().toInt(nullptr, 8));
    }
    return openings;
}

/// The mappings of the System V memory in this process: "r--s", once for each.
QList<QByteArray> mappingsOf(int memory)
{
    QList<QByteArray> mappings;
    for (const QByteArray& line : contentsOf(QStringLiteral("/proc/self/maps")).split('\n')) {
        const QList<QByteArray> words = line.simplified().split(' ');
        if (words.size() > 5 && words[5].startsWith("/SYSV") && words[4].toInt() == memory) {
            mappings.append(words[1]);
        }
    }
    return mappings;
}

} // namespace

void TestSegmentAccess::E3_thingInPlaceOfAHiddenFileIsNeitherFollowedNorWaitedFor_data()
{
    QTest::addColumn<QString>("scheme");
    QTest::addColumn<bool>("isRecord");
    QTest::addColumn<QString>("kind");
    for (const char* scheme : {"posix", "file"}) {
        for (const bool isRecord : {true, false}) {
            for (const char* kind : {"pipe", "folder", "link", "link to nothing"}) {
                QTest::addRow("%s, %s, %s", scheme, isRecord ? "the owner's record" : "the second file", kind)
                    << QString::fromLatin1(scheme) << isRecord << QString::fromLatin1(kind);
            }
        }
    }
}

void TestSegmentAccess::E3_thingInPlaceOfAHiddenFileIsNeitherFollowedNorWaitedFor()
{
    QFETCH(QString, scheme);
    QFETCH(bool, isRecord);
    QFETCH(QString, kind);
    const QString address = m_traces.newAddress(scheme);
    const SegmentPath path(parsed(address));
    const QByteArray stem = hiddenStems(path).front();
    const QByteArray hidden = isRecord ? recordOf(stem) : spareOf(stem);
    const QString victim = QFile::decodeName(path.file) + QStringLiteral("-letter");
    const bool leadsSomewhere = kind == QLatin1String("link");
    if (leadsSomewhere) {
        QFile file(victim);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("a letter") == 8);
    }
    if (kind == QLatin1String("pipe")) {
        QCOMPARE(::mkfifo(hidden.constData(), 0600), 0);
    } else if (kind == QLatin1String("folder")) {
        QCOMPARE(::mkdir(hidden.constData(), 0700), 0);
    } else {
        QCOMPARE(::symlink(QFile::encodeName(victim).constData(), hidden.constData()), 0);
    }
    const auto writer = makeSegmentWriter(parsed(address)).value();
    for (uint seed = 1; seed < 4; ++seed) { // the second file is needed for the second share
        const QByteArray bytes = pattern(5000, seed);
        EXPECT_SUCCESS(write(*writer, bytes));
        QCOMPARE(contents(address).value(), bytes);
    }
    QCOMPARE(QFile::exists(victim), leadsSomewhere);
    QCOMPARE(contentsOf(victim), leadsSomewhere ? QByteArray("a letter") : QByteArray());
    QFile::remove(victim);
    // Once it is out of the way, the next share succeeds, even if it was our own file that somebody removed.
    QVERIFY(::unlink(hidden.constData()) == 0 || ::rmdir(hidden.constData()) == 0);
    EXPECT_SUCCESS(write(*writer, pattern(5000)));
    EXPECT_SUCCESS(write(*writer, pattern(6000)));
}

void TestSegmentAccess::E4_onlyItsUserMayUseItWhateverTheUmask_data()
{
    QTest::addColumn<QString>("scheme");
    QTest::addColumn<int>("mask");
    for (const char* scheme : {"posix", "file", "qt", "systemv"}) {
        for (const int mask : {0, 022, 077}) {
            QTest::addRow("%s, umask %03o", scheme, static_cast<unsigned>(mask))
                << QString::fromLatin1(scheme) << mask;
        }
    }
}

void TestSegmentAccess::E4_onlyItsUserMayUseItWhateverTheUmask()
{
    QFETCH(QString, scheme);
    QFETCH(int, mask);
    const QString address = m_traces.newAddress(scheme);
    const Umask umask(static_cast<mode_t>(mask));
    const auto writer = makeSegmentWriter(parsed(address)).value();
    for (uint seed = 1; seed < 4; ++seed) { // the second file takes its turn
        EXPECT_SUCCESS(write(*writer, pattern(100, seed)));
        if (scheme == QLatin1String("posix") || scheme == QLatin1String("file")) {
            for (const QString& file : filesOf(address)) {
                struct stat status = {};
                if (::stat(qPrintable(file), &status) == 0) {
                    QVERIFY2((status.st_mode & 07777) == 0600,
                             qPrintable(file + QLatin1Char(' ') + octal(status.st_mode)));
                }
            }
            continue;
        }
        const QList<int> ids = memoryMadeBy(::getpid());
        QCOMPARE(ids.size(), 1);
        shmid_ds status = {};
        QCOMPARE(::shmctl(ids[0], IPC_STAT, &status), 0);
        QCOMPARE(octal(status.shm_perm.mode & 0777), QStringLiteral("600"));
    }
}

void TestSegmentAccess::E5_readerOpensItForReadingOnly()
{
    QFETCH(QString, scheme);
    const QString address = m_traces.newAddress(scheme);
    PeerProcess peer(channelPeer(), {QStringLiteral("share"), address, QStringLiteral("datastream"),
                                     fileOf(picture(QStringLiteral("odd")))});
    m_traces.watch(peer);
    QVERIFY2(peer.readLine().startsWith(QLatin1String("shared")), qPrintable(peer.standardError()));
    auto source = openSegment(parsed(address));
    EXPECT_SUCCESS(source);
    if (scheme == QLatin1String("posix") || scheme == QLatin1String("file")) {
        const QList<int> openings = openingsOf(filesOf(address).first());
        QCOMPARE(openings.size(), 1);
        QCOMPARE(openings[0] & O_ACCMODE, O_RDONLY);
        // The segment is not mapped, so it cannot be written through a mapping either.
        QVERIFY(!contentsOf(QStringLiteral("/proc/self/maps"))
                     .contains(QFile::encodeName(filesOf(address).first())));
    } else {
        const QList<int> ids = memoryMadeBy(peer.pid());
        QCOMPARE(ids.size(), 1);
        QCOMPARE(mappingsOf(ids[0]), QList<QByteArray>{"r--s"});
    }
    source->reset(); // this also releases the lock
    peer.writeLine(QStringLiteral("end"));
    QCOMPARE(peer.exitCode(), 0);
}

int tst_segmentaccess(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestSegmentAccess>(argc, argv);
}

#include "tst_segmentaccess.moc"
