// A stock Qt program, which uses QSharedMemory and QDataStream as usual, and nothing from Shmpix.
//
// stockqt KEY reads a verb per line from standard input, and answers each with a line "VERB RESULT":
//   share-image FILE, share-pixmap FILE       detach, create(), lock, memcpy, unlock
//   write-image FILE                          while attached: lock, memcpy, unlock
//   receive-image FILE, receive-pixmap FILE   attach, lock, copy, unlock, detach; saves the picture
//   read-image FILE                           the same while attached, without attach and detach
//   attach, detach, lock, unlock
// It ends, and so detaches, at the end of standard input or with the line "end".
//
// KEY is a key for setKey(); systemv:/FILE is a native key, and from Qt 6.6 on posix:/NAME too.
//
// stockqt --kill-at N KEY does the same, and kills itself before its Nth system call after the verb "count".
// The exit code is then 9.
#include <QBuffer>
#include <QDataStream>
#include <QFile>
#include <QGuiApplication>
#include <QImage>
#include <QPixmap>
#include <QSharedMemory>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

std::unique_ptr<QSharedMemory> memoryOf(const QString& key)
{
#if QT_VERSION >= QT_VERSION_CHECK(6, 6, 0)
    using Type = QNativeIpcKey::Type;
    if (key.startsWith(QLatin1String("posix:"))) {
        return std::make_unique<QSharedMemory>(QNativeIpcKey(key.mid(6), Type::PosixRealtime));
    }
    if (key.startsWith(QLatin1String("systemv:"))) {
        return std::make_unique<QSharedMemory>(QNativeIpcKey(key.mid(8), Type::SystemV));
    }
#else
    if (key.startsWith(QLatin1String("systemv:"))) {
        auto memory = std::make_unique<QSharedMemory>();
        memory->setNativeKey(key.mid(8));
        return memory;
    }
#endif
    return std::make_unique<QSharedMemory>(key);
}

QString sizeText(const QSize& size)
{
    return QStringLiteral("%1x%2").arg(size.width()).arg(size.height());
}

QString failed(const QSharedMemory& memory)
{
    return QStringLiteral("failed: ") + memory.errorString();
}

/// The bytes that such a program shares for the picture; empty if the file has none.
template <class Picture>
QByteArray streamed(const QString& file)
{
    Picture picture;
    QBuffer buffer;
    if (picture.load(file)) {
        buffer.open(QBuffer::ReadWrite);
        QDataStream out(&buffer);
        out << picture;
    }
    return buffer.data();
}

/// Overwrites the content of the segment.
QString write(QSharedMemory& memory, const QByteArray& bytes)
{
    memory.lock();
    std::memcpy(memory.data(), bytes.constData(),
                static_cast<size_t>(qMin<qint64>(memory.size(), bytes.size())));
    memory.unlock();
    return QString::number(bytes.size());
}

template <class Picture>
QString share(QSharedMemory& memory, const QString& file)
{
    if (memory.isAttached() && !memory.detach()) {
        return failed(memory);
    }
    const QByteArray bytes = streamed<Picture>(file);
    return memory.create(bytes.size()) ? write(memory, bytes) : failed(memory);
}

template <class Picture>
QString read(QSharedMemory& memory, const QString& file)
{
    QBuffer buffer;
    QDataStream in(&buffer);
    Picture picture;
    const bool locked = memory.lock();
    if (!locked && !memory.key().isEmpty()) { // before Qt 6.6 there is no lock with a native key
        return failed(memory);
    }
    buffer.setData(static_cast<const char*>(memory.constData()), static_cast<int>(memory.size()));
    buffer.open(QBuffer::ReadOnly);
    in >> picture;
    if (locked) {
        memory.unlock();
    }
    if (picture.isNull() || !picture.save(file, "png")) {
        return QStringLiteral("failed: no picture in %1 bytes").arg(memory.size());
    }
    return sizeText(picture.size());
}

template <class Picture>
QString receive(QSharedMemory& memory, const QString& file)
{
    if (!memory.attach()) {
        return failed(memory);
    }
    const QString result = read<Picture>(memory, file);
    memory.detach();
    return result;
}

QString run(QSharedMemory& memory, const QString& verb, const QString& file)
{
    if (verb == QLatin1String("share-image")) {
        return share<QImage>(memory, file);
    }
    if (verb == QLatin1String("share-pixmap")) {
        return share<QPixmap>(memory, file);
    }
    if (verb == QLatin1String("write-image")) {
        return write(memory, streamed<QImage>(file));
    }
    if (verb == QLatin1String("receive-image")) {
        return receive<QImage>(memory, file);
    }
    if (verb == QLatin1String("receive-pixmap")) {
        return receive<QPixmap>(memory, file);
    }
    if (verb == QLatin1String("read-image")) {
        return read<QImage>(memory, file);
    }
    if (verb == QLatin1String("attach")) {
        return memory.attach() ? QString::number(memory.size()) : failed(memory);
    }
    if (verb == QLatin1String("detach")) {
        return memory.detach() ? QStringLiteral("done") : failed(memory);
    }
    if (verb == QLatin1String("lock")) {
        return memory.lock() ? QStringLiteral("done") : failed(memory);
    }
    if (verb == QLatin1String("unlock")) {
        return memory.unlock() ? QStringLiteral("done") : failed(memory);
    }
    if (verb == QLatin1String("count")) {
        return std::raise(SIGSTOP) == 0 ? QStringLiteral("done")
                                        : QStringLiteral("failed"); // see killAtCall()
    }
    return QStringLiteral("unknown");
}

/// Lets the process run to its next stop. Returns false if it has ended; `status` says how.
bool runToStop(pid_t child, int& status, decltype(PTRACE_CONT) how)
{
    ::ptrace(how, child, nullptr, nullptr);
    ::waitpid(child, &status, 0);
    return WIFSTOPPED(status);
}

/// Continues in a child process. The parent waits until the child stops, kills it before the Nth system call
/// that it makes before stopping again, and ends as the child did.
void killAtCall(int last)
{
    const pid_t child = ::fork();
    if (child == 0) {
        ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
        return;
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ::ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_EXITKILL);
    const auto makesCalls = [&] {
        return runToStop(child, status, PTRACE_SYSCALL) && WSTOPSIG(status) == SIGTRAP;
    };
    int stops = 0; // a call causes one stop before it and one after it
    while (stops < 2 * last - 1 && makesCalls()) {
        ++stops;
    }
    if (stops == 2 * last - 1) {
        ::kill(child, SIGKILL);
    }
    while (runToStop(child, status, PTRACE_CONT)) {
    }
    ::_exit(WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

} // namespace

int main(int argc, char* argv[])
{
    const bool dies = argc == 4 && std::strcmp(argv[1], "--kill-at") == 0;
    if (argc != 2 && !dies) {
        std::fputs("stockqt [--kill-at N] KEY\n", stderr);
        return 2;
    }
    if (dies) {
        killAtCall(std::atoi(argv[2]));
    }
    qputenv("QT_QPA_PLATFORM", "offscreen");
    const QGuiApplication application(argc, argv);
    const auto memory = memoryOf(QString::fromLocal8Bit(argv[argc - 1]));
    QFile input;
    if (!input.open(stdin, QIODevice::ReadOnly)) {
        return 2;
    }
    for (QByteArray line = input.readLine(); !line.isEmpty(); line = input.readLine()) {
        const QString text = QString::fromUtf8(line).trimmed();
        const QString verb = text.section(QLatin1Char(' '), 0, 0);
        if (verb == QLatin1String("end")) {
            break;
        }
        const QString answer =
            verb + QLatin1Char(' ') + run(*memory, verb, text.section(QLatin1Char(' '), 1));
        std::puts(answer.toLocal8Bit().constData());
        std::fflush(stdout);
    }
    return 0;
}
