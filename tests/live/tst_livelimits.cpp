#include "common/channel/livememory.h"
#include "common/channel/livepublisher.h"
#include "common/live/framereader.h"
#include "common/segment/segment.h"
#include "tests/live/segmentstream.h"
#include "tests/support/expect.h"
#include "tests/support/filememory.h"
#include "tests/support/runtest.h"
#include "tests/support/traces.h"
#include "tests/support/uniquekey.h"

#include <QFile>
#include <QFileInfo>

#include <algorithm>

#include <unistd.h>

using namespace shmpix;
using namespace shmpix::test;

namespace {

QString peer()
{
    return QStringLiteral(SHMPIX_PEERS "/livefaults");
}

/// Runs the peer with a tmpfs of a megabyte mounted on the folder, visible to nobody else.
Finished runOnSmallFolder(const QString& folder, const QStringList& words)
{
    const QString mount = QStringLiteral("mount -t tmpfs -o size=1m none \"$0\" && exec \"$@\"");
    const QString spaces = ::geteuid() == 0 ? QStringLiteral("-m") : QStringLiteral("-Urm");
    return runToEnd(QStringLiteral("unshare"),
                    QStringList{spaces, QStringLiteral("sh"), QStringLiteral("-c"), mount, folder, peer()} +
                        words);
}

/// Runs the peer's "crowd" there: after `frames` frames, a file takes the rest of the megabyte.
Finished crowdSmallFolder(const QString& frames, const QString& layout)
{
    const QString folder = newFolder();
    return runOnSmallFolder(folder,
                            {QStringLiteral("crowd"), QStringLiteral("file:") + folder + QStringLiteral("/x"),
                             folder + QStringLiteral("/filler"), frames, layout});
}

const QString small = QStringLiteral("64x48:gray8");
const QString large = QStringLiteral("2000x1000:gray8");

QByteArray lines(std::initializer_list<int> numbers)
{
    QByteArray text;
    for (const int number : numbers) {
        text += "read " + QByteArray::number(number) + '\n';
    }
    return text;
}

} // namespace

/// A lack of resources is an error in a sentence, and the existing stream continues.
class TestLiveLimits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void D1_noRoomForALargerFrameLeavesTheStream();
    void D1_noRoomForTheFirstFrameLeavesNothing();
    void D1_noRoomForTheSecondFrameLeavesTheFirst();
    void D2_roomThatOthersTakeIsNotTheStreams();
    void onlyFramesTakeMemory();
    void B6_reservingMakesACutSegmentNoLonger();
    void D3_limitsLeaveTheStream_data();
    void D3_limitsLeaveTheStream();
    void D3_readerWithoutAddressSpaceSaysSo();
    void D6_sparseSegmentOf2To62BytesIsRefused();
    void D6_sparseTailBehindARingIsNotTouched();
    void cleanup() { QCOMPARE(m_traces.takeFound(), QString()); }

private:
    Traces m_traces;
};

void TestLiveLimits::D1_noRoomForALargerFrameLeavesTheStream()
{
    const QString folder = newFolder();
    const Finished ended = runOnSmallFolder(
        folder, {QStringLiteral("refuse"), QStringLiteral("file:") + folder + QStringLiteral("/x"),
                 QStringLiteral("none"), QStringLiteral("0"), small, large});
    QVERIFY2(ended.exitCode == 0, (ended.out + ended.err).constData());
    const QByteArray refused = "refused " + QByteArray::number(int(ErrorCode::NoSpace));
    QVERIFY2(ended.out.startsWith(refused), ended.out.constData());
    EXPECT_CONTAINS(QString::fromUtf8(ended.out), QStringLiteral("--shm-size"));
    QVERIFY2(ended.out.endsWith(lines({1, 2, 3, 4, 5})), ended.out.constData());
}

void TestLiveLimits::D1_noRoomForTheFirstFrameLeavesNothing()
{
    const Finished ended = crowdSmallFolder(QStringLiteral("1"), large);
    QCOMPARE(ended.exitCode, 1);
    QVERIFY2(ended.out.startsWith("error There is not enough"), ended.out.constData());
}

void TestLiveLimits::D1_noRoomForTheSecondFrameLeavesTheFirst()
{
    const Finished ended = crowdSmallFolder(QStringLiteral("1"), QStringLiteral("300x300:gray8"));
    QVERIFY2(ended.exitCode == 0, (ended.out + ended.err).constData());
    const QByteArray refused = "refused " + QByteArray::number(int(ErrorCode::NoSpace)) +
                               " There is not enough space for the picture: it needs ";
    QVERIFY2(ended.out.contains(refused), ended.out.constData());
    EXPECT_CONTAINS(QString::fromUtf8(ended.out), QStringLiteral("--shm-size"));
    QVERIFY2(ended.out.endsWith(lines({1, 21})), ended.out.constData());
}

/// This holds once each slot has held a frame.
void TestLiveLimits::D2_roomThatOthersTakeIsNotTheStreams()
{
    const Finished ended = crowdSmallFolder(QStringLiteral("4"), QStringLiteral("300x300:gray8"));
    QVERIFY2(ended.exitCode == 0, (ended.out + ended.err).constData());
    const auto taken = ended.out.mid(6, ended.out.indexOf('\n') - 6).toInt();
    QVERIFY2(taken > 100000 && taken < 1048576 - 4 * 90000, ended.out.constData());
    QVERIFY2(!ended.out.contains("refused") && ended.out.endsWith(lines({24})), ended.out.constData());
}

/// Even if a reader has mapped all slots and looks for frames.
void TestLiveLimits::onlyFramesTakeMemory()
{
    const QString address = m_traces.newAddress(QStringLiteral("posix"));
    const QString file = filesOf(address).first();
    const QString layout = QStringLiteral("1000x1000:gray8");
    constexpr qint64 frame = 1000 * 1000;
    constexpr qint64 rest = 2 * 4096; // the header and the table, and the end of a page
    auto publisher = LivePublisher::make({parsed(address)});
    QVERIFY(publisher.has_value());
    FrameWriter& frames = (*publisher)->frames();
    FrameReader reader(readableMemory(parsed(address)));
    for (int number = 1; number <= 6; ++number) {
        EXPECT_SUCCESS(publish(frames, layout, quint64(number)));
        QCOMPARE(nextNumber(reader), quint64(number));
        const qint64 memory = memoryOf(file);
        const qint64 wanted = std::min(number, 4) * frame;
        QVERIFY2(memory >= wanted && memory <= wanted + std::min(number, 4) * rest,
                 qPrintable(QStringLiteral("%1: %2").arg(number).arg(memory)));
        QCOMPARE(QFileInfo(file).size(), frames.ring()->size);
    }
    EXPECT_SUCCESS(publish(frames, QStringLiteral("2000x1000:gray8"), 7)); // in a new segment, with frame 6
    const qint64 memory = memoryOf(file);
    QVERIFY2(memory >= 3 * frame && memory <= 3 * frame + 2 * rest, qPrintable(QString::number(memory)));
    EXPECT_SUCCESS(frames.renew());
    const qint64 renewed = memoryOf(file);
    QVERIFY2(renewed >= 2 * frame && renewed <= 2 * frame + rest, qPrintable(QString::number(renewed)));
}

/// Otherwise nobody would learn that the segment was cut.
void TestLiveLimits::B6_reservingMakesACutSegmentNoLonger()
{
    const QString address = m_traces.newAddress(QStringLiteral("posix"));
    const QString file = filesOf(address).first();
    auto publisher = LivePublisher::make({parsed(address)});
    QVERIFY(publisher.has_value());
    FrameWriter& frames = (*publisher)->frames();
    for (quint64 number = 1; number <= 3; ++number) {
        EXPECT_SUCCESS(publish(frames, large, number));
    }
    QVERIFY(QFile::resize(file, 5000));
    static_cast<void>(publish(frames, large, 4)); // in the last slot, which nobody sees
    QCOMPARE(QFileInfo(file).size(), 5000);
    const auto happened = (*publisher)->lookAfter();
    QVERIFY(happened.has_value());
    EXPECT_SUCCESS(*happened);
    EXPECT_SUCCESS(publish(frames, large, 5));
    FrameReader reader(readableMemory(parsed(address)));
    QCOMPARE(nextNumber(reader), 5U);
}

void TestLiveLimits::D3_limitsLeaveTheStream_data()
{
    QTest::addColumn<QString>("limit");
    QTest::addColumn<QString>("bytes");
    QTest::addColumn<QString>("said");
    QTest::addRow("RLIMIT_FSIZE") << QStringLiteral("file-size") << QStringLiteral("1000000")
                                  << QStringLiteral("ulimit -f");
    QTest::addRow("RLIMIT_AS") << QStringLiteral("address-space") << QStringLiteral("80000000")
                               << QStringLiteral("cannot be mapped");
}

void TestLiveLimits::D3_limitsLeaveTheStream()
{
    QFETCH(QString, limit);
    QFETCH(QString, bytes);
    QFETCH(QString, said);
    const QString address = m_traces.newAddress(QStringLiteral("posix"));
    const Finished ended = runToEnd(
        peer(), {QStringLiteral("refuse"), address, limit, bytes, small, QStringLiteral("5000x5000:gray8")});
    QVERIFY2(ended.exitCode == 0, (QByteArray::number(ended.exitCode) + ended.out + ended.err).constData());
    const QByteArray refused = "refused " + QByteArray::number(int(ErrorCode::NoSpace));
    QVERIFY2(ended.out.startsWith(refused), ended.out.constData());
    EXPECT_CONTAINS(QString::fromUtf8(ended.out), said);
    QVERIFY2(ended.out.endsWith(lines({1, 2, 3, 4, 5})), ended.out.constData());
}

namespace {

/// A file of that length that takes no disk space, with the given bytes at its beginning.
class SparseSegment
{
public:
    SparseSegment(const QString& address, qint64 bytes, const QByteArray& start)
        : m_file(filesOf(address).first())
    {
        m_isMade = m_file.open(QIODevice::WriteOnly) && m_file.write(start) == start.size() &&
                   m_file.flush() && ::ftruncate(m_file.handle(), bytes) == 0;
    }
    ~SparseSegment() { m_file.remove(); }
    [[nodiscard]] bool isMade() const { return m_isMade; }

private:
    QFile m_file;
    bool m_isMade = false;
};

QByteArray ringOf(quint32 slots, qint64 capacity)
{
    const auto bytes = ringHeaderBytesOf(ringFor(slots, capacity));
    QByteArray start(reinterpret_cast<const char*>(bytes.data()), qsizetype(bytes.size()));
    start.append("\1\0\0\0", 4); // open
    return start;
}

} // namespace

void TestLiveLimits::D3_readerWithoutAddressSpaceSaysSo()
{
    const QString address = m_traces.newAddress(QStringLiteral("posix"));
    const SparseSegment segment(address, qint64{1} << 33, ringOf(4, 1 << 30));
    QVERIFY(segment.isMade());
    const Finished ended = runToEnd(peer(), {QStringLiteral("look"), address, QStringLiteral("100000000")});
    const QByteArray refused = "state " + QByteArray::number(int(StreamState::Refused)) + ' ' +
                               QByteArray::number(int(ErrorCode::NoSpace));
    QVERIFY2(ended.exitCode == 0 && ended.out.startsWith(refused), (ended.out + ended.err).constData());
}

void TestLiveLimits::D6_sparseSegmentOf2To62BytesIsRefused()
{
    const QString address = m_traces.newAddress(QStringLiteral("posix"));
    const SparseSegment segment(address, qint64{1} << 62, ringOf(4, 1 << 30));
    QVERIFY(segment.isMade());
    EXPECT_FAILURE(viewSegment(parsed(address)), ErrorCode::BadData);
    const Finished ended = runToEnd(peer(), {QStringLiteral("look"), address, QStringLiteral("100000000")});
    const QByteArray refused = "state " + QByteArray::number(int(StreamState::Refused)) + ' ' +
                               QByteArray::number(int(ErrorCode::BadData));
    QVERIFY2(ended.exitCode == 0 && ended.out.startsWith(refused), (ended.out + ended.err).constData());
}

/// B9: the segment may be longer than the ring.
void TestLiveLimits::D6_sparseTailBehindARingIsNotTouched()
{
    const QString address = m_traces.newAddress(QStringLiteral("posix"));
    const SparseSegment segment(address, qint64{1} << 39, ringOf(4, 4096));
    QVERIFY(segment.isMade());
    FrameReader reader(readableMemory(parsed(address)));
    QVERIFY(!reader.wait(std::chrono::steady_clock::now()));
    QCOMPARE(reader.state(), StreamState::Open);
    QCOMPARE(reader.ring()->size, 4096 + 4 * 4096);
}

int tst_livelimits(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestLiveLimits>(argc, argv);
}

#include "tst_livelimits.moc"
