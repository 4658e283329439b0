#include "common/doctor/snippets.h"

#include "common/base/platform.h"
#include "common/doctor/snippettemplate.h"
#include "common/doctor/stringliteral.h"
#include "common/protocol/protocolid.h"
#include "common/segment/segment.h"

#include <QCoreApplication>
#include <QFile>

#include <algorithm>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Snippets)
};

enum class Kit { None, Python, CSharp };

/// How a program is written for a peer.
struct Language
{
    const char* file = "";     ///< in resources/snippets
    const char* memory = "";   ///< name of the kind of memory
    const char* protocol = ""; ///< the usual protocol of these programs
    Literal literal = Literal::Cpp;
    Kit kit = Kit::None;
};

bool runsHere(Peer peer)
{
    const bool isOfWindows =
        peer == Peer::QtWindows || peer == Peer::PythonOnWindows || peer == Peer::CSharpOnWindows;
    return onWindows ? isOfWindows || peer == Peer::QtKey : !isOfWindows;
}

/// Whether Python has to open the memory's file, because the address is a file or because no Python before
/// 3.13 accepts the name.
bool takesFile(const PeerName& name)
{
    const bool isFile = name.address && name.address->scheme() == SegmentAddress::Scheme::File;
    return isFile || std::any_of(name.name.begin(), name.name.end(),
                                 [](QChar letter) { return letter.unicode() >= 128; });
}

Language languageOf(const PeerName& name)
{
    switch (name.peer) {
    case Peer::QtKey:
        return {"cpp", "key", "datastream", Literal::Cpp};
    case Peer::QtNativeKey:
        return {"cpp", "systemv", "datastream", Literal::Cpp};
    case Peer::QtPosix:
        return {"cpp", "posix", "datastream", Literal::Cpp};
    case Peer::QtSystemV:
        return {"cpp", "systemv66", "datastream", Literal::Cpp};
    case Peer::QtWindows:
        return {"cpp", "windows", "datastream", Literal::Cpp};
    case Peer::Python:
        return {"python", takesFile(name) ? "file" : "posix", "rawsize", Literal::PythonOrCSharp,
                Kit::Python};
    case Peer::PythonOnWindows:
        return {"python", "windows", "rawsize", Literal::PythonOrCSharp};
    case Peer::NumPy:
        return {"numpy", "file", "npy", Literal::PythonOrCSharp, Kit::Python};
    case Peer::OpenCv:
        return {"opencv", "file", "bmp", Literal::PythonOrCSharp, Kit::Python};
    case Peer::CSharp:
        return {"csharp", "file", "bmp", Literal::PythonOrCSharp, Kit::CSharp};
    case Peer::CSharpOnWindows:
        return {"csharp", "windows", "bmp", Literal::PythonOrCSharp};
    }
    return {};
}

SnippetTemplate readTemplate(const char* name)
{
    QFile file(QStringLiteral(":/shmpix/snippets/%1.txt").arg(QLatin1String(name)));
    return SnippetTemplate(file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString());
}

/// Returns the kit's form of an address, or nothing if the kit cannot open it.
std::optional<QString> keyForKit(Kit kit, const SegmentAddress& address)
{
    using Scheme = SegmentAddress::Scheme;
    const bool isFile = address.scheme() == Scheme::Posix || address.scheme() == Scheme::File;
    const bool isSystemV = address.scheme() == Scheme::Qt || address.scheme() == Scheme::SystemV;
    switch (kit) {
    case Kit::Python:
        if (isFile || (isSystemV && !address.name().contains(QChar(0)))) {
            return address.toString();
        }
        break;
    case Kit::CSharp: // does not support escapes
        if (isFile) {
            return (address.scheme() == Scheme::File ? QStringLiteral("file:") : QStringLiteral("posix:/")) +
                   address.name();
        }
        break;
    case Kit::None:
        break;
    }
    return std::nullopt;
}

QString fileOf(Kit kit)
{
    return kit == Kit::Python ? QStringLiteral("interop/python/shmpix.py")
                              : QStringLiteral("interop/csharp/Shmpix.cs");
}

QHash<QString, QString> valuesFor(const QString& protocol, const QString& name)
{
    const bool isStream = protocol == QLatin1StringView("datastream");
    const QString ending = isStream                                ? QStringLiteral("png")
                           : protocol == QLatin1StringView("jpeg") ? QStringLiteral("jpg")
                                                                   : protocol;
    return {{QStringLiteral("NAME"), name},
            {QStringLiteral("KEY"), name},
            {QStringLiteral("PROTOCOL"), protocol},
            {QStringLiteral("FORMAT"), isStream ? QStringLiteral("PNG") : protocol.toUpper()},
            {QStringLiteral("ENDING"), ending},
            {QStringLiteral("SKIP"), isStream ? QStringLiteral("4") : QStringLiteral("0")}};
}

/// Writes the programs of one peer.
class SnippetWriter
{
public:
    /// `opened` is the name that a program without the kit opens.
    SnippetWriter(const KeyNames& names, const PeerName& name, const QString& opened)
        : m_names(names)
        , m_name(name)
        , m_opened(opened)
        , m_language(languageOf(name))
        , m_template(readTemplate(m_language.file))
    {
    }

    /// Returns nothing if neither the wanted code nor an alternative exists.
    [[nodiscard]] std::optional<Snippet> write(Snippet::Role role, const QString& known) const
    {
        const QString natural = QLatin1String(m_language.protocol);
        const QString wanted = known.isEmpty() ? natural : known;
        if (m_names.address) {
            if (auto snippet = codeFor(role, *m_names.address, wanted)) {
                if (known.isEmpty() && role == Snippet::Role::Read) {
                    snippet->note = Text::tr("Reads pictures shared as %1.").arg(wanted);
                }
                return snippet;
            }
        }
        Snippet none{m_name.peer, role, wanted, {}, {}, {}, {}};
        for (const auto& address : {m_names.address, m_name.address}) {
            for (const QString& protocol : {wanted, natural}) {
                if (address && codeFor(role, *address, protocol)) {
                    const bool isOwnKey =
                        m_names.address && address->toString() == m_names.address->toString();
                    none.instead = {isOwnKey ? m_names.key : address->toString(), protocol};
                    none.note = isOwnKey              ? whyNotSpoken(role, wanted, protocol)
                                : takesKeyFileAlong() ? whyNotKept(role, address->toString(), protocol)
                                                      : whyNotReached(role, address->toString(), protocol);
                    return none;
                }
            }
        }
        return std::nullopt;
    }

private:
    /// Returns the program for a protocol and an address, without the kit if possible.
    [[nodiscard]] std::optional<Snippet> codeFor(Snippet::Role role, const SegmentAddress& address,
                                                 const QString& protocol) const
    {
        if (protocol == protocolName(ProtocolId::Live) && !checkViewable(address)) {
            return std::nullopt;
        }
        const QString section =
            role == Snippet::Role::Share ? QStringLiteral("share") : QStringLiteral("read");
        const auto fill = [&](const QString& memory, const QString& name) {
            return m_template.fill(section, {memory, protocol},
                                   valuesFor(protocol, quoted(name, m_language.literal)));
        };
        if (meets(address)) {
            if (const auto code = fill(QLatin1String(m_language.memory), m_opened)) {
                return Snippet{m_name.peer, role, protocol, *code, {}, {}, {}};
            }
        }
        if (const auto key = keyForKit(m_language.kit, address)) {
            if (const auto code = fill(QStringLiteral("kit"), *key)) {
                const QString kit = fileOf(m_language.kit);
                return Snippet{m_name.peer, role, protocol,
                               *code,       kit,  Text::tr("Place %1 next to the program.").arg(kit),
                               {}};
            }
        }
        return std::nullopt;
    }

    /// Whether a program without the kit opens the memory of that address.
    [[nodiscard]] bool meets(const SegmentAddress& address) const
    {
        const bool isTyped = m_names.address && address.toString() == m_names.address->toString();
        return isTyped ? m_name.reach == Reach::Same && !takesKeyFileAlong()
                       : m_name.address && address.toString() == m_name.address->toString();
    }

    /// Whether the program removes the key file of the typed key when it ends. From Qt 6.6 on, a native key's
    /// semaphore uses the key file of the memory, and the program that creates this semaphore removes the
    /// file with it. With a Qt key, the semaphore that other programs create has a separate file.
    [[nodiscard]] bool takesKeyFileAlong() const
    {
        return m_name.peer == Peer::QtSystemV && m_names.address &&
               m_names.address->scheme() == SegmentAddress::Scheme::Qt;
    }

    [[nodiscard]] static QString whyNotSpoken(Snippet::Role role, const QString& wanted,
                                              const QString& protocol)
    {
        return role == Snippet::Role::Read
                   ? Text::tr("This program cannot read the protocol %1. Share as %2 instead.")
                         .arg(wanted, protocol)
                   : Text::tr("This program cannot share as %1. Have it share as %2 and load that instead.")
                         .arg(wanted, protocol);
    }

    [[nodiscard]] static QString whyNotKept(Snippet::Role role, const QString& key, const QString& protocol)
    {
        return (role == Snippet::Role::Read
                    ? Text::tr("This program would remove the key file when it ends. Use setKey in that "
                               "program, or share as %2 under the key %1 instead.")
                    : Text::tr("This program would remove the key file when it ends. Use setKey in that "
                               "program, or load as %2 from the key %1 instead."))
            .arg(key, protocol);
    }

    [[nodiscard]] QString whyNotReached(Snippet::Role role, const QString& key, const QString& protocol) const
    {
        const QString typed = m_names.address ? m_names.address->toString() : m_names.key;
        return (role == Snippet::Role::Read
                    ? Text::tr("This program cannot open %1. Share as %3 under the key %2 instead.")
                    : Text::tr("This program cannot open %1. Load as %3 from the key %2 instead."))
            .arg(typed, key, protocol);
    }

    const KeyNames& m_names;
    const PeerName& m_name;
    QString m_opened;
    Language m_language;
    SnippetTemplate m_template;
};

} // namespace

std::vector<Snippet> snippets(const KeyNames& names, const KnownProtocol& protocol)
{
    std::vector<Snippet> result;
    for (const PeerName& name : names.names) {
        if (!runsHere(name.peer)) {
            continue;
        }
        const bool byPath = name.peer == Peer::Python && takesFile(name);
        const PeerName& path = names.names.at(static_cast<std::size_t>(Peer::NumPy));
        const SnippetWriter writer(names, name, byPath ? path.name : name.name);
        for (const Snippet::Role role : {Snippet::Role::Share, Snippet::Role::Read}) {
            const bool isFound = role == Snippet::Role::Read && protocol.chosen.isEmpty();
            if (auto snippet = writer.write(role, isFound ? protocol.found : protocol.chosen)) {
                result.push_back(std::move(*snippet));
            }
        }
    }
    return result;
}

} // namespace shmpix
