#pragma once

#include "common/live/framewriter.h"
#include "tests/live/handmadering.h"
#include "tests/support/codecbytes.h"
#include "tests/support/framepattern.h"

namespace shmpix::test {

constexpr std::size_t stateAtByte = 128;
constexpr std::size_t wakeAtByte = 132;
constexpr std::size_t newestAtByte = 136;
constexpr std::size_t heartbeatAtByte = 144;

/// A writer and the bytes that it has written, read at the offsets that FORMAT.md states.
class Stream
{
public:
    explicit Stream(const FrameWriterOptions& options = {})
        : writer(place.writer(), options)
    {
    }

    /// Fills and publishes a frame with the pattern.
    [[nodiscard]] Result<void> write(const QString& layout, const FrameNote& note = {})
    {
        auto room = writer.begin(*parseLayout(layout));
        if (!room) {
            return room.error();
        }
        fillFrame(*room, writer.published() + 1);
        writer.publish(note);
        return {};
    }

    RingPlace place;
    FrameWriter writer;
};

template <class Number>
[[nodiscard]] Number at(const std::shared_ptr<RingBytes>& ring, std::size_t place)
{
    return qFromLittleEndian<Number>(ring->span().subspan(place).data());
}

/// For the only kind of ring that this version writes.
[[nodiscard]] inline std::size_t entryAt(quint64 slot)
{
    return 256 + 512 * slot;
}

[[nodiscard]] inline QByteArray textOf(std::span<const std::byte> bytes)
{
    return QByteArray(reinterpret_cast<const char*>(bytes.data()), qsizetype(bytes.size()));
}

[[nodiscard]] inline std::span<const std::byte> pixels(const std::shared_ptr<RingBytes>& ring, quint64 slot,
                                                       std::size_t count)
{
    const auto data = at<quint64>(ring, 32);
    const auto pitch = at<quint64>(ring, 40);
    return ring->span().subspan(data + pitch * slot, count);
}

inline const QString small = QStringLiteral("10x4:gray8"); // 40 bytes
inline const QString large = QStringLiteral("100x50:bgr8");

} // namespace shmpix::test
