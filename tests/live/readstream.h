#pragma once

#include "common/live/framereader.h"
#include "tests/live/handmadering.h"
#include "tests/support/codecbytes.h"

namespace shmpix::test {

/// A reader of an address in plain memory, with its last results.
class ReadStream
{
public:
    using Milliseconds = std::chrono::milliseconds;

    ReadStream()
        : reader(place.reader())
    {
    }
    explicit ReadStream(const HandmadeRing& ring)
        : ReadStream()
    {
        place.put(ring.shared());
    }

    /// Whether a frame comes within the time. 0: whether there is one now.
    [[nodiscard]] bool waits(Milliseconds time = Milliseconds(0))
    {
        return reader.wait(std::chrono::steady_clock::now() + time);
    }

    /// Waits for a frame and copies it; nothing if none comes in time.
    [[nodiscard]] std::optional<FrameInfo> next(Milliseconds time = Milliseconds(0))
    {
        const auto deadline = std::chrono::steady_clock::now() + time;
        do {
            if (reader.wait(deadline)) {
                auto frame = reader.copy(bytes);
                if (frame && *frame) {
                    return std::move(*frame);
                }
                if (!frame) {
                    error = frame.error();
                    return std::nullopt;
                }
            }
        } while (std::chrono::steady_clock::now() < deadline);
        return std::nullopt;
    }

    /// The number of the next frame; -1 if there is none.
    [[nodiscard]] qint64 nextNumber(Milliseconds time = Milliseconds(0))
    {
        const auto frame = next(time);
        return frame ? qint64(frame->entry.number) : -1;
    }

    /// Waits for that state. Returns false if it does not come in time.
    [[nodiscard]] bool becomes(StreamState state, Milliseconds time = Milliseconds(20000))
    {
        const auto deadline = std::chrono::steady_clock::now() + time;
        while (reader.state() != state && std::chrono::steady_clock::now() < deadline) {
            if (reader.wait(deadline) && reader.state() != state) {
                static_cast<void>(reader.copy(bytes));
            }
        }
        return reader.state() == state;
    }

    RingPlace place;
    FrameReader reader;
    std::vector<std::byte> bytes;
    std::optional<Error> error;
};

/// A frame of eight grey pixels.
[[nodiscard]] inline HandmadeFrame frameNumber(quint64 n, quint64 number)
{
    HandmadeFrame frame;
    frame.n = n;
    frame.number = number;
    return frame;
}

[[nodiscard]] inline QByteArray textOf(const std::vector<std::byte>& bytes)
{
    return QByteArray(reinterpret_cast<const char*>(bytes.data()), qsizetype(bytes.size()));
}

} // namespace shmpix::test
