// Writers and readers of known frames (tests/live/knownframes.h) in separate processes, which are killed.
// Prints the results, with a line of figures at the end.
//
//   kill-writers ADDRESS KILLS SEED    two readers, and one writer after another, each killed at a random
//                                      moment; one in four before anybody can have seen it. Prints the
//                                      milliseconds from a kill to the first frame of the next writer that
//                                      lives longer, and until both readers have one of its frames
//   kill-readers ADDRESS KILLS SEED    a writer and one reader that stay, and readers that are killed
//   flood ADDRESS FRAMES               a writer flat out and four readers
#include "common/app/defaults.h"
#include "common/channel/livememory.h"
#include "common/channel/livepublisher.h"
#include "tests/live/readercrowd.h"
#include "tests/live/sharedwithforks.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QStringList>

#include <chrono>
#include <cstdio>
#include <random>
#include <thread>

namespace {

using namespace shmpix;
using namespace shmpix::test;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Sizes = KnownFrames::Sizes;

void say(const QString& line)
{
    std::puts(line.toUtf8().constData());
    std::fflush(stdout);
}

qint64 milliseconds(Clock::duration duration)
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

int failed(const QString& text)
{
    say(QStringLiteral("error ") + text);
    return 1;
}

/// A writer process. It makes 100 frames as fast as it can, then slows down until both readers have found it,
/// because many such runs share the machine.
int writeLife(const SegmentAddress& address, quint64 life, CrowdBoard& board)
{
    auto publisher = LivePublisher::make({address});
    if (!publisher) {
        return failed(publisher.error().text);
    }
    const KnownFrames frames(Sizes::Changing);
    for (quint64 number = 1; !board.stop; ++number) {
        const auto written = frames.write((*publisher)->frames(), life, number);
        if (!written) {
            return failed(written.error().text);
        }
        if (number == 1) {
            board.firstFrame = Clock::now();
        }
        if (number > 100 && board.seenLife < life) {
            std::this_thread::sleep_for(1ms);
        }
    }
    return 0;
}

/// The times from each kill to the events after it, in milliseconds.
struct Takeovers
{
    QStringList firstFrames; ///< of the next writer, if it lived for long enough
    QStringList seen;        ///< until all readers had a frame of the next writer

    void add(Clock::time_point killed, const CrowdBoard& board)
    {
        firstFrames += QString::number(milliseconds(board.firstFrame.load() - killed));
        seen += QString::number(milliseconds(Clock::now() - killed));
    }
};

/// Starts and kills one writer after another, and lets the last one live until the board says stop. Returns
/// whether everything went as it should.
bool killWritersInTurn(const SegmentAddress& address, quint64 kills, std::uint_fast32_t seed, int readers,
                       CrowdBoard& board, Takeovers& takeovers)
{
    std::minstd_rand random(seed);
    auto killed = Clock::now();
    for (quint64 life = 1;; ++life) {
        ForkedProcess writer([&] { return writeLife(address, life, board); });
        const bool isLast = life > kills;
        const bool isDyingYoung = !isLast && random() % 4 == 0;
        if (!isDyingYoung) {
            if (!allReaders(board, readers,
                            [life](const FrameTally& reader) { return reader.life == life; })) {
                return failed(QStringLiteral("no frame of writer %1").arg(life)) == 0;
            }
            if (life > 1) {
                takeovers.add(killed, board);
            }
            board.seenLife = life;
        }
        if (isLast) {
            board.stop = true;
            return writer.wait() == 0;
        }
        std::this_thread::sleep_for(std::chrono::microseconds(random() % (isDyingYoung ? 3000 : 10000)));
        killed = Clock::now();
        if (!writer.kill()) {
            return failed(QStringLiteral("writer %1 ended by itself").arg(life)) == 0;
        }
    }
}

int killWriters(const SegmentAddress& address, quint64 kills, std::uint_fast32_t seed)
{
    constexpr int readerCount = 2;
    SharedWithForks<CrowdBoard> board;
    Processes readers = startReaders(readerCount, address, KnownFrames(Sizes::Changing), *board);
    Takeovers takeovers;
    if (!killWritersInTurn(address, kills, seed, readerCount, *board, takeovers)) {
        return 1;
    }
    const int failures = failuresOf(readers);
    say(QStringLiteral("takeovers ") + takeovers.seen.join(QLatin1Char(' ')));
    say(QStringLiteral("first-frames ") + takeovers.firstFrames.join(QLatin1Char(' ')));
    say(QStringLiteral("kills %1 frames %2 torn %3 violations %4 readers-failed %5")
            .arg(kills)
            .arg(board->sum(&FrameTally::frames))
            .arg(board->sum(&FrameTally::torn))
            .arg(board->sum(&FrameTally::violations))
            .arg(failures));
    return 0;
}

/// Notes on the board what the writer has used.
void note(CrowdBoard& board)
{
    rusage usage = {};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto microseconds = [](const timeval& time) {
        return quint64(time.tv_sec) * 1'000'000 + quint64(time.tv_usec);
    };
    board.work = microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
    board.waits = quint64(usage.ru_nvcsw);
}

/// A writer process that runs flat out until the board says stop or the count is reached; then it waits for
/// stop.
int writeFlatOut(const SegmentAddress& address, KnownFrames frames, quint64 count, CrowdBoard& board)
{
    auto publisher = LivePublisher::make({address});
    if (!publisher) {
        return failed(publisher.error().text);
    }
    auto look = Clock::now() + presenceInterval;
    for (quint64 number = 1; number <= count && !board.stop; ++number) {
        const auto written = frames.write((*publisher)->frames(), 1, number);
        if (!written) {
            return failed(written.error().text);
        }
        board.written = number;
        if (number % 64 != 0) {
            continue;
        }
        note(board);
        if (Clock::now() > look) {
            look += presenceInterval;
            if (const auto happened = (*publisher)->lookAfter()) {
                return failed(*happened ? **happened : happened->error().text);
            }
        }
    }
    while (!board.stop) {
        std::this_thread::sleep_for(1ms);
    }
    return 0;
}

/// The writer's work and processor time so far.
struct Account
{
    quint64 frames;
    quint64 work;
    quint64 waits;
    quint64 files;
    qsizetype mappings;

    [[nodiscard]] quint64 framesPerSecondSince(const Account& before) const
    {
        return (frames - before.frames) * 1'000'000 / std::max<quint64>(1, work - before.work);
    }
};

Account accountOf(const ForkedProcess& writer, const CrowdBoard& board)
{
    const QString process = QStringLiteral("/proc/%1/").arg(writer.pid());
    QFile maps(process + QStringLiteral("maps"));
    const bool isOpen = maps.open(QIODevice::ReadOnly);
    const quint64 files =
        QDir(process + QStringLiteral("fd")).entryList(QDir::AllEntries | QDir::System).size();
    return {board.written, board.work, board.waits, files, isOpen ? maps.readAll().count('\n') : 0};
}

/// Lets the board's writer use half a second of processor time.
bool letWork(const CrowdBoard& board)
{
    const quint64 enough = board.work + 500'000;
    const auto end = Clock::now() + crowdDeadline;
    while (board.work < enough && Clock::now() < end) {
        std::this_thread::sleep_for(1ms);
    }
    return board.work >= enough;
}

int killReaders(const SegmentAddress& address, quint64 kills, std::uint_fast32_t seed)
{
    const KnownFrames frames(Sizes::Changing);
    SharedWithForks<CrowdBoard> board;
    ForkedProcess writer([&] { return writeFlatOut(address, frames, ~quint64(0), *board); });
    Processes witness = startReaders(1, address, frames, *board);
    if (!allReaders(*board, 1, [](const FrameTally& reader) { return reader.frames > 1000; })) {
        return failed(QStringLiteral("no frames"));
    }
    const Account first = accountOf(writer, *board);
    if (!letWork(*board)) {
        return failed(QStringLiteral("the writer does not work"));
    }
    const Account before = accountOf(writer, *board);
    std::minstd_rand random(seed);
    for (quint64 kill = 0; kill < kills; ++kill) {
        FrameTally& tally = board->readers[1];
        tally.life = 0; // the next reader begins anew
        tally.number = 0;
        ForkedProcess reader([&] { return readAsOneOfCrowd(address, frames, int(kill), tally, *board); });
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 10000));
        if (!reader.kill()) {
            return failed(QStringLiteral("reader %1 ended by itself").arg(kill));
        }
    }
    const Account after = accountOf(writer, *board);
    board->stop = true;
    const int writerCode = writer.wait();
    const int witnessCode = witness.front().wait();
    say(QStringLiteral("kills %1 written %2 per-second %3 per-second-before %4 waits %5")
            .arg(kills)
            .arg(after.frames - before.frames)
            .arg(after.framesPerSecondSince(before))
            .arg(before.framesPerSecondSince(first))
            .arg(after.waits - before.waits));
    say(QStringLiteral("files %1 files-before %2 mappings %3 mappings-before %4")
            .arg(after.files)
            .arg(before.files)
            .arg(after.mappings)
            .arg(before.mappings));
    say(QStringLiteral("read-before-death %1 violations %2 sessions %3 writer %4 witness %5")
            .arg(board->readers[1].frames.load())
            .arg(board->sum(&FrameTally::violations))
            .arg(board->readers[0].sessions.load())
            .arg(writerCode)
            .arg(witnessCode));
    return 0;
}

int flood(const SegmentAddress& address, quint64 count)
{
    const KnownFrames frames(Sizes::Small);
    SharedWithForks<CrowdBoard> board;
    Processes readers = startReaders(CrowdBoard::mostReaders, address, frames, *board);
    const auto start = Clock::now();
    ForkedProcess writer([&] { return writeFlatOut(address, frames, count, *board); });
    while (board->written < count && board->sum(&FrameTally::violations) == 0) {
        std::this_thread::sleep_for(1ms);
    }
    const auto duration = Clock::now() - start;
    const bool all = allReaders(*board, CrowdBoard::mostReaders,
                                [&](const FrameTally& reader) { return reader.number == count; });
    board->stop = true;
    const int failures = failuresOf(readers) + (writer.wait() == 0 ? 0 : 1);
    for (const FrameTally& reader : board->readers) {
        say(QStringLiteral("reader frames %1 torn %2").arg(reader.frames.load()).arg(reader.torn.load()));
    }
    say(QStringLiteral("written %1 milliseconds %2 violations %3 all-have-the-last %4 failed %5")
            .arg(board->written.load())
            .arg(milliseconds(duration))
            .arg(board->sum(&FrameTally::violations))
            .arg(int(all))
            .arg(failures));
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    const QStringList words = QCoreApplication::arguments();
    const auto address = SegmentAddress::parse(words.value(2));
    if (!address) {
        return failed(address.error().text);
    }
    const QString verb = words.value(1);
    const quint64 count = words.value(3).toULongLong();
    const auto seed = std::uint_fast32_t(words.value(4).toUInt());
    if (verb == QLatin1String("kill-writers")) {
        return killWriters(*address, count, seed);
    }
    return verb == QLatin1String("kill-readers") ? killReaders(*address, count, seed)
                                                 : flood(*address, count);
}
