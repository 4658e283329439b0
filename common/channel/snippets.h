#pragma once

#include "common/segment/keynames.h"

#include <QString>

#include <optional>
#include <vector>

namespace shmpix {

/// How a picture is shared: where, and by which protocol's name on the command line.
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

/// What is known of the protocol, by its name on the command line; empty where nothing is.
struct KnownProtocol
{
    QString chosen; ///< by the user, for both ends
    QString found;  ///< in what is shared now, for programs that read it
};

/// The programs of this system that a key has a name in, or that reach it by a kit; both roles. Where no
/// protocol is known a program speaks the one that is natural for it. Any thread may ask.
[[nodiscard]] std::vector<Snippet> snippets(const KeyNames& names, const KnownProtocol& protocol);

} // namespace shmpix
