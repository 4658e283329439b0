#include "common/doctor/keynames.h"

#include "common/doctor/stringliteral.h"
#include "common/segment/systemvnames.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDir>
#include <QFileInfo>

#include <algorithm>
#include <array>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(KeyNames)
};

using Scheme = SegmentAddress::Scheme;

constexpr qsizetype longestOnMac = 31; // bytes, with the slash; PSHMNAMLEN
constexpr qsizetype longestOfQtOnMac = 30;
const QLatin1StringView shmFolder("/dev/shm/");

bool isAscii(const QString& text)
{
    return std::all_of(text.begin(), text.end(), [](QChar letter) { return letter.unicode() < 128; });
}

bool isPortableLetter(QChar letter)
{
    return letter.unicode() < 128 && (letter.isLetterOrNumber() || QStringLiteral("._-").contains(letter));
}

/// Windows has namespaces for names, of which programs use two; no other backslash is allowed.
QString withoutWindowsFolder(const QString& name)
{
    for (const QLatin1StringView folder : {QLatin1StringView("Global\\"), QLatin1StringView("Local\\")}) {
        if (name.startsWith(folder)) {
            return name.mid(folder.size());
        }
    }
    return name;
}

/// The parts of a key without its scheme; also for a text that is not an address.
struct Parts
{
    QString name;    ///< without folders
    QString path;    ///< if a full path was typed, otherwise empty
    QString keyFile; ///< for System V memory: the key file of the address, or its possible place
    bool isFile = false;
};

QString withoutScheme(const QString& key)
{
    for (const char* prefix : {"posix:", "windows:", "systemv:", "qt:", "file:"}) {
        if (key.startsWith(QLatin1String(prefix))) {
            QString name = key.mid(qsizetype(qstrlen(prefix)));
            name.replace(QLatin1StringView("%00"), QString(QChar(0)));
            return name.replace(QLatin1StringView("%25"), QLatin1StringView("%"));
        }
    }
    return key;
}

/// The key file that QSharedMemory uses for a key; the key itself on systems without key files.
QString keyFileOf(const QString& qtKey)
{
    if (const auto address = SegmentAddress::of(Scheme::Qt, qtKey)) {
        return SystemVNames(*address).segmentFile;
    }
    return qtKey;
}

Parts partsOf(const KeyNames& key)
{
    Parts parts;
    parts.name = key.address ? key.address->name() : withoutScheme(key.key);
    const bool hasPath =
        key.address ? key.address->scheme() == Scheme::File || key.address->scheme() == Scheme::SystemV
                    : QDir::isAbsolutePath(parts.name) && parts.name.count(QLatin1Char('/')) > 1;
    if (hasPath) {
        parts.path = QDir::cleanPath(parts.name);
        parts.name = QFileInfo(parts.path).fileName();
        // A file directly in /dev/shm is a POSIX object.
        parts.isFile =
            (!key.address || key.address->scheme() == Scheme::File) && parts.path != shmFolder + parts.name;
    }
    if (!key.address && parts.name.startsWith(QLatin1Char('/'))) {
        parts.name.remove(0, 1);
    }
    const QString simple = parts.name.contains(QLatin1Char('/')) ? portableName(parts.name) : parts.name;
    parts.keyFile = hasPath ? parts.path : QDir::tempPath() + QLatin1Char('/') + simple;
    if (key.address && key.address->scheme() == Scheme::Qt) {
        parts.keyFile = keyFileOf(parts.name);
    }
    return parts;
}

/// The same text for the same memory: a file in /dev/shm is a POSIX object, a name on one system is that name
/// on another, and a Qt key stands for its key file.
QString identity(const SegmentAddress& address)
{
    const QString& name = address.name();
    switch (address.scheme()) {
    case Scheme::Posix:
    case Scheme::Windows:
        return shmFolder + name;
    case Scheme::File:
        return name;
    case Scheme::SystemV:
        return QStringLiteral("key file ") + name;
    case Scheme::Qt:
        return QStringLiteral("key file ") + keyFileOf(name);
    }
    return {};
}

struct PeerFacts
{
    Peer peer;
    const char* id;
    const char* title;
    Scheme scheme; ///< the memory that the name stands for in the program; a file for programs that open
                   ///< files
};

constexpr std::array<PeerFacts, 11> peers = {{
    {Peer::QtKey, "qt-key", QT_TRANSLATE_NOOP("KeyNames", "Qt, setKey"), Scheme::Qt},
    {Peer::QtNativeKey, "qt-native-key", QT_TRANSLATE_NOOP("KeyNames", "Qt < 6.6, setNativeKey"),
     Scheme::SystemV},
    {Peer::QtPosix, "qt-posix", QT_TRANSLATE_NOOP("KeyNames", "Qt ≥ 6.6, POSIX"), Scheme::Posix},
    {Peer::QtSystemV, "qt-systemv", QT_TRANSLATE_NOOP("KeyNames", "Qt ≥ 6.6, System V"), Scheme::SystemV},
    {Peer::QtWindows, "qt-windows", QT_TRANSLATE_NOOP("KeyNames", "Qt on Windows"), Scheme::Windows},
    {Peer::Python, "python", QT_TRANSLATE_NOOP("KeyNames", "Python"), Scheme::Posix},
    {Peer::PythonOnWindows, "python-windows", QT_TRANSLATE_NOOP("KeyNames", "Python on Windows"),
     Scheme::Windows},
    {Peer::NumPy, "numpy", QT_TRANSLATE_NOOP("KeyNames", "NumPy"), Scheme::File},
    {Peer::OpenCv, "opencv", QT_TRANSLATE_NOOP("KeyNames", "OpenCV"), Scheme::File},
    {Peer::CSharp, "csharp", QT_TRANSLATE_NOOP("KeyNames", "C#"), Scheme::File},
    {Peer::CSharpOnWindows, "csharp-windows", QT_TRANSLATE_NOOP("KeyNames", "C# on Windows"),
     Scheme::Windows},
}};

/// What the program has to open; if the key is a mapped file, Python opens the file, too.
Scheme schemeIn(const PeerFacts& peer, const Parts& parts)
{
    return peer.peer == Peer::Python && parts.isFile ? Scheme::File : peer.scheme;
}

/// The name as it has to be written in that program.
QString nameIn(const PeerFacts& peer, const Parts& parts)
{
    switch (schemeIn(peer, parts)) {
    case Scheme::SystemV:
        return parts.keyFile;
    case Scheme::File:
        return parts.isFile ? parts.path : shmFolder + parts.name;
    case Scheme::Posix:
        return (peer.peer == Peer::QtPosix ? QStringLiteral("/") : QString()) + parts.name;
    case Scheme::Windows:
    case Scheme::Qt:
        break;
    }
    return parts.name;
}

QString codeFor(Peer peer, const QString& name, bool isFile)
{
    const QString cpp = quoted(name, Literal::Cpp);
    const QString script = quoted(name, Literal::PythonOrCSharp);
    switch (peer) {
    case Peer::QtKey:
        return QStringLiteral("QSharedMemory memory(%1);").arg(cpp);
    case Peer::QtNativeKey:
        return QStringLiteral("memory.setNativeKey(%1);").arg(cpp);
    case Peer::QtPosix:
        return QStringLiteral("QNativeIpcKey(%1, QNativeIpcKey::Type::PosixRealtime)").arg(cpp);
    case Peer::QtSystemV:
        return QStringLiteral("QNativeIpcKey(%1, QNativeIpcKey::Type::SystemV)").arg(cpp);
    case Peer::QtWindows:
        return QStringLiteral("QNativeIpcKey(%1, QNativeIpcKey::Type::Windows)").arg(cpp);
    case Peer::Python:
        if (isFile) {
            return QStringLiteral("open(%1, \"rb\").read()").arg(script);
        }
        [[fallthrough]];
    case Peer::PythonOnWindows:
        return QStringLiteral("SharedMemory(name=%1)").arg(script);
    case Peer::NumPy:
        return QStringLiteral("np.memmap(%1, mode=\"r\")").arg(script);
    case Peer::OpenCv:
        return QStringLiteral("np.fromfile(%1, np.uint8)").arg(script);
    case Peer::CSharp:
        return QStringLiteral("MemoryMappedFile.CreateFromFile(%1, FileMode.Open)").arg(script);
    case Peer::CSharpOnWindows:
        return QStringLiteral("MemoryMappedFile.OpenExisting(%1)").arg(script);
    }
    return {};
}

/// Checks limits of individual programs and adds notes; SegmentAddress checks those of the system.
bool isTaken(const PeerFacts& peer, const Parts& parts, QStringList& notes)
{
    if (parts.name.contains(QChar(0)) && peer.peer == Peer::Python) {
        notes.append(Text::tr("Python silently cuts a name at a NUL character."));
    }
    if (peer.scheme == Scheme::Windows && withoutWindowsFolder(parts.name).contains(QLatin1Char('\\'))) {
        notes.append(Text::tr("Windows accepts a backslash in a name only after Global or Local."));
        return false;
    }
    return true;
}

void addLengthNotes(const PeerFacts& peer, const Parts& parts, QStringList& notes)
{
    const qsizetype bytes = parts.name.toUtf8().size() + 1;
    if (peer.peer == Peer::Python && bytes > longestOnMac) {
        notes.append(
            Text::tr(
                "On macOS, a name with its slash is limited to %1 bytes, and this one has %2. Use %3 there.")
                .arg(longestOnMac)
                .arg(bytes)
                .arg(portableName(parts.name)));
    }
    if (peer.peer == Peer::QtPosix && bytes > longestOfQtOnMac) {
        notes.append(Text::tr("On macOS, Qt cuts a name after %1 bytes, and this one has %2. Use %3 there.")
                         .arg(longestOfQtOnMac)
                         .arg(bytes)
                         .arg(portableName(parts.name)));
    }
}

void addNotes(const PeerFacts& peer, const Parts& parts, QStringList& notes)
{
    addLengthNotes(peer, parts, notes);
    switch (peer.peer) {
    case Peer::QtKey:
        notes.append(
            Text::tr("This call is the same in every version of Qt. On Linux it uses System V memory with "
                     "the key file %1, so both programs need the same folder for temporary files.")
                .arg(keyFileOf(parts.name)));
        break;
    case Peer::QtNativeKey:
        notes.append(
            Text::tr("On Linux, a native key is the path of a key file. Write the full path, because a bare "
                     "name is relative to the folder in which the program was started."));
        break;
    case Peer::QtWindows:
        notes.append(Text::tr("Do not use QSharedMemory::platformSafeKey(%1), which on Windows gives shm_%2.")
                         .arg(quoted(parts.name, Literal::Cpp), parts.name));
        break;
    case Peer::Python:
        if (!isAscii(parts.name)) {
            notes.append(Text::tr("Python before 3.13 cannot open a name with letters that are not ASCII. "
                                  "Use %1 in both programs.")
                             .arg(portableName(parts.name)));
        }
        break;
    case Peer::CSharp:
        notes.append(Text::tr("A map name does not work on Linux: .NET rejects it, and Mono keeps the map "
                              "private to its process. Open the file instead."));
        break;
    default:
        break;
    }
    if (peer.scheme == Scheme::Windows) {
        notes.append(Text::tr("Windows does not distinguish %1 from %2.")
                         .arg(parts.name, parts.name == parts.name.toUpper() ? parts.name.toLower()
                                                                             : parts.name.toUpper()));
        notes.append(parts.name.startsWith(QLatin1StringView("Global\\"))
                         ? Text::tr("Creating a Global name requires the right “Create global objects”.")
                         : Text::tr("The name is visible only in its own session. For a service and a "
                                    "desktop program, use Global\\%1.")
                               .arg(withoutWindowsFolder(parts.name)));
    }
}

/// The memory that the name stands for, as an address.
Result<SegmentAddress> addressIn(const PeerFacts& peer, const Parts& parts)
{
    const Scheme scheme = schemeIn(peer, parts);
    if (scheme == Scheme::SystemV || (scheme == Scheme::File && parts.isFile)) {
        return SegmentAddress::of(scheme, nameIn(peer, parts));
    }
    return SegmentAddress::of(scheme == Scheme::File ? Scheme::Posix : scheme, parts.name);
}

PeerName peerName(const PeerFacts& peer, const KeyNames& key, const Parts& parts)
{
    PeerName row;
    row.peer = peer.peer;
    row.id = QLatin1String(peer.id);
    row.title = Text::tr(peer.title);
    QStringList notes;
    const auto address = addressIn(peer, parts);
    const bool isTakenThere = isTaken(peer, parts, notes);
    if (!address || !isTakenThere) {
        if (!address) {
            notes.append(address.error().text);
        }
        if (!parts.name.isEmpty()) {
            notes.append(Text::tr("%1 is a name that works everywhere.").arg(portableName(parts.name)));
        }
        row.note = notes.join(QLatin1Char(' '));
        return row;
    }
    row.address = *address;
    row.name = nameIn(peer, parts);
    row.code = codeFor(peer.peer, row.name, parts.isFile);
    row.reach = key.address && identity(*key.address) == identity(*address) ? Reach::Same : Reach::Other;
    if (row.reach == Reach::Other && key.address) {
        notes.append(Text::tr("This name leads to different memory than %1. To share it, use the key %2.")
                         .arg(key.address->toString(), address->toString()));
    }
    addNotes(peer, parts, notes);
    row.note = notes.join(QLatin1Char(' '));
    return row;
}

bool needsProposal(const KeyNames& key, const Parts& parts)
{
    return !key.address || !isAscii(parts.name) || parts.name.toUtf8().size() + 1 > longestOfQtOnMac ||
           withoutWindowsFolder(parts.name).contains(QLatin1Char('\\'));
}

} // namespace

QString portableName(const QString& name)
{
    constexpr qsizetype longest = 29;
    const bool isPortable = !name.isEmpty() && name.size() <= longest &&
                            std::all_of(name.begin(), name.end(), isPortableLetter) &&
                            name.front().isLetterOrNumber();
    if (isPortable) {
        return name;
    }
    QString letters;
    for (const QChar letter : name.normalized(QString::NormalizationForm_KD)) {
        if (isPortableLetter(letter)) {
            letters += letter;
        } else if (letter.unicode() < 128 && !letters.endsWith(QLatin1Char('-'))) {
            letters += QLatin1Char('-');
        }
    }
    while (!letters.isEmpty() && !letters.front().isLetterOrNumber()) {
        letters.remove(0, 1);
    }
    letters.truncate(20);
    while (letters.endsWith(QLatin1Char('-')) || letters.endsWith(QLatin1Char('.'))) {
        letters.chop(1);
    }
    // The hash distinguishes names whose remaining letters are the same.
    const QByteArray hash = QCryptographicHash::hash(name.toUtf8(), QCryptographicHash::Sha1).toHex();
    return (letters.isEmpty() ? QStringLiteral("shmpix") : letters) + QLatin1Char('-') +
           QString::fromLatin1(hash.left(8));
}

KeyNames keyNames(const QString& key)
{
    KeyNames result;
    result.key = key;
    if (auto address = SegmentAddress::parse(key)) {
        result.address = *address;
    } else {
        result.problem = address.error().text;
    }
    const Parts parts = partsOf(result);
    if (!parts.name.isEmpty() && needsProposal(result, parts)) {
        result.proposal = portableName(parts.name);
    }
    result.names.reserve(peers.size());
    for (const PeerFacts& peer : peers) {
        result.names.push_back(peerName(peer, result, parts));
    }
    return result;
}

} // namespace shmpix
