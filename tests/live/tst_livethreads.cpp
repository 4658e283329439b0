#include "common/live/ringaccess.h"
#include "tests/live/checkingreader.h"
#include "tests/live/ringplace.h"
#include "tests/support/framepattern.h"

#include <QTest>

#include <thread>
#include <vector>

using namespace shmpix;
using namespace shmpix::test;

/// A writer and four readers as threads of one process, over plain memory: what a race detector can look into
/// (`./dev soak` builds this program with the thread sanitiser).
class LiveThreadsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void noFrameIsTorn_data();
    void noFrameIsTorn();
};

namespace {

constexpr int readers = 4;
#if defined(__SANITIZE_THREAD__)
constexpr quint64 frames = 20'000;
#else
constexpr quint64 frames = 200'000;
#endif

/// The detector has to be told that these bytes are read at the same time.
void fillShared(std::span<std::byte> bytes, quint64 seed)
{
    static thread_local std::vector<std::byte> frame;
    frame.resize(bytes.size());
    fillFrame(frame, seed);
    copyShared(frame, bytes.data());
}

} // namespace

void LiveThreadsTest::noFrameIsTorn_data()
{
    QTest::addColumn<KnownFrames::Sizes>("sizes");
    QTest::newRow("C4_flat_out") << KnownFrames::Sizes::Small;
    QTest::newRow("B7_sizes_change_and_the_stream_moves") << KnownFrames::Sizes::Changing;
}

void LiveThreadsTest::noFrameIsTorn()
{
    QFETCH(KnownFrames::Sizes, sizes);
    const KnownFrames known(sizes);
    RingPlace memory;
    std::array<FrameTally, readers> tallies;
    std::array<QString, readers> violations;
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < readers; ++i) {
        threads.emplace_back([&, i](const std::stop_token& stop) {
            CheckingReader reader(memory.reader(), known, CheckingReader::Way::Copies, tallies[i]);
            while (!stop.stop_requested() && tallies[i].number < frames) {
                reader.readNext();
            }
            violations[i] = reader.violation();
        });
    }
    FrameWriter writer(memory.writer());
    for (quint64 number = 1; number <= frames; ++number) {
        const auto written = known.write(writer, 1, number, fillShared);
        QVERIFY2(written, written ? "" : qPrintable(written.error().text));
    }
    for (const FrameTally& tally : tallies) {
        QTRY_COMPARE_WITH_TIMEOUT(tally.number.load(), frames, 20000);
    }
    threads.clear();
    for (std::size_t i = 0; i < readers; ++i) {
        QVERIFY2(violations[i].isEmpty(), qPrintable(violations[i]));
        QVERIFY(tallies[i].frames > 1);
        qInfo("reader %zu: %llu frames, %llu torn and read again", i, qulonglong(tallies[i].frames),
              qulonglong(tallies[i].torn));
    }
}

QTEST_GUILESS_MAIN(LiveThreadsTest)
#include "tst_livethreads.moc"
