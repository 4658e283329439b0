#include "tests/interop/peer.h"

#include "tests/interop/kitpeer.h"
#include "tests/support/programs.h"

#include <QFile>

namespace shmpix::test {

namespace {

const auto posix = QStringLiteral("posix");
const auto qt = QStringLiteral("qt");

/// A process that answers requests: the kits and the bare scripts.
class ScriptPeer final : public Peer
{
public:
    ScriptPeer(QString title, QStringList protocols, QStringList schemes, std::unique_ptr<KitPeer> process)
        : m_title(std::move(title))
        , m_protocols(std::move(protocols))
        , m_schemes(std::move(schemes))
        , m_process(std::move(process))
    {
    }
    ~ScriptPeer() override
    {
        m_process->endInput();
        static_cast<void>(m_process->exitCode());
    }

    [[nodiscard]] QString title() const override { return m_title; }
    [[nodiscard]] QStringList protocols() const override { return m_protocols; }
    [[nodiscard]] QStringList schemes() const override { return m_schemes; }
    [[nodiscard]] QString write(const QString& key, const QString& protocol, const QString& file,
                                const QString& layout) override
    {
        return failure({QStringLiteral("write"), key, protocol, file, layout});
    }
    [[nodiscard]] QString close(const QString& key) override
    {
        return failure({QStringLiteral("close"), key});
    }
    [[nodiscard]] QString read(const QString& key, const QString& protocol, const QString& layout,
                               const QString& file) override
    {
        return failure({QStringLiteral("read"), key, protocol, layout, file});
    }

private:
    QString failure(const QStringList& request)
    {
        const QString answer = m_process->ask(request);
        return answer.startsWith(QLatin1String("ok")) ? QString() : answer;
    }

    QString m_title;
    QStringList m_protocols;
    QStringList m_schemes;
    std::unique_ptr<KitPeer> m_process;
};

/// The built sender and receiver.
class ProgramsPeer final : public Peer
{
public:
    [[nodiscard]] QString title() const override { return QStringLiteral("Shmpix"); }
    [[nodiscard]] QStringList protocols() const override
    {
        return {QStringLiteral("live"),   QStringLiteral("datastream"), QStringLiteral("rawsize"),
                QStringLiteral("bmp"),    QStringLiteral("png"),        QStringLiteral("jpeg"),
                QStringLiteral("pixels"), QStringLiteral("npy")};
    }
    [[nodiscard]] QStringList schemes() const override { return {posix, qt}; }
    [[nodiscard]] QString write(const QString& key, const QString& protocol, const QString& file,
                                const QString& layout) override
    {
        QStringList arguments{QStringLiteral("--key"), key, QStringLiteral("--protocol"), protocol, file};
        if (!layout.isEmpty()) {
            arguments << QStringLiteral("--layout") << layout;
        }
        m_sender = std::make_unique<HeadlessSender>(arguments);
        return m_sender->waitForLine(QStringLiteral("shared ")).isNull() ? m_sender->standardError()
                                                                         : QString();
    }
    [[nodiscard]] QString close(const QString&) override
    {
        m_sender.reset();
        return {};
    }
    [[nodiscard]] QString read(const QString& key, const QString& protocol, const QString& layout,
                               const QString& file) override
    {
        QStringList arguments{QStringLiteral("--key"), key, QStringLiteral("--save"), file};
        if (!layout.isEmpty()) {
            arguments << QStringLiteral("--layout") << layout;
        }
        const Finished loaded = runReceiver(arguments); // the receiver detects the protocol
        return loaded.out.contains(" as " + protocol.toLatin1() + " from ")
                   ? QString()
                   : QString::fromUtf8(loaded.out + loaded.err);
    }

private:
    std::unique_ptr<HeadlessSender> m_sender;
};

/// QSharedMemory and QDataStream without our code. Before Qt 6.6 a program cannot request POSIX memory.
constexpr bool hasPosixKeys = QT_VERSION >= QT_VERSION_CHECK(6, 6, 0);

class StockQtPeer final : public Peer
{
public:
    [[nodiscard]] QString title() const override
    {
        return QStringLiteral("stock Qt ") + QString::fromLatin1(qVersion()).section(QLatin1Char('.'), 0, 1);
    }
    [[nodiscard]] QStringList protocols() const override { return {QStringLiteral("datastream")}; }
    [[nodiscard]] QStringList schemes() const override
    {
        return hasPosixKeys ? QStringList{qt, posix} : QStringList{qt};
    }
    [[nodiscard]] QString write(const QString& key, const QString&, const QString& file,
                                const QString&) override
    {
        m_writer = start(key);
        return failure(*m_writer, QStringLiteral("share-image ") + file);
    }
    [[nodiscard]] QString close(const QString& key) override
    {
        QString failed = failure(*m_writer, QStringLiteral("detach"));
        end(*m_writer);
        m_writer.reset();
        if (!isQtKey(key)) { // Qt never removes POSIX memory
            QFile::remove(QStringLiteral("/dev/shm/") + key);
        }
        return failed;
    }
    [[nodiscard]] QString read(const QString& key, const QString&, const QString&,
                               const QString& file) override
    {
        const auto reader = start(key);
        QString failed = failure(*reader, QStringLiteral("receive-image ") + file); // always PNG
        end(*reader);
        return failed;
    }

private:
    static std::unique_ptr<PeerProcess> start(const QString& key)
    {
        const QString word = isQtKey(key) ? key.mid(qt.size() + 1) : QStringLiteral("posix:/") + key;
        return std::make_unique<PeerProcess>(QStringLiteral(SHMPIX_PEERS "/stockqt"), QStringList(word));
    }
    static bool isQtKey(const QString& key) { return key.startsWith(qt + QLatin1Char(':')); }
    /// Qt removes a lock that the program created if the program ends normally.
    static void end(PeerProcess& process)
    {
        process.endInput();
        static_cast<void>(process.exitCode());
    }
    static QString failure(PeerProcess& process, const QString& verb)
    {
        process.writeLine(verb);
        const QString answer = process.readLine();
        return answer.isNull() || answer.contains(QLatin1String("failed"))
                   ? QLatin1String("stockqt: ") + answer
                   : QString();
    }

    std::unique_ptr<PeerProcess> m_writer;
};

} // namespace

QString startPeers(const QString& folder, std::vector<std::unique_ptr<Peer>>& peers)
{
    const QString python = pythonWithOpenCv();
    const QString scripts = QStringLiteral(SHMPIX_SOURCE "/tests/interop/peers/");
    if (python.isEmpty()) {
        return QStringLiteral("no Python here can import numpy, PIL and cv2");
    }
    const QString program = folder + QLatin1String("/CSharpKit.exe");
    if (const QByteArray failed =
            compileCSharp(program, {QStringLiteral(SHMPIX_SOURCE "/interop/csharp/Shmpix.cs"),
                                    scripts + QLatin1String("CSharpKit.cs")});
        !failed.isEmpty()) {
        return QString::fromUtf8(failed);
    }
    const auto words = [](const char* text) { return QString::fromLatin1(text).split(QLatin1Char(' ')); };
    const auto script = [&](const QString& file) {
        return std::make_unique<KitPeer>(python, QStringList(scripts + file));
    };
    peers.push_back(std::make_unique<ProgramsPeer>());
    peers.push_back(std::make_unique<StockQtPeer>());
    peers.push_back(std::make_unique<ScriptPeer>(QStringLiteral("Python kit"),
                                                 words("live datastream rawsize bmp png jpeg pixels npy"),
                                                 QStringList{posix, qt}, startPythonKit()));
    peers.push_back(std::make_unique<ScriptPeer>(QStringLiteral("bare NumPy"), words("rawsize pixels npy"),
                                                 QStringList{posix},
                                                 script(QStringLiteral("bare_numpy.py"))));
    peers.push_back(std::make_unique<ScriptPeer>(QStringLiteral("bare OpenCV"), words("bmp png jpeg pixels"),
                                                 QStringList{posix},
                                                 script(QStringLiteral("bare_opencv.py"))));
    peers.push_back(std::make_unique<ScriptPeer>(
        QStringLiteral("C# kit (Mono)"), words("live rawsize bmp pixels"), QStringList{posix},
        std::make_unique<KitPeer>(QStringLiteral("mono"), QStringList(program))));
    return {};
}

} // namespace shmpix::test
