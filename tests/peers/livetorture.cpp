// Writers and readers of known frames (tests/live/knownframes.h) in processes of their own, which are killed.
// Prints what came of it, a line of figures at the end.
//
//   kill-writers ADDRESS KILLS SEED    two readers, and one writer after the other, each killed at a random
//                                      instant; one in four before anybody can have seen it. Prints the
//                                      milliseconds from a kill to the first frame of the next writer that
//                                      was not, and until both readers have a frame of it
//   kill-readers ADDRESS KILLS SEED    a writer and one reader that stay, and readers that are killed
//   flood ADDRESS FRAMES               a writer flat out and four readers
#include "common/channel/defaults.h"
#include "common/channel/livememory.h"
#include "common/channel/livepublisher.h"
#include "tests/live/checkingreader.h"
#include "tests/live/forkedprocess.h"
#include "tests/live/sharedwithforks.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QStringList>

#include <array>
#include <chrono>
#include <cstdio>
#include <list>
#include <random>
#include <thread>

namespace {

using namespace shmpix;
using namespace shmpix::test;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Sizes = KnownFrames::Sizes;

constexpr auto deadline = 20s; ///< for what must happen at all

void say(const QString& line)
{
    std::puts(line.toUtf8().constData());
    std::fflush(stdout);
}

qint64 milliseconds(Clock::duration duration)
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

/// What the processes of a run tell each other.
struct Board
{
    static constexpr int mostReaders = 4;

    std::array<FrameTally, mostReaders> readers;
    std::atomic<quint64> seenLife = 0;         ///< the writer that all readers have a frame of
    std::atomic<Clock::time_point> firstFrame; ///< when the newest writer published it
    std::atomic<quint64> written = 0;          ///< frames
    std::atomic<quint64> waits = 0; ///< how often the writer gave up the processor of its own accord
    std::atomic<quint64> work = 0;  ///< microseconds of a processor that it has used
    std::atomic<bool> stop = false;

    [[nodiscard]] quint64 sum(std::atomic<quint64> FrameTally::*count) const
    {
        quint64 all = 0;
        for (const FrameTally& reader : readers) {
            all += (reader.*count).load();
        }
        return all;
    }
};

int failed(const QString& text)
{
    say(QStringLiteral("error ") + text);
    return 1;
}

/// A reader process: checks frames until the board says stop.
int read(const SegmentAddress& address, KnownFrames frames, CheckingReader::Way way, FrameTally& tally,
         const Board& board)
{
    CheckingReader reader(readableMemory(address), frames, way, tally);
    while (!board.stop) {
        reader.readNext();
        if (!reader.violation().isEmpty()) {
            return failed(reader.violation());
        }
    }
    return 0;
}

CheckingReader::Way wayOf(int reader)
{
    return reader % 2 == 0 ? CheckingReader::Way::Copies : CheckingReader::Way::VisitsInPlace;
}

using Processes = std::list<ForkedProcess>;

/// Each has its place on the board.
Processes startReaders(int count, const SegmentAddress& address, KnownFrames frames, Board& board)
{
    Processes readers;
    for (int i = 0; i < count; ++i) {
        readers.emplace_back(
            [=, &board] { return read(address, frames, wayOf(i), board.readers[std::size_t(i)], board); });
    }
    return readers;
}

/// Waits until all of the board's first readers say so.
bool allReaders(const Board& board, int count, const std::function<bool(const FrameTally&)>& says)
{
    const auto end = Clock::now() + deadline;
    while (!std::all_of(board.readers.begin(), board.readers.begin() + count, says)) {
        if (Clock::now() > end || board.sum(&FrameTally::violations) > 0) {
            return false;
        }
        std::this_thread::sleep_for(200us);
    }
    return true;
}

/// A writer process. It makes 100 frames as fast as it can, then takes it easy until both readers have found
/// it: eight such runs share the machine.
int writeLife(const SegmentAddress& address, quint64 life, Board& board)
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

int killWriters(const SegmentAddress& address, quint64 kills, std::uint_fast32_t seed)
{
    constexpr int readerCount = 2;
    SharedWithForks<Board> board;
    Processes readers = startReaders(readerCount, address, KnownFrames(Sizes::Changing), *board);
    std::minstd_rand random(seed);
    QStringList takeovers;
    QStringList firstFrames;
    auto killed = Clock::now();
    quint64 life = 1;
    for (; life <= kills + 1; ++life) {
        ForkedProcess writer([&] { return writeLife(address, life, *board); });
        const bool dyingYoung = life <= kills && random() % 4 == 0;
        if (!dyingYoung) {
            if (!allReaders(*board, readerCount,
                            [&](const FrameTally& reader) { return reader.life == life; })) {
                return failed(QStringLiteral("no frame of writer %1").arg(life));
            }
            if (life > 1) {
                takeovers += QString::number(milliseconds(Clock::now() - killed));
                firstFrames += QString::number(milliseconds(board->firstFrame.load() - killed));
            }
            board->seenLife = life;
        }
        if (life > kills) {
            board->stop = true;
            if (writer.wait() != 0) {
                return failed(QStringLiteral("the last writer failed"));
            }
            break;
        }
        std::this_thread::sleep_for(std::chrono::microseconds(random() % (dyingYoung ? 3000 : 10000)));
        killed = Clock::now();
        if (!writer.kill()) {
            return failed(QStringLiteral("writer %1 ended by itself").arg(life));
        }
    }
    int wrong = 0;
    for (ForkedProcess& reader : readers) {
        wrong += reader.wait() == 0 ? 0 : 1;
    }
    say(QStringLiteral("takeovers ") + takeovers.join(QLatin1Char(' ')));
    say(QStringLiteral("first-frames ") + firstFrames.join(QLatin1Char(' ')));
    say(QStringLiteral("kills %1 frames %2 torn %3 violations %4 readers-failed %5")
            .arg(life - 1)
            .arg(board->sum(&FrameTally::frames))
            .arg(board->sum(&FrameTally::torn))
            .arg(board->sum(&FrameTally::violations))
            .arg(wrong));
    return 0;
}

/// What the writer has used, on the board.
void note(Board& board)
{
    rusage usage = {};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto microseconds = [](const timeval& time) {
        return quint64(time.tv_sec) * 1'000'000 + quint64(time.tv_usec);
    };
    board.work = microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
    board.waits = quint64(usage.ru_nvcsw);
}

/// A writer process flat out until the board says stop or so many frames are written; then it stays until
/// stop.
int writeFlatOut(const SegmentAddress& address, KnownFrames frames, quint64 count, Board& board)
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

/// What the writer has done and used until now.
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

Account accountOf(const ForkedProcess& writer, const Board& board)
{
    const QString process = QStringLiteral("/proc/%1/").arg(writer.pid());
    QFile maps(process + QStringLiteral("maps"));
    const bool isOpen = maps.open(QIODevice::ReadOnly);
    const quint64 files =
        QDir(process + QStringLiteral("fd")).entryList(QDir::AllEntries | QDir::System).size();
    return {board.written, board.work, board.waits, files, isOpen ? maps.readAll().count('\n') : 0};
}

/// The board's writer works for half a second of a processor.
bool letWork(const Board& board)
{
    const quint64 enough = board.work + 500'000;
    const auto end = Clock::now() + deadline;
    while (board.work < enough && Clock::now() < end) {
        std::this_thread::sleep_for(1ms);
    }
    return board.work >= enough;
}

int killReaders(const SegmentAddress& address, quint64 kills, std::uint_fast32_t seed)
{
    const KnownFrames frames(Sizes::Changing);
    SharedWithForks<Board> board;
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
        tally.life = 0; // whoever comes begins anew
        tally.number = 0;
        ForkedProcess reader([&] { return read(address, frames, wayOf(int(kill)), tally, *board); });
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
    SharedWithForks<Board> board;
    Processes readers = startReaders(Board::mostReaders, address, frames, *board);
    const auto start = Clock::now();
    ForkedProcess writer([&] { return writeFlatOut(address, frames, count, *board); });
    while (board->written < count && board->sum(&FrameTally::violations) == 0) {
        std::this_thread::sleep_for(1ms);
    }
    const auto duration = Clock::now() - start;
    const bool all = allReaders(*board, Board::mostReaders,
                                [&](const FrameTally& reader) { return reader.number == count; });
    board->stop = true;
    int wrong = writer.wait() == 0 ? 0 : 1;
    for (ForkedProcess& reader : readers) {
        wrong += reader.wait() == 0 ? 0 : 1;
    }
    for (const FrameTally& reader : board->readers) {
        say(QStringLiteral("reader frames %1 torn %2").arg(reader.frames.load()).arg(reader.torn.load()));
    }
    say(QStringLiteral("written %1 milliseconds %2 violations %3 all-have-the-last %4 failed %5")
            .arg(board->written.load())
            .arg(milliseconds(duration))
            .arg(board->sum(&FrameTally::violations))
            .arg(int(all))
            .arg(wrong));
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
