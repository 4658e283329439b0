#pragma once

#include "common/base/result.h"

#include <QString>

#include <vector>

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

/// All of them, in the order in which people see them.
[[nodiscard]] const std::vector<ProtocolId>& allProtocols();

/// The protocols with a codec: one picture from the segment's first byte on.
[[nodiscard]] const std::vector<ProtocolId>& codecProtocols();

/// The protocols whose bytes describe themselves.
[[nodiscard]] const std::vector<ProtocolId>& selfDescribingProtocols();

/// The name on the command line and in settings: "datastream".
[[nodiscard]] QString protocolName(ProtocolId id);

/// The protocol of that name. Fails with Usage and lists the known names.
[[nodiscard]] Result<ProtocolId> parseProtocol(const QString& name);

/// The name for people: "Qt data stream".
[[nodiscard]] QString protocolTitle(ProtocolId id);

/// Who can read it, for people: "Shmpix and stock Qt: QDataStream >> QImage".
[[nodiscard]] QString protocolReaders(ProtocolId id);

} // namespace shmpix
