#pragma once

#include "common/segment/keynames.h"

#include <QString>

#include <vector>

namespace shmpix {

/// A whole program to paste that shares a picture under a key or reads one; resources/snippets has the texts.
struct Snippet
{
    enum class Role { Share, Read };

    Peer peer = Peer::QtKey;
    Role role = Role::Share;
    QString protocol; ///< that it speaks, by its name on the command line
    QString code;
    QString note; ///< what has to be so that both ends meet, in a sentence; empty when they do
};

/// The programs for each name that can be used, both roles. They speak `protocol` where they can, else the
/// one that is natural for them; empty: always that. Any thread may ask.
[[nodiscard]] std::vector<Snippet> snippets(const KeyNames& names, const QString& protocol);

} // namespace shmpix
