// A stock Qt program: QSharedMemory and QDataStream, used as such programs use them, and nothing of Shmpix.
//
// stockqt KEY, then on standard input a verb a line; each is answered by a line "VERB RESULT":
//   share-image FILE, share-pixmap FILE       detach, create(), lock, memcpy, unlock
//   receive-image FILE, receive-pixmap FILE   attach, lock, copy, unlock, detach; saves what it got
//   read-image FILE                           the same while attached, without attach and detach
//   attach, detach, lock, unlock
// Ends, and so detaches, with standard input or the line "end".
#include <QBuffer>
#include <QDataStream>
#include <QFile>
#include <QGuiApplication>
#include <QImage>
#include <QPixmap>
#include <QSharedMemory>

#include <cstdio>
#include <cstring>

namespace {

QString sizeText(const QSize& size)
{
    return QStringLiteral("%1x%2").arg(size.width()).arg(size.height());
}

QString failed(const QSharedMemory& memory)
{
    return QStringLiteral("failed: ") + memory.errorString();
}

template <class Picture>
QString share(QSharedMemory& memory, const QString& file)
{
    if (memory.isAttached() && !memory.detach()) {
        return failed(memory);
    }
    Picture picture;
    if (!picture.load(file)) {
        return QStringLiteral("failed: no picture in ") + file;
    }
    QBuffer buffer;
    buffer.open(QBuffer::ReadWrite);
    QDataStream out(&buffer);
    out << picture;
    const auto size = buffer.size();
    if (!memory.create(size)) {
        return failed(memory);
    }
    memory.lock();
    std::memcpy(memory.data(), buffer.data().constData(),
                static_cast<size_t>(qMin<qint64>(memory.size(), size)));
    memory.unlock();
    return QString::number(size);
}

template <class Picture>
QString read(QSharedMemory& memory, const QString& file)
{
    QBuffer buffer;
    QDataStream in(&buffer);
    Picture picture;
    if (!memory.lock()) {
        return failed(memory);
    }
    buffer.setData(static_cast<const char*>(memory.constData()), static_cast<int>(memory.size()));
    buffer.open(QBuffer::ReadOnly);
    in >> picture;
    memory.unlock();
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
    return QStringLiteral("unknown");
}

} // namespace

int main(int argc, char* argv[])
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    const QGuiApplication application(argc, argv);
    if (argc != 2) {
        std::fputs("stockqt KEY\n", stderr);
        return 2;
    }
    QSharedMemory memory(QString::fromLocal8Bit(argv[1]));
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
        const QString answer = verb + QLatin1Char(' ') + run(memory, verb, text.section(QLatin1Char(' '), 1));
        std::puts(answer.toLocal8Bit().constData());
        std::fflush(stdout);
    }
    return 0;
}
