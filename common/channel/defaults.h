#pragma once

#include "common/protocol/protocolid.h"

#include <QString>

#include <chrono>

namespace shmpix {

/// The key that both programs use when nobody names one, so that they find each other.
[[nodiscard]] inline QString defaultKey()
{
    return QStringLiteral("shmpix");
}

[[nodiscard]] inline QString keyOrDefault(const QString& key)
{
    return key.isEmpty() ? defaultKey() : key;
}

/// What the sender speaks when nobody says: the protocol that most peers read.
constexpr ProtocolId defaultProtocol = ProtocolId::Datastream;

/// How often a sender looks whether what it shares is still under its name.
constexpr std::chrono::milliseconds presenceInterval{400};

} // namespace shmpix
