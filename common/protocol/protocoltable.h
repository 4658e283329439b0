#pragma once

#include "common/protocol/codec.h"

#include <span>

namespace shmpix {

/// The one table of protocols: to add a protocol, add a row, and a value to ProtocolId. Only this layer uses
/// it.

/// How a reader tells a protocol from others.
enum class Recognition {
    NotByCodec,  ///< common/channel reads it, before it asks any codec
    BySignature, ///< its first bytes
    BySize,      ///< its first bytes are a size that fits the segment; asked after all signatures
    Told,        ///< nothing: a reader has to be told
};

/// A protocol. The texts are to be translated in the context "Protocol".
struct ProtocolRow
{
    ProtocolId id;
    const char* name;    ///< on the command line and in settings
    const char* title;   ///< for people
    const char* readers; ///< who can read it, for people
    Recognition recognition;
    const Codec& (*codec)(); ///< null: none
};

/// In the order in which people see them, which is the order of detection, too.
[[nodiscard]] std::span<const ProtocolRow> protocolTable();

} // namespace shmpix
