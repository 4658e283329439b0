// Shares and loads pictures through our own library, in a process that tests can kill. Prints what it did.
//
//   share ADDRESS PROTOCOL FILE           shares until a line comes; "keep" leaves it there at the next line
//   alternate ADDRESS PROTOCOL FILE...    shares them in turn, flat out, until killed or a line comes
//   crash ADDRESS PROTOCOL A B STEP       shares A, then B, and kills itself at the step: first- or second-,
//                                         followed by reserved, half, filled or published
//   crash-at-call ADDRESS PROTOCOL A B N  shares A, then B, stops; is killed before its Nth system call
//   reserve ADDRESS BYTES...              reserves segments of these sizes in sequence; until a line comes
//   load ADDRESS FILE                     loads and saves as PNG
//   diagnose ADDRESS                      explains why it cannot be loaded
//   as UID VERB ...                       runs any of these as another user
#include "common/channel/loadpicture.h"
#include "common/channel/publisher.h"
#include "common/doctor/segmentdiagnosis.h"

#include <QCoreApplication>
#include <QFile>
#include <QStringList>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <utility>
#include <vector>

#include <grp.h>
#include <poll.h>
#include <sys/ptrace.h>
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
    constexpr std::array names = {"Usage",   "NotFound", "NotPermitted", "NotOurs",  "InUse",
                                  "BadData", "NoSpace",  "TimedOut",     "LockHeld", "System"};
    say(QStringLiteral("error %1: %2")
            .arg(QLatin1String(names.at(static_cast<std::size_t>(error.code))), error.text));
    return 1;
}

/// Most verbs begin with these words: ADDRESS PROTOCOL FILE...
struct Work
{
    SegmentAddress address;
    ProtocolId protocol;
    std::vector<QImage> images;
};

Result<QImage> imageOf(const QString& file)
{
    const QImage image(file);
    return image.isNull() ? Result<QImage>(Error{ErrorCode::NotFound, file}) : image;
}

Result<Work> parseWork(const QStringList& words, qsizetype files)
{
    if (words.size() < 2 + files) {
        return Error{ErrorCode::Usage, words.join(QLatin1Char(' '))};
    }
    const auto address = SegmentAddress::parse(words[0]);
    if (!address) {
        return address.error();
    }
    const auto protocol = parseProtocol(words[1]);
    if (!protocol) {
        return protocol.error();
    }
    Work work{*address, *protocol, {}};
    for (const QString& file : words.mid(2, files)) {
        auto image = imageOf(file);
        if (!image) {
            return image.error();
        }
        work.images.push_back(*image);
    }
    return work;
}

int share(const QStringList& words)
{
    const auto work = parseWork(words, 1);
    if (!work) {
        return fail(work.error());
    }
    Publisher publisher;
    const auto shared = publisher.share({work->images[0], work->address, work->protocol});
    if (!shared) {
        return fail(shared.error());
    }
    say(QStringLiteral("shared %1").arg(shared->bytes));
    QFile input;
    if (!input.open(stdin, QIODevice::ReadOnly)) {
        return 2;
    }
    if (input.readLine().trimmed() == "keep") {
        publisher.keep();
        say(QStringLiteral("keeping"));
        input.readLine();
    }
    return 0;
}

bool inputEnded()
{
    pollfd input = {STDIN_FILENO, POLLIN, 0};
    return ::poll(&input, 1, 0) > 0;
}

int alternate(const QStringList& words)
{
    const auto work = parseWork(words, words.size() - 2);
    if (!work) {
        return fail(work.error());
    }
    say(QStringLiteral("starting"));
    Publisher publisher;
    qint64 shares = 0;
    do {
        for (const QImage& image : work->images) {
            const auto shared = publisher.share({image, work->address, work->protocol});
            if (!shared) {
                return fail(shared.error());
            }
            if (++shares == 2) {
                say(QStringLiteral("alternating"));
            }
        }
    } while (!inputEnded());
    say(QStringLiteral("shares %1").arg(shares));
    return 0;
}

/// Performs the steps of Publisher::share(), and kills the process at one of them.
int shareInSteps(SegmentWriter& writer, const Work& work, const QImage& image, const QString& turn,
                 const QString& step)
{
    const auto reached = [&](const char* name) {
        if (step == turn + QLatin1String(name)) {
            say(QStringLiteral("at ") + step);
            ::raise(SIGKILL);
        }
    };
    const auto encoding = codecFor(work.protocol).encode(image, {});
    if (!encoding) {
        return fail(encoding.error());
    }
    std::vector<std::byte> bytes(static_cast<std::size_t>(encoding->bytes));
    encoding->write(bytes);
    const auto room = writer.reserve(encoding->bytes);
    if (!room) {
        return fail(room.error());
    }
    reached("-reserved");
    const std::size_t half = bytes.size() / 2;
    std::memcpy(room->data(), bytes.data(), half);
    reached("-half");
    std::memcpy(room->data() + half, bytes.data() + half, bytes.size() - half);
    reached("-filled");
    if (const auto published = writer.publish(); !published) {
        return fail(published.error());
    }
    reached("-published");
    return 0;
}

int crash(const QStringList& words)
{
    const auto work = parseWork(words, 2);
    if (!work) {
        return fail(work.error());
    }
    const auto writer = makeSegmentWriter(work->address);
    if (!writer) {
        return fail(writer.error());
    }
    const QString step = words.value(4);
    const int failed = shareInSteps(**writer, *work, work->images[0], QStringLiteral("first"), step);
    return failed != 0 ? failed
                       : shareInSteps(**writer, *work, work->images[1], QStringLiteral("second"), step);
}

int shareTwice(const Work& work)
{
    Publisher publisher;
    const bool first = publisher.share({work.images[0], work.address, work.protocol}).has_value();
    const bool second = publisher.share({work.images[1], work.address, work.protocol}).has_value();
    return first && second ? 0 : 1;
}

/// Forks. The parent counts the system calls of its child and kills it before the Nth.
int crashAtCall(const QStringList& words)
{
    const auto work = parseWork(words, 2);
    if (!work) {
        return fail(work.error());
    }
    const pid_t child = ::fork();
    if (child == 0) {
        ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
        ::raise(SIGSTOP); // the parent counts from here
        ::_exit(shareTwice(*work));
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    const int last = words.value(4).toInt();
    for (int stops = 0; WIFSTOPPED(status) && stops < 2 * last - 1;
         ++stops) { // a call causes one stop before it and one after it
        ::ptrace(PTRACE_SYSCALL, child, nullptr, nullptr);
        ::waitpid(child, &status, 0);
    }
    if (!WIFSTOPPED(status)) {
        say(QStringLiteral("ended %1 %2").arg(WIFEXITED(status) ? WEXITSTATUS(status) : -1).arg(child));
        return 0;
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    say(QStringLiteral("killed %1").arg(child));
    return 0;
}

int reserve(const QStringList& words)
{
    const auto address = SegmentAddress::parse(words.value(0));
    if (!address) {
        return fail(address.error());
    }
    const auto writer = makeSegmentWriter(*address);
    if (!writer) {
        return fail(writer.error());
    }
    for (const QString& size : words.mid(1)) {
        const auto room = (*writer)->reserve(size.toLongLong());
        if (!room) {
            fail(room.error());
            continue;
        }
        std::fill(room->begin(), room->end(), std::byte{0x5a});
        if (const auto published = (*writer)->publish(); !published) {
            fail(published.error());
            continue;
        }
        say(QStringLiteral("reserved ") + size);
    }
    say(QStringLiteral("done"));
    std::getchar();
    return 0;
}

int load(const QStringList& words)
{
    const auto address = SegmentAddress::parse(words.value(0));
    if (!address) {
        return fail(address.error());
    }
    const auto picture = loadPicture({*address, {}, {}, {}});
    if (!picture) {
        return fail(picture.error());
    }
    if (!picture->image.save(words.value(1), "png")) {
        return fail({ErrorCode::NotPermitted, words.value(1)});
    }
    say(QStringLiteral("loaded %1x%2").arg(picture->image.width()).arg(picture->image.height()));
    return 0;
}

int diagnose(const QStringList& words)
{
    const auto address = SegmentAddress::parse(words.value(0));
    if (!address) {
        return fail(address.error());
    }
    const auto picture = loadPicture({*address, {}, {}, {}});
    const auto found = picture ? std::nullopt : shmpix::diagnose(words[0], picture.error());
    say(found ? found->text() : QStringLiteral("nothing to say"));
    return 0;
}

int run(const QString& verb, const QStringList& words)
{
    const std::pair<const char*, int (*)(const QStringList&)> verbs[] = {
        {"share", share},     {"alternate", alternate}, {"crash", crash},      {"crash-at-call", crashAtCall},
        {"reserve", reserve}, {"load", load},           {"diagnose", diagnose}};
    for (const auto& [name, function] : verbs) {
        if (verb == QLatin1String(name)) {
            return function(words);
        }
    }
    if (verb == QLatin1String("as") && words.size() > 1) {
        const uid_t user = words[0].toUInt();
        if (::setgroups(0, nullptr) != 0 || ::setgid(user) != 0 || ::setuid(user) != 0) {
            return fail({ErrorCode::NotPermitted, QStringLiteral("setuid")});
        }
        return run(words[1], words.mid(2));
    }
    return fail({ErrorCode::Usage, verb});
}

} // namespace

int main(int argc, char* argv[])
{
    const QCoreApplication application(argc, argv);
    const QStringList words = QCoreApplication::arguments();
    return run(words.value(1), words.mid(2));
}
