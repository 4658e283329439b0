#include "common/channel/livememory.h"
#include "common/channel/livepublisher.h"
#include "tests/live/checkingreader.h"
#include "tests/support/runtest.h"
#include "tests/support/traces.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <unistd.h>

using namespace shmpix;
using namespace shmpix::test;

/// The resources that live frames use do not grow, however often and however long frames are written and
/// read.
class TestLiveFootprint : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void B14_nothingGrows_data();
    void B14_nothingGrows();
    void cleanup() { QCOMPARE(m_traces.takeFound(), QString()); }

private:
    Traces m_traces;
};

namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr qint64 slack = 320; // the sanitiser keeps freed memory
#else
constexpr qint64 slack = 2;
#endif

struct Footprint
{
    qsizetype files;
    qsizetype mappings;
    qint64 megabytes; ///< resident

    static Footprint now()
    {
        const auto contents = [](const QString& path) {
            QFile file(path);
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        };
        const qint64 pages = contents(QStringLiteral("/proc/self/statm")).split(' ').value(1).toLongLong();
        return {QDir(QStringLiteral("/proc/self/fd")).entryList(QDir::AllEntries | QDir::System).size(),
                contents(QStringLiteral("/proc/self/maps")).count('\n'),
                pages * ::sysconf(_SC_PAGESIZE) >> 20};
    }
};

/// Both ends of a stream in one process, and the frames that have gone through.
struct Stream
{
    SegmentAddress address;
    KnownFrames known{KnownFrames::Sizes::Changing};
    FrameTally tally = {};
    std::unique_ptr<LivePublisher> publisher = {};
    std::optional<CheckingReader> reader = {};
    quint64 life = 0;
    quint64 number = 0;

    [[nodiscard]] bool openWriter()
    {
        auto made = LivePublisher::make({address});
        publisher = made ? std::move(*made) : nullptr;
        ++life;
        number = 0;
        return publisher && write();
    }
    void openReader()
    {
        tally.life = 0; // it may now get frames that another reader had
        reader.emplace(readableMemory(address), known, CheckingReader::Way::Copies, tally);
    }
    [[nodiscard]] bool write() { return known.write(publisher->frames(), life, ++number).has_value(); }
    [[nodiscard]] bool read()
    {
        return reader->readNext() && tally.number == number && tally.violations == 0;
    }
};

int framesForLong()
{
    bool isGiven = false;
    const int given = qEnvironmentVariableIntValue("SHMPIX_FRAMES", &isGiven);
    return isGiven ? given : 100'000;
}

using Step = std::function<bool(Stream&)>;

} // namespace

void TestLiveFootprint::B14_nothingGrows_data()
{
    QTest::addColumn<int>("cycles");
    QTest::addColumn<Step>("step");
    QTest::newRow("readers attach and detach") << 10000 << Step([](Stream& stream) {
        stream.openReader();
        return stream.read();
    });
    QTest::newRow("writers open and close") << 10000 << Step([](Stream& stream) {
        stream.publisher.reset();
        return stream.openWriter();
    });
    QTest::newRow("D8_frames_for_long")
        << framesForLong() << Step([](Stream& stream) { return stream.write() && stream.read(); });
    QTest::newRow("B8_the_segment_is_made_anew") << 1000 << Step([](Stream& stream) {
        return stream.publisher->frames().renew() && stream.write() && stream.read();
    });
}

void TestLiveFootprint::B14_nothingGrows()
{
    QFETCH(int, cycles);
    QFETCH(Step, step);
    Stream stream{*SegmentAddress::parse(m_traces.newAddress(QStringLiteral("posix")))};
    QVERIFY(stream.openWriter());
    stream.openReader();
    QVERIFY(stream.read());
    const int warmUp = cycles / 2; // only then have the frames reached their full size
    Footprint before = {};
    for (int cycle = 0; cycle < cycles; ++cycle) {
        if (cycle == warmUp) {
            before = Footprint::now();
        }
        QVERIFY2(step(stream),
                 qPrintable(QStringLiteral("cycle %1: %2").arg(cycle).arg(stream.reader->violation())));
    }
    const Footprint after = Footprint::now();
    qInfo("files %lld and %lld, mappings %lld and %lld, resident %lld and %lld MB", qlonglong(before.files),
          qlonglong(after.files), qlonglong(before.mappings), qlonglong(after.mappings), before.megabytes,
          after.megabytes);
    QCOMPARE(after.files, before.files);
    QCOMPARE(after.mappings, before.mappings);
    QVERIFY(after.megabytes <= before.megabytes + slack);
}

int tst_livefootprint(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestLiveFootprint>(argc, argv);
}

#include "tst_livefootprint.moc"
