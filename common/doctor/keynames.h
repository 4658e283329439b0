#pragma once

#include "common/segment/segmentaddress.h"

#include <QString>

#include <optional>
#include <vector>

namespace shmpix {

/// The programs for which a key has a name; each maps names to memory in its own way.
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

/// Whether a program that uses the name reaches the memory of the key.
enum class Reach {
    Same,    ///< it is the same memory
    Other,   ///< the name is accepted but stands for different memory: `address`
    Nothing, ///< the program does not accept the name
};

/// A key's name in one kind of program.
struct PeerName
{
    Peer peer = Peer::QtKey;
    QString id;    ///< for scripts: "python"
    QString title; ///< for people: "Python"
    Reach reach = Reach::Nothing;
    QString name;                          ///< the exact name; empty if there is none
    QString code;                          ///< the expression with the name, to copy
    std::optional<SegmentAddress> address; ///< the address of the memory that the name stands for
    QString note;                          ///< what to consider, in sentences; may be empty
};

/// A key in every kind of program.
struct KeyNames
{
    QString key;                           ///< as it was typed
    std::optional<SegmentAddress> address; ///< nothing if it is not a key on this system, see problem
    QString problem;                       ///< why it is not a key, and what to do
    QString proposal;            ///< a similar name that every program accepts; empty if this one is accepted
    std::vector<PeerName> names; ///< one for each Peer, in that order
};

/// The names of a key, whatever was typed. Depends only on the text. Any thread.
[[nodiscard]] KeyNames keyNames(const QString& key);

/// A name similar to the given one that every program on every system accepts: ASCII letters, short enough
/// for macOS, always the same for the same name, and different for different names.
[[nodiscard]] QString portableName(const QString& name);

} // namespace shmpix
