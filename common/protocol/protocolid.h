#pragma once

#include "common/base/result.h"

#include <QString>

#include <array>

namespace shmpix {

/// The ways in which a picture can be stored in a segment; FORMAT.md specifies the bytes of each.
enum class ProtocolId {
    Live,       ///< a ring of frames: common/live/FORMAT.md
    Datastream, ///< QDataStream << QImage or QPixmap, as stock Qt programs exchange it
    Rawsize,    ///< four bytes of width and height, then RGBA8888
    Bmp,        ///< a whole BMP file
    Png,        ///< a whole PNG file
    Jpeg,       ///< a whole JPEG file
    Pixels,     ///< rows of pixels without a header; the layout is told out of band
    Npy,        ///< a whole .npy file of NumPy
};

inline constexpr std::array allProtocols = {ProtocolId::Live,   ProtocolId::Datastream, ProtocolId::Rawsize,
                                            ProtocolId::Bmp,    ProtocolId::Png,        ProtocolId::Jpeg,
                                            ProtocolId::Pixels, ProtocolId::Npy};

/// The protocols with a codec: one picture from the segment's first byte on.
inline constexpr std::array codecProtocols = {ProtocolId::Datastream, ProtocolId::Rawsize, ProtocolId::Bmp,
                                              ProtocolId::Png,        ProtocolId::Jpeg,    ProtocolId::Pixels,
                                              ProtocolId::Npy};

/// The protocols whose bytes describe themselves.
inline constexpr std::array selfDescribingProtocols = {ProtocolId::Datastream, ProtocolId::Rawsize,
                                                       ProtocolId::Bmp,        ProtocolId::Png,
                                                       ProtocolId::Jpeg,       ProtocolId::Npy};

/// The name on the command line and in settings: "datastream".
[[nodiscard]] QString protocolName(ProtocolId id);

/// The protocol of that name. Fails with Usage and lists the known names.
[[nodiscard]] Result<ProtocolId> parseProtocol(const QString& name);

/// The name for people: "Qt data stream".
[[nodiscard]] QString protocolTitle(ProtocolId id);

/// Who can read it, for people: "Shmpix and stock Qt: QDataStream >> QImage".
[[nodiscard]] QString protocolReaders(ProtocolId id);

} // namespace shmpix
