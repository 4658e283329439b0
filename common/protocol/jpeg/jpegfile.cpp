#include "common/protocol/jpeg/jpegfile.h"

#include "common/base/quantitytext.h"
#include "common/image/imagelimits.h"
#include "common/protocol/sourcereader.h"

#include <QCoreApplication>
#include <QSize>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(JpegFile)
};

/// Finds the end of a JPEG (ITU-T T.81, annex B) that is fed to it piece by piece.
class EndFinder
{
public:
    /// Returns how many of the piece's bytes belong to the file. Fewer than all means that the end is found.
    [[nodiscard]] qint64 feed(std::span<const std::byte> piece)
    {
        std::size_t at = 0;
        while (at < piece.size() && !m_done && !m_invalid) {
            if (m_skip > 0) {
                const auto count = std::min(static_cast<std::size_t>(m_skip), piece.size() - at);
                m_skip -= static_cast<qint64>(count);
                at += count;
            } else if (m_state == State::Entropy) {
                const void* found = std::memchr(piece.data() + at, 0xff, piece.size() - at);
                if (found == nullptr) {
                    return static_cast<qint64>(piece.size());
                }
                at = static_cast<std::size_t>(static_cast<const std::byte*>(found) - piece.data()) + 1;
                m_state = State::EntropyMarker;
            } else {
                step(std::to_integer<int>(piece[at]));
                ++at;
            }
        }
        return static_cast<qint64>(at);
    }
    [[nodiscard]] bool done() const { return m_done; }
    [[nodiscard]] bool invalid() const { return m_invalid; }

    /// Returns nothing until the frame header has been fed.
    [[nodiscard]] std::optional<QSize> size() const
    {
        return m_frame.taken == frameStartBytes ? std::optional(QSize(m_frame.width, m_frame.height))
                                                : std::nullopt;
    }

    /// Returns how long the file may be, as far as it was fed. Four samples per pixel have at most 27 bits
    /// for each coefficient, and each byte may be followed by a stuffed one.
    [[nodiscard]] qint64 mostBytes() const
    {
        constexpr qint64 mostBytesOfAPixel = 32;
        return std::min(maximumImageBytes,
                        maximumBytesBesidePixels + mostBytesOfAPixel * m_frame.width * m_frame.height);
    }

private:
    enum class State { MarkerPrefix, Marker, LengthHigh, LengthLow, Frame, Entropy, EntropyMarker };

    /// The start of a frame header.
    struct Frame
    {
        int taken = 0; ///< number of bytes, at most 5
        int height = 0;
        int width = 0;
    };

    void step(int byte)
    {
        switch (m_state) {
        case State::MarkerPrefix:
            m_invalid = byte != 0xff;
            m_state = State::Marker;
            break;
        case State::Marker:
            takeMarker(byte);
            break;
        case State::LengthHigh:
            m_length = byte << 8;
            m_state = State::LengthLow;
            break;
        case State::LengthLow:
            m_length |= byte;
            m_invalid = m_length < 2;
            m_skip = m_length - 2;
            m_state = m_marker == startOfScan ? State::Entropy : State::MarkerPrefix;
            if (isFrame(m_marker) && m_skip >= frameStartBytes) {
                m_skip = 0;
                m_frame = {};
                m_state = State::Frame;
            }
            break;
        case State::Frame:
            takeFrame(byte);
            break;
        case State::EntropyMarker:
            if (byte == 0 || (byte >= firstRestart && byte <= lastRestart)) {
                m_state = State::Entropy;
            } else if (byte != 0xff) {
                takeMarker(byte);
            }
            break;
        case State::Entropy:
            break;
        }
    }

    void takeFrame(int byte)
    {
        if (m_frame.taken > 0) { // the first byte is the depth
            int& side = m_frame.taken <= 2 ? m_frame.height : m_frame.width;
            side = side << 8 | byte;
        }
        if (++m_frame.taken == frameStartBytes) {
            m_skip = m_length - 2 - frameStartBytes;
            m_state = State::MarkerPrefix;
        }
    }

    [[nodiscard]] static bool isFrame(int marker)
    {
        return marker >= firstFrame && marker <= lastFrame && marker != huffmanTables &&
               marker != reservedFrame && marker != arithmeticConditioning;
    }

    void takeMarker(int byte)
    {
        if (byte == 0xff) {
            return; // fill bytes may precede a marker
        }
        m_marker = byte;
        if (byte == endOfImage) {
            m_done = true;
        } else if (byte == startOfImage || byte == temporary) {
            m_state = State::MarkerPrefix;
        } else {
            m_state = State::LengthHigh;
        }
    }

    static constexpr int frameStartBytes = 5;
    static constexpr int temporary = 0x01;
    static constexpr int firstFrame = 0xc0;
    static constexpr int huffmanTables = 0xc4;
    static constexpr int reservedFrame = 0xc8;
    static constexpr int arithmeticConditioning = 0xcc;
    static constexpr int lastFrame = 0xcf;
    static constexpr int firstRestart = 0xd0;
    static constexpr int lastRestart = 0xd7;
    static constexpr int startOfImage = 0xd8;
    static constexpr int endOfImage = 0xd9;
    static constexpr int startOfScan = 0xda;

    State m_state = State::MarkerPrefix;
    int m_marker = 0;
    int m_length = 0;
    qint64 m_skip = 0;
    Frame m_frame;
    bool m_done = false;
    bool m_invalid = false;
};

Error cutOrDamaged()
{
    return {ErrorCode::BadData,
            Text::tr("The JPEG is truncated or damaged: its end marker is missing. Use a complete copy.")};
}

/// Finds the end of the file at the beginning of the source, without copying it.
Result<qint64> findEnd(ByteSource& source)
{
    EndFinder finder;
    SourceReader reader(source);
    qint64 bytes = 0;
    while (!finder.done()) {
        if (finder.invalid() || reader.left() <= 0) {
            return cutOrDamaged();
        }
        if (bytes > finder.mostBytes()) {
            return Error{ErrorCode::BadData,
                         Text::tr("The JPEG is damaged: it has no end marker within the %1 that a picture of "
                                  "its size can take. Use an undamaged copy.")
                             .arg(bytesText(finder.mostBytes()))};
        }
        auto piece = reader.next(reader.left());
        if (!piece) {
            return piece.error();
        }
        bytes += finder.feed(*piece);
        if (const auto size = finder.size()) {
            if (auto checked = checkedImageBytes(size->width(), size->height(), 32); !checked) {
                return checked.error();
            }
        }
    }
    return bytes;
}

} // namespace

bool beginsLikeJpeg(ByteSource& source)
{
    constexpr std::array<unsigned char, 3> start = {0xff, 0xd8, 0xff};
    std::array<unsigned char, 3> bytes = {};
    return source.read(0, std::as_writable_bytes(std::span(bytes))).has_value() && bytes == start;
}

Result<QByteArray> copyJpegFile(ByteSource& source)
{
    const auto bytes = findEnd(source);
    if (!bytes) {
        return bytes.error();
    }
    auto file = copyBytes(source, 0, *bytes);
    if (!file) {
        return file.error();
    }
    // Only the copy counts: another program may have written in the meantime.
    EndFinder finder;
    const qint64 used = finder.feed(std::as_bytes(std::span(file->constData(), file->size())));
    if (!finder.done() || used != file->size()) {
        return cutOrDamaged();
    }
    return file;
}

} // namespace shmpix
