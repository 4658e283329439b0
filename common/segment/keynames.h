#pragma once

#include "common/segment/segmentaddress.h"

#include <QString>

#include <optional>
#include <vector>

namespace shmpix {

/// The programs that a key has a name in, each with an own way of making memory of a name.
enum class Peer {
    QtKey,           ///< QSharedMemory::setKey, every version
    QtNativeKey,     ///< QSharedMemory::setNativeKey before 6.6: a key file
    QtPosix,         ///< QNativeIpcKey of type PosixRealtime
    QtSystemV,       ///< QNativeIpcKey of type SystemV
    QtWindows,       ///< QNativeIpcKey of type Windows
    Python,          ///< multiprocessing.shared_memory on Linux and macOS
    PythonOnWindows, ///< the same on Windows
    NumPy,           ///< the segment as a file
    OpenCv,          ///< likewise
    CSharp,          ///< MemoryMappedFile on Linux: the segment as a file
    CSharpOnWindows, ///< MemoryMappedFile by map name
};

/// Whether a program that uses the name meets the memory that the key means.
enum class Reach {
    Same,    ///< it is the same memory
    Other,   ///< the name is taken, but it names other memory: `address`
    Nothing, ///< the program cannot take the name at all
};

/// How a key is called in one kind of program.
struct PeerName
{
    Peer peer = Peer::QtKey;
    QString id;    ///< for scripts: "python"
    QString title; ///< for people: "Python"
    Reach reach = Reach::Nothing;
    QString name;                          ///< the exact name, empty when there is none
    QString code;                          ///< the expression with it, to copy
    std::optional<SegmentAddress> address; ///< what we call the memory that the name stands for
    QString note;                          ///< what to mind, in sentences; empty when there is nothing
};

/// A key in every kind of program.
struct KeyNames
{
    QString key;                           ///< as it was typed
    std::optional<SegmentAddress> address; ///< nothing: it is no key here, see problem
    QString problem;                       ///< why it is none, and what to do
    QString proposal;            ///< a similar name that every program takes; empty when this one is
    std::vector<PeerName> names; ///< one for each Peer, in that order
};

/// The names of a key, whatever was typed. Looks at nothing but the text, so any thread may ask.
[[nodiscard]] KeyNames keyNames(const QString& key);

/// A name like the given one that every program on every system takes: ASCII letters, short enough for
/// macOS, always the same for the same name, and another one for another name.
[[nodiscard]] QString portableName(const QString& name);

/// The text as a string literal of C++, or of Python and C#, whose rules agree for what is written here. In
/// C++ a text with a NUL, at which a literal ends, becomes a QString.
enum class Literal { Cpp, PythonOrCSharp };
[[nodiscard]] QString quoted(const QString& text, Literal literal);

} // namespace shmpix
