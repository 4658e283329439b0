// Writes or reads live frames through our own library, in a process that tests can stop and kill. Each frame
// has the pattern of its number (tests/support/framepattern.h). Prints what it did.
//
//   write ADDRESS FPS LAYOUT...
//       Writes frames of these layouts in turn, until a line comes; FPS 0: flat out. Prints "writing" with
//       the first frame, and any change of its segment
//   read ADDRESS COUNT SECONDS
//       Prints "frame SERIAL NUMBER LAYOUT" for each frame, then "done" and the statistics; "violation" for a
//       frame without the pattern of its number; "state N" when the stream's state changes
#include "common/app/defaults.h"
#include "common/channel/livememory.h"
#include "common/channel/livepublisher.h"
#include "common/live/framereader.h"
#include "tests/support/framepattern.h"

#include <QCoreApplication>
#include <QStringList>

#include <chrono>
#include <cstdio>
#include <thread>

#include <poll.h>
#include <unistd.h>

namespace {

using namespace shmpix;
using Clock = std::chrono::steady_clock;

void say(const QString& line)
{
    std::puts(line.toUtf8().constData());
    std::fflush(stdout);
}

int fail(const Error& error)
{
    say(QStringLiteral("error %1").arg(error.text));
    return exitCode(error.code);
}

bool lineCame()
{
    pollfd input = {STDIN_FILENO, POLLIN, 0};
    return ::poll(&input, 1, 0) > 0;
}

int write(const SegmentAddress& address, double fps, const QStringList& layouts)
{
    std::vector<PixelLayout> turn;
    for (const QString& text : layouts) {
        auto layout = parseLayout(text);
        if (!layout) {
            return fail(layout.error());
        }
        turn.push_back(*layout);
    }
    auto publisher = LivePublisher::make({address});
    if (!publisher) {
        return fail(publisher.error());
    }
    FrameWriter& frames = (*publisher)->frames();
    auto next = Clock::now();
    auto look = next + presenceInterval;
    for (quint64 number = 1; !lineCame(); ++number) {
        auto room = frames.begin(turn[number % turn.size()]);
        if (!room) {
            return fail(room.error());
        }
        fillFrame(*room, number);
        frames.publish({number, 0, QByteArray::number(number)});
        if (number == 1) {
            say(QStringLiteral("writing"));
        }
        if (Clock::now() > look) {
            look += presenceInterval;
            if (const auto happened = (*publisher)->lookAfter()) {
                say(*happened ? **happened : happened->error().text);
            }
        }
        if (fps > 0) {
            next += std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(1 / fps));
            std::this_thread::sleep_until(next);
        }
    }
    return 0;
}

int read(const SegmentAddress& address, quint64 count, double seconds)
{
    FrameReader frames(readableMemory(address));
    const auto deadline =
        Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    std::vector<std::byte> bytes;
    auto state = frames.state();
    bool isClean = true;
    while (frames.statistics().frames < count && Clock::now() < deadline) {
        const bool isNew = frames.wait(deadline);
        if (frames.state() != state) {
            state = frames.state();
            say(QStringLiteral("state %1").arg(int(state)));
        }
        const auto frame = isNew ? frames.copy(bytes) : Result<std::optional<FrameInfo>>(std::nullopt);
        if (!frame) {
            say(QStringLiteral("dropped: %1").arg(frame.error().text));
        } else if (*frame) {
            const SlotEntry& entry = (*frame)->entry;
            const bool isWhole =
                isFrame(bytes, entry.number) && entry.metadata == QByteArray::number(entry.number);
            isClean &= isWhole;
            say(QStringLiteral("%1 %2 %3 %4")
                    .arg(isWhole ? QStringLiteral("frame") : QStringLiteral("violation"))
                    .arg((*frame)->serial)
                    .arg(entry.number)
                    .arg(layoutText(entry.layout)));
        }
    }
    const FrameStatistics& counts = frames.statistics();
    say(QStringLiteral("done frames %1 missed %2 torn %3 duplicates %4 damaged %5 sessions %6")
            .arg(counts.frames)
            .arg(counts.missed)
            .arg(counts.torn)
            .arg(counts.duplicates)
            .arg(counts.damaged)
            .arg(counts.sessions));
    return isClean && counts.frames >= count ? 0 : 1;
}

} // namespace

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    const QStringList words = QCoreApplication::arguments().mid(1);
    auto address = SegmentAddress::parse(words.value(1));
    if (!address) {
        return fail(address.error());
    }
    if (words.value(0) == QLatin1StringView("write")) {
        return write(*address, words.value(2).toDouble(), words.mid(3));
    }
    return read(*address, words.value(2).toULongLong(), words.value(3).toDouble());
}
