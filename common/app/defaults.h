#pragma once

#include "common/protocol/protocolid.h"
#include "common/segment/segment.h"

#include <QString>

#include <chrono>

namespace shmpix {

/// The default key of both programs, so that they find each other.
[[nodiscard]] inline QString defaultKey()
{
    return QStringLiteral("shmpix");
}

[[nodiscard]] inline QString keyOrDefault(const QString& key)
{
    return key.isEmpty() ? defaultKey() : key;
}

/// The sender's default protocol.
constexpr ProtocolId defaultProtocol = ProtocolId::Live;

/// The sender's default protocol for an address. If the address does not support live frames, this is the
/// protocol of stock Qt programs.
[[nodiscard]] inline ProtocolId defaultProtocolFor(const SegmentAddress& address)
{
    return checkViewable(address) ? defaultProtocol : ProtocolId::Datastream;
}

/// How often a sender checks whether its segment still has its name.
constexpr std::chrono::milliseconds presenceInterval{400};

} // namespace shmpix
