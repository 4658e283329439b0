#include "common/protocol/jpegfile.h"

#include "common/image/imagelimits.h"
#include "common/protocol/sourcereader.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cstring>

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
    /// How many of the piece's bytes belong to the file; fewer than all means that the end is found.
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

private:
    enum class State { MarkerPrefix, Marker, LengthHigh, LengthLow, Entropy, EntropyMarker };

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

    void takeMarker(int byte)
    {
        if (byte == 0xff) {
            return; // fill bytes may stand before a marker
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

    static constexpr int temporary = 0x01;
    static constexpr int firstRestart = 0xd0;
    static constexpr int lastRestart = 0xd7;
    static constexpr int startOfImage = 0xd8;
    static constexpr int endOfImage = 0xd9;
    static constexpr int startOfScan = 0xda;

    State m_state = State::MarkerPrefix;
    int m_marker = 0;
    int m_length = 0;
    qint64 m_skip = 0;
    bool m_done = false;
    bool m_invalid = false;
};

} // namespace

bool beginsLikeJpeg(ByteSource& source)
{
    constexpr std::array<unsigned char, 3> start = {0xff, 0xd8, 0xff};
    std::array<unsigned char, 3> bytes = {};
    return source.read(0, std::as_writable_bytes(std::span(bytes))).has_value() && bytes == start;
}

Result<QByteArray> copyJpegFile(ByteSource& source)
{
    QByteArray file;
    EndFinder finder;
    SourceReader reader(source);
    while (!finder.done() && !finder.invalid() && reader.left() > 0 && file.size() < maximumImageBytes) {
        auto piece = reader.next(reader.left());
        if (!piece) {
            return piece.error();
        }
        const qint64 used = finder.feed(*piece);
        file.append(reinterpret_cast<const char*>(piece->data()), used);
    }
    if (!finder.done()) {
        return Error{
            ErrorCode::BadData,
            Text::tr("The JPEG is cut or damaged: its end marker is missing. Use a whole copy of it.")};
    }
    return file;
}

} // namespace shmpix
