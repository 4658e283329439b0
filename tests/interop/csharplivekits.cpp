#include "tests/interop/csharplivekits.h"

#include "tests/support/uniquekey.h"

#include <QtEndian>

namespace shmpix::test {

namespace {

QString programOf(Other who)
{
    return who == Other::Library ? QStringLiteral(SHMPIX_PEERS "/livepeer") : pythonWithOpenCv();
}

QStringList argumentsOf(Other who)
{
    return who == Other::Library
               ? QStringList()
               : QStringList{QStringLiteral(SHMPIX_SOURCE "/tests/interop/peers/livepython.py"),
                             QStringLiteral("kit"), pythonKitFolder()};
}

} // namespace

QString CSharpLiveKits::start()
{
    m_program = temporaryFolder() + QLatin1String("/CSharpKit.exe");
    const QByteArray failed =
        compileCSharp(m_program, {QStringLiteral(SHMPIX_SOURCE "/interop/csharp/Shmpix.cs"),
                                  QStringLiteral(SHMPIX_SOURCE "/tests/interop/peers/CSharpKit.cs")});
    m_writer = another();
    m_reader = another();
    return QString::fromUtf8(failed);
}

bool CSharpLiveKits::stop()
{
    m_writer->endInput();
    m_reader->endInput();
    const int writer = m_writer->exitCode();
    const int reader = m_reader->exitCode();
    return writer == 0 && reader == 0;
}

QString CSharpLiveKits::frames(const QString& key, const QString& layout, int number, int count,
                               const QString& text, bool checksums)
{
    QStringList words{QStringLiteral("frames"), key, layout, QString::number(number),
                      QString::number(count),   text};
    if (checksums) {
        words << QStringLiteral("checksums");
    }
    return m_writer->ask(words);
}

QString CSharpLiveKits::frame(const QString& key, int milliseconds)
{
    return m_reader->ask({QStringLiteral("frame"), key, QString::number(milliseconds)});
}

QString CSharpLiveKits::end(const QString& key)
{
    return m_writer->ask({QStringLiteral("end"), key});
}

QString CSharpLiveKits::leave(const QString& key)
{
    return m_reader->ask({QStringLiteral("leave"), key});
}

std::unique_ptr<KitPeer> CSharpLiveKits::another() const
{
    return std::make_unique<KitPeer>(QStringLiteral("mono"), QStringList(m_program));
}

OtherWriter::OtherWriter(const QString& key, double fps, const QStringList& layouts, Other who)
    : PeerProcess(programOf(who), argumentsOf(who) +
                                      QStringList{QStringLiteral("write"), key, QString::number(fps)} +
                                      layouts)
{
}

OtherWriter::~OtherWriter()
{
    if (pid() != 0) {
        writeLine(QString());
        static_cast<void>(exitCode());
    }
}

std::unique_ptr<PeerProcess> otherReader(const QString& key, int count, Other who)
{
    return std::make_unique<PeerProcess>(
        programOf(who), argumentsOf(who) + QStringList{QStringLiteral("read"), key, QString::number(count),
                                                       QStringLiteral("20")});
}

QString pathOf(const QString& key)
{
    return QStringLiteral("/dev/shm/") + key;
}

quint32 numberAt(QFile& file, qint64 at)
{
    quint32 number = 0;
    return file.seek(at) && file.read(reinterpret_cast<char*>(&number), sizeof(number)) == sizeof(number)
               ? qFromLittleEndian(number)
               : ~0U;
}

} // namespace shmpix::test
