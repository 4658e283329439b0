#pragma once

#include "common/doctor/keynames.h"

#include <QString>

#include <optional>
#include <vector>

namespace shmpix {

/// A way to share a picture: the address, and the protocol's name on the command line.
struct ShareForm
{
    QString key;
    QString protocol;
};

/// A complete sample program that shares or reads a picture under a key; the texts are in resources/snippets.
/// If a program cannot do that, there is no code but a note on what it can do instead.
struct Snippet
{
    enum class Role { Share, Read };

    Peer peer = Peer::QtKey;
    Role role = Role::Share;
    QString protocol; ///< the requested one, otherwise that of the program
    QString code;     ///< empty: the program cannot do it
    QString kit;      ///< the kit file that the code needs next to it; empty: none
    QString note;     ///< what it reads or why it cannot, and what to do, in sentences; may be empty
    std::optional<ShareForm> instead; ///< without code: a form in which there is some
};

/// The known protocols, by their names on the command line; empty if unknown.
struct KnownProtocol
{
    QString chosen; ///< chosen by the user, for both ends
    QString found;  ///< found in the segment, for programs that read it
};

/// The programs on this system for which the key has a name or which can open it through a kit, in both
/// roles. If no protocol is known, each program uses its natural one. Any thread.
[[nodiscard]] std::vector<Snippet> snippets(const KeyNames& names, const KnownProtocol& protocol);

} // namespace shmpix
