#pragma once

#include "common/base/bytesource.h"
#include "common/image/pixellayout.h"
#include "common/protocol/protocolid.h"

#include <QImage>
#include <QSize>

#include <functional>
#include <optional>
#include <vector>

namespace shmpix {

/// A picture that is ready to be written: its exact size, so that a segment can be created for it, and a
/// function that writes it in one pass. Keeps the picture's pixels alive.
struct Encoding
{
    qint64 bytes = 0;
    std::function<void(std::span<std::byte>)>
        write;                              ///< fills exactly `bytes`; without checksums the first ones last
    QString note;                           ///< what the protocol cannot store, in a sentence; may be empty
    std::optional<PixelLayout> layout = {}; ///< what a reader needs to know; nothing if the bytes describe it
};

/// Options for writing that the picture does not determine.
struct EncodeOptions
{
    std::optional<PixelLayout>
        layout; ///< pixels: all of it; npy: its format; its size is the picture's, or 0
};

/// A picture read from a segment, with information for people about how it was read.
struct Decoded
{
    QImage image;
    QString reason;   ///< why the bytes were read so: "QDataStream image: marker 1, then PNG"
    qint64 bytes = 0; ///< how many of the segment's bytes the picture takes
    std::vector<QSize> otherSizes = {};     ///< sizes that fit as well, the likeliest first
    std::optional<PixelLayout> layout = {}; ///< where the pixels lie, if they are plain
    QString note = {};                      ///< how the numbers are shown, in sentences; else empty
};

/// Options for reading that the bytes do not determine.
struct DecodeOptions
{
    QSize size;                        ///< the size to use if several fit; empty: the likeliest
    std::optional<PixelLayout> layout; ///< pixels: where they lie; also used if no protocol is recognised
};

/// One protocol: bytes to image and image to bytes. Independent of segments. Stateless, so any thread may use
/// it. All input is untrusted: each byte is read once and checked, and sizes are limited before memory is
/// allocated.
class Codec
{
public:
    virtual ~Codec() = default;

    /// Prepares a picture for writing. Fails with BadData for a picture that the protocol cannot hold, and
    /// with Usage for options that do not match the picture.
    [[nodiscard]] virtual Result<Encoding> encode(const QImage& image,
                                                  const EncodeOptions& options) const = 0;

    /// Why these bytes look like this protocol, or nothing if they do not. Reads only the beginning.
    [[nodiscard]] virtual std::optional<QString> recognise(ByteSource& source) const = 0;

    /// Reads a picture that starts at the source's first byte; the source may be longer.
    [[nodiscard]] virtual Result<Decoded> decode(ByteSource& source, const DecodeOptions& options) const = 0;
};

/// The codec of one of codecProtocols(); it exists for the whole run of the program. Ends the program for a
/// protocol without a codec, which is a mistake in the program.
[[nodiscard]] const Codec& codecFor(ProtocolId id);

} // namespace shmpix
