#include "tests/live/knownframes.h"

#include "tests/support/framepattern.h"

#include <algorithm>

namespace shmpix::test {

namespace {

constexpr int lifeBits = 24; // the rest of the seed; a life has 2^40 frames at most

quint64 seedOf(quint64 life, quint64 number)
{
    return (number << lifeBits) | life;
}

} // namespace

PixelLayout KnownFrames::layoutOf(quint64 life, quint64 number) const
{
    constexpr qint64 mostRows = 8192;
    constexpr quint64 growsAfter = 37;
    qint64 rows = 64;
    if (m_sizes == Sizes::Changing) {
        const quint64 place = number + life * 5;
        rows = place % growsAfter == 0
                   ? std::min(mostRows, qint64(64) << std::min<quint64>(number / growsAfter, 16))
                   : qint64(1 + place * 7 % 64);
    }
    const bool isGray = number % 2 == 0;
    return {isGray ? 64 : 16, rows,
            *parsePixelFormat(isGray ? QStringLiteral("gray8") : QStringLiteral("rgba8"))};
}

Result<void> KnownFrames::write(FrameWriter& writer, quint64 life, quint64 number, const Fill& fill) const
{
    if (m_sizes == Sizes::Changing && isAbandonedFirst(life, number)) {
        const auto room = writer.begin(layoutOf(life, number + 1));
        if (!room) {
            return room.error();
        }
        fill(room->first(room->size() / 2), seedOf(life, number + 1));
    }
    const auto room = writer.begin(layoutOf(life, number));
    if (!room) {
        return room.error();
    }
    fill(*room, seedOf(life, number));
    writer.publish({number, 0, QByteArray::number(life)});
    return {};
}

Result<void> KnownFrames::write(FrameWriter& writer, quint64 life, quint64 number) const
{
    return write(writer, life, number, fillFrame);
}

std::optional<quint64> KnownFrames::lifeOf(const SlotEntry& entry, std::span<const std::byte> bytes) const
{
    bool isNumber = false;
    const quint64 life = entry.metadata.toULongLong(&isNumber);
    const PixelLayout layout = layoutOf(life, entry.number);
    const bool isWhole = isNumber && entry.layout == layout && entry.bytes == qint64(bytes.size()) &&
                         entry.bytes == layout.step() * layout.height &&
                         isFrame(bytes, seedOf(life, entry.number));
    return isWhole ? std::optional(life) : std::nullopt;
}

} // namespace shmpix::test
