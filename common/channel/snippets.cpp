#include "common/channel/snippets.h"

#include "common/channel/snippettemplate.h"

#include <QCoreApplication>
#include <QFile>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Snippets)
};

/// How a program is written for a peer.
struct Language
{
    const char* file;     ///< in resources/snippets
    const char* memory;   ///< the word for the kind of memory
    const char* protocol; ///< that such programs speak by nature
    Literal literal;
};

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
        return {"python", name.address->scheme() == SegmentAddress::Scheme::File ? "file" : "posix",
                "rawsize", Literal::PythonOrCSharp};
    case Peer::PythonOnWindows:
        return {"python", "windows", "rawsize", Literal::PythonOrCSharp};
    case Peer::NumPy:
        return {"numpy", "file", "npy", Literal::PythonOrCSharp};
    case Peer::OpenCv:
        return {"opencv", "file", "bmp", Literal::PythonOrCSharp};
    case Peer::CSharp:
        return {"csharp", "file", "bmp", Literal::PythonOrCSharp};
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

QHash<QString, QString> valuesFor(const QString& protocol, const QString& name)
{
    const bool isStream = protocol == QLatin1StringView("datastream");
    const QString ending = isStream                                ? QStringLiteral("png")
                           : protocol == QLatin1StringView("jpeg") ? QStringLiteral("jpg")
                                                                   : protocol;
    return {{QStringLiteral("NAME"), name},
            {QStringLiteral("FORMAT"), isStream ? QStringLiteral("PNG") : protocol.toUpper()},
            {QStringLiteral("ENDING"), ending},
            {QStringLiteral("SKIP"), isStream ? QStringLiteral("4") : QStringLiteral("0")}};
}

/// Where this program and the key as it was typed do not meet by themselves.
QString noteFor(const PeerName& name, const QString& wanted, const QString& spoken)
{
    QStringList notes;
    if (name.reach == Reach::Other) {
        notes.append(Text::tr("At the other end use the key %1.").arg(name.address->toString()));
    }
    if (!wanted.isEmpty() && wanted != spoken) {
        notes.append(Text::tr("This program cannot speak %1: use the protocol %2 at the other end.")
                         .arg(wanted, spoken));
    }
    return notes.join(QLatin1Char(' '));
}

Snippet makeSnippet(const SnippetTemplate& text, const PeerName& name, const Language& language,
                    Snippet::Role role, const QString& wanted)
{
    const QString section = role == Snippet::Role::Share ? QStringLiteral("share") : QStringLiteral("read");
    const QString natural = QLatin1String(language.protocol);
    for (const QString& protocol : {wanted.isEmpty() ? natural : wanted, natural}) {
        const auto code = text.fill(section, {QLatin1String(language.memory), protocol},
                                    valuesFor(protocol, quoted(name.name, language.literal)));
        if (code) {
            return {name.peer, role, protocol, *code, noteFor(name, wanted, protocol)};
        }
    }
    return {name.peer, role, natural, {}, {}};
}

} // namespace

std::vector<Snippet> snippets(const KeyNames& names, const QString& protocol)
{
    std::vector<Snippet> result;
    for (const PeerName& name : names.names) {
        if (name.name.isEmpty()) {
            continue;
        }
        const Language language = languageOf(name);
        const SnippetTemplate text = readTemplate(language.file);
        for (const Snippet::Role role : {Snippet::Role::Share, Snippet::Role::Read}) {
            result.push_back(makeSnippet(text, name, language, role, protocol));
        }
    }
    return result;
}

} // namespace shmpix
