// Writes live frames through our own library while faults are injected. Each frame has the pattern of its
// number (tests/support/framepattern.h). Prints what it did.
//
//   die ADDRESS INSTRUCTIONS LAYOUT LAYOUT
//       Publishes a frame of the first layout, then begins, fills and publishes one of the second, and is
//       killed after this many machine instructions of that. Prints "killed", or "ended after N" if it
//       reached the end first
//   refuse ADDRESS LIMIT BYTES SMALL LARGE
//       Publishes a small frame, sets the limit ("none", "address-space" beyond what it has, "file-size"),
//       tries a large one, and publishes and reads small ones again. Prints "refused CODE TEXT", then "read
//       N"
//   crowd ADDRESS FILE FRAMES LAYOUT
//       Publishes this many frames, fills the file system with the file, and publishes and reads 20 more. If
//       one is refused, prints "refused CODE TEXT", looks for the previous one, removes the file, and goes
//       on. Prints "read N" for the previous one and for the last
//   look ADDRESS BYTES
//       Looks for frames with this much address space beyond what it has. Prints "state N CODE TEXT"
#include "common/channel/livememory.h"
#include "common/channel/livepublisher.h"
#include "common/live/framereader.h"
#include "tests/support/framepattern.h"

#include <QCoreApplication>
#include <QFile>
#include <QStringList>

#include <csignal>
#include <cstdio>
#include <optional>
#include <vector>

#include <fcntl.h>
#include <sched.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace shmpix;

void say(const QString& line)
{
    std::puts(line.toUtf8().constData());
    std::fflush(stdout);
}

int fail(const Error& error)
{
    say(QStringLiteral("error %1").arg(error.text));
    return 1;
}

Result<void> publish(FrameWriter& frames, const PixelLayout& layout, quint64 number)
{
    auto room = frames.begin(layout);
    if (!room) {
        return room.error();
    }
    fillFrame(*room, number);
    frames.publish({number, 0, QByteArray::number(number)});
    return {};
}

/// Whether a reader finds that frame, whole, as the newest.
bool isThere(const SegmentAddress& address, quint64 number)
{
    FrameReader reader(readableMemory(address));
    std::vector<std::byte> bytes;
    const bool isNew = reader.wait(std::chrono::steady_clock::now());
    const auto frame = isNew ? reader.copy(bytes) : Result<std::optional<FrameInfo>>(std::nullopt);
    return frame && *frame && (*frame)->entry.number == number && isFrame(bytes, number);
}

std::optional<std::vector<PixelLayout>> layoutsOf(const QStringList& words)
{
    std::vector<PixelLayout> layouts;
    for (const QString& word : words) {
        const auto layout = parseLayout(word);
        if (!layout) {
            return std::nullopt;
        }
        layouts.push_back(*layout);
    }
    return layouts;
}

/// Runs in the process that is killed. The publisher is never destroyed.
int live(const SegmentAddress& address, const std::vector<PixelLayout>& layouts)
{
    auto publisher = LivePublisher::make({address});
    if (!publisher || !publish((*publisher)->frames(), layouts[0], 1)) {
        ::_exit(1);
    }
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    ::raise(SIGSTOP);
    static_cast<void>(publish((*publisher)->frames(), layouts[1], 2));
    ::_exit(0);
}

/// Keeps this process and its children on one processor, where switching at each instruction is cheapest.
void stayOnOneProcessor()
{
    cpu_set_t here;
    CPU_ZERO(&here);
    CPU_SET(::sched_getcpu(), &here);
    ::sched_setaffinity(0, sizeof(here), &here);
}

int die(const SegmentAddress& address, qint64 instructions, const std::vector<PixelLayout>& layouts)
{
    stayOnOneProcessor();
    const pid_t child = ::fork();
    if (child == 0) {
        return live(address, layouts);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    for (qint64 i = 0; WIFSTOPPED(status); ++i) {
        if (i == instructions) {
            ::kill(child, SIGKILL);
            ::waitpid(child, &status, 0);
            say(QStringLiteral("killed"));
            return 0;
        }
        const int signal = WSTOPSIG(status); // one of our signals, or one that the child gets, such as SIGURG
        const long passedOn = signal == SIGTRAP || signal == SIGSTOP ? 0 : signal;
        ::ptrace(PTRACE_SINGLESTEP, child, nullptr, reinterpret_cast<void*>(passedOn)); // NOLINT
        ::waitpid(child, &status, 0);
        if (WIFEXITED(status)) {
            say(QStringLiteral("ended after %1").arg(i));
            return WEXITSTATUS(status);
        }
    }
    return 1;
}

bool limit(const QString& what, quint64 bytes)
{
    if (what == QLatin1StringView("file-size")) {
        const rlimit wanted = {bytes, bytes};
        return ::setrlimit(RLIMIT_FSIZE, &wanted) == 0;
    }
    if (what == QLatin1StringView("address-space")) {
        QFile file(QStringLiteral("/proc/self/statm"));
        const bool isOpen = file.open(QIODevice::ReadOnly);
        const quint64 now =
            file.readAll().split(' ').first().toULongLong() * quint64(::sysconf(_SC_PAGESIZE));
        const rlimit wanted = {now + bytes, now + bytes};
        return isOpen && ::setrlimit(RLIMIT_AS, &wanted) == 0;
    }
    return true;
}

int refuse(const SegmentAddress& address, const QString& what, quint64 bytes,
           const std::vector<PixelLayout>& layouts)
{
    auto publisher = LivePublisher::make({address});
    if (!publisher) {
        return fail(publisher.error());
    }
    FrameWriter& frames = (*publisher)->frames();
    if (auto first = publish(frames, layouts[0], 1); !first) {
        return fail(first.error());
    }
    if (!limit(what, bytes)) {
        return 2;
    }
    const auto refused = publish(frames, layouts[1], 2);
    say(refused ? QStringLiteral("taken")
                : QStringLiteral("refused %1 %2").arg(int(refused.error().code)).arg(refused.error().text));
    for (quint64 number = 1; number <= 5; ++number) {
        if (number > 1 && !publish(frames, layouts[0], number)) {
            return 3;
        }
        if (isThere(address, number)) {
            say(QStringLiteral("read %1").arg(number));
        }
    }
    return 0;
}

bool fill(const QString& fileName)
{
    QFile file(fileName);
    const QByteArray page(4096, 'x');
    qint64 taken = 0;
    if (!file.open(QIODevice::WriteOnly | QIODevice::Unbuffered)) {
        return false;
    }
    while (file.write(page) == page.size()) {
        taken += page.size();
    }
    say(QStringLiteral("taken %1").arg(taken));
    return true;
}

int crowd(const SegmentAddress& address, const QString& fileName, quint64 framesBefore,
          const PixelLayout& layout)
{
    auto publisher = LivePublisher::make({address});
    if (!publisher) {
        return fail(publisher.error());
    }
    FrameWriter& frames = (*publisher)->frames();
    for (quint64 number = 1; number <= framesBefore; ++number) {
        if (auto published = publish(frames, layout, number); !published) {
            return fail(published.error());
        }
    }
    if (!fill(fileName)) {
        return 2;
    }
    const quint64 last = framesBefore + 20;
    for (quint64 number = framesBefore + 1; number <= last; ++number) {
        auto published = publish(frames, layout, number);
        if (!published) {
            say(QStringLiteral("refused %1 %2").arg(int(published.error().code)).arg(published.error().text));
            if (!isThere(address, number - 1) || !QFile::remove(fileName)) {
                return 3;
            }
            say(QStringLiteral("read %1").arg(number - 1));
            published = publish(frames, layout, number);
        }
        if (!published || !isThere(address, number)) {
            return 3;
        }
    }
    say(QStringLiteral("read %1").arg(last));
    return 0;
}

int look(const SegmentAddress& address, quint64 bytes)
{
    FrameReader reader(readableMemory(address));
    if (!limit(QStringLiteral("address-space"), bytes)) {
        return 2;
    }
    const bool isNew = reader.wait(std::chrono::steady_clock::now());
    std::vector<std::byte> out;
    const auto frame = isNew ? reader.copy(out) : Result<std::optional<FrameInfo>>(std::nullopt);
    const Error error = frame ? reader.reason() : frame.error();
    say(QStringLiteral("state %1 %2 %3").arg(int(reader.state())).arg(int(error.code)).arg(error.text));
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    const QStringList words = QCoreApplication::arguments().mid(1);
    const QString verb = words.value(0);
    const auto address = SegmentAddress::parse(words.value(1));
    const bool dies = verb == QLatin1StringView("die");
    const bool crowds = verb == QLatin1StringView("crowd");
    const auto layouts = layoutsOf(words.mid(crowds || verb == QLatin1StringView("refuse") ? 4 : 3));
    if (!address || !layouts) {
        return 2;
    }
    if (dies && layouts->size() == 2) {
        return die(*address, words.value(2).toLongLong(), *layouts);
    }
    if (verb == QLatin1StringView("refuse") && layouts->size() == 2) {
        return refuse(*address, words.value(2), words.value(3).toULongLong(), *layouts);
    }
    if (crowds && layouts->size() == 1) {
        return crowd(*address, words.value(2), words.value(3).toULongLong(), layouts->front());
    }
    return verb == QLatin1StringView("look") ? look(*address, words.value(2).toULongLong()) : 2;
}
