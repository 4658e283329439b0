#pragma once

#include "common/live/framereader.h"
#include "common/live/framewriter.h"
#include "tests/support/framepattern.h"

#include <chrono>
#include <optional>
#include <vector>

namespace shmpix::test {

constexpr auto patience = std::chrono::seconds(20);

/// Publishes a frame with the pattern of that number.
[[nodiscard]] inline Result<void> publish(FrameWriter& frames, const QString& layout, quint64 number)
{
    auto room = frames.begin(*parseLayout(layout));
    if (!room) {
        return room.error();
    }
    fillFrame(*room, number);
    frames.publish({number, 0, QByteArray::number(number)});
    return {};
}

/// The number of the next frame that is read; 0 if none comes in time, or if it is not whole.
[[nodiscard]] inline quint64 nextNumber(FrameReader& reader, std::chrono::milliseconds time = patience)
{
    const auto deadline = std::chrono::steady_clock::now() + time;
    std::vector<std::byte> bytes;
    do {
        const auto frame = reader.wait(deadline) ? reader.copy(bytes) : std::optional<FrameInfo>();
        if (frame && *frame) {
            return isFrame(bytes, (*frame)->entry.number) ? (*frame)->entry.number : 0;
        }
    } while (std::chrono::steady_clock::now() < deadline);
    return 0;
}

} // namespace shmpix::test
