#include "common/live/stillframe.h"

#include <QCoreApplication>
#include <QtEndian>

#include <array>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(StillFrame)
};

constexpr int mostAttempts = 10;

template <class Word>
Result<Word> wordAt(ByteSource& source, qint64 offset)
{
    std::array<std::byte, sizeof(Word)> bytes = {};
    if (auto read = source.read(offset, bytes); !read) {
        return read.error();
    }
    return qFromLittleEndian<Word>(bytes.data());
}

Result<RingHeader> readHeader(ByteSource& source)
{
    std::array<std::byte, ringConstantBytes> start = {};
    if (auto read = source.read(0, start); !read) {
        return read.error();
    }
    return parseRingHeader(start, source.size());
}

/// Copies the entry of frame `serial`. Returns false if another frame has replaced it.
Result<bool> readEntry(ByteSource& source, StillFrame& frame)
{
    const quint64 slot = frame.ring.slotOf(frame.serial);
    std::array<std::byte, slotEntryBytes> bytes = {};
    if (auto read = source.read(frame.ring.entryAt(slot), bytes); !read) {
        return read.error();
    }
    if (qFromLittleEndian<quint64>(bytes.data()) != 2 * frame.serial || !isStillThere(source, frame)) {
        return false;
    }
    auto entry = parseSlotEntry(bytes, frame.ring.capacity);
    if (!entry) {
        return entry.error();
    }
    frame.entry = std::move(*entry);
    frame.pixelsAt = frame.ring.pixelsAt(slot);
    return true;
}

} // namespace

Result<StillFrame> findNewestFrame(ByteSource& source)
{
    auto header = readHeader(source);
    if (!header) {
        return header.error();
    }
    StillFrame frame;
    frame.ring = *header;
    for (int i = 0; i < mostAttempts; ++i) {
        const auto state = wordAt<quint32>(source, qint64(stateAt));
        const auto newest = wordAt<quint64>(source, qint64(newestAt));
        if (!state || !newest) {
            return state ? newest.error() : state.error();
        }
        if (*newest == 0) {
            return Error{ErrorCode::BadData, Text::tr("The stream has no frame yet. Load again later.")};
        }
        frame.state = static_cast<RingState>(*state);
        frame.serial = *newest;
        auto found = readEntry(source, frame);
        if (!found) {
            return found.error();
        }
        if (*found) {
            return frame;
        }
    }
    return senderIsTooFast();
}

Error senderIsTooFast()
{
    return {ErrorCode::BadData, Text::tr("The sender overwrites its frames faster than they can be read. "
                                         "Follow it with Live, or load again.")};
}

bool isStillThere(ByteSource& source, const StillFrame& frame)
{
    const auto sequence = wordAt<quint64>(source, frame.ring.entryAt(frame.ring.slotOf(frame.serial)));
    return sequence && *sequence == 2 * frame.serial;
}

} // namespace shmpix
