#include "tests/fuzz/oracle.h"
#include "tests/live/readstream.h"
#include "tests/protocol/pngforgery.h"

#include <QtEndian>

namespace shmpix::fuzz {

namespace {

using Bytes = std::span<std::byte>;

/// Generated stores of a writer: offsets and values.
void storeWord(Bytes ring, Input& stores)
{
    const std::size_t at = take<quint16>(stores) % ring.size() / 8 * 8;
    const auto value = take<quint64>(stores);
    for (std::size_t i = 0; i < 8 && at + i < ring.size(); ++i) {
        ring[at + i] = std::byte(value >> (8 * i) & 0xff);
    }
}

/// The reader of a frame sees only bytes of its slot while the writer continues.
void visit(FrameReader& reader, Bytes ring, Input& stores)
{
    const auto frame =
        reader.visit([&](const SlotEntry& entry, std::span<const std::byte> bytes) -> Result<void> {
            require(qint64(bytes.size()) == entry.bytes, "another number of bytes than the entry says");
            require(checkedExtent(entry.layout, entry.bytes).has_value(), "pixels outside of the slot");
            require(bytes.data() >= ring.data() && bytes.data() + bytes.size() <= ring.data() + ring.size(),
                    "bytes outside of the ring");
            MemorySource source(bytes);
            if (isQuick(entry.layout.width, entry.layout.height)) {
                requireSound(codecFor(ProtocolId::Pixels).decode(source, {{}, entry.layout}), source.size());
            }
            storeWord(ring, stores);
            return {};
        });
    require(frame || !frame.error().text.isEmpty(), "no sentence for a frame that is dropped");
    require(!frame || !*frame || (*frame)->serial > 0, "a frame without a number");
}

void follow(Input input, bool isSigned)
{
    constexpr std::size_t storesBytes = 60;
    test::ReadStream stream;
    const auto ring = std::make_shared<test::RingBytes>(qint64(input.size()));
    std::ranges::copy(input, ring->span().begin());
    if (isSigned && input.size() >= std::size_t(ringConstantBytes)) {
        const quint32 sum = test::bitwiseCrc(bytesOf(ring->span().first(124)));
        qToLittleEndian(sum, ring->span().data() + 124);
    }
    stream.place.put(ring);
    Input stores = input.last(std::min(storesBytes, input.size()));
    for (int i = 0; i < 4; ++i) {
        if (stream.waits()) {
            visit(stream.reader, ring->span(), stores);
        } else {
            require(stream.reader.state() == StreamState::Open ||
                        stream.reader.state() == StreamState::Closed ||
                        !stream.reader.reason().text.isEmpty(),
                    "no sentence for what is no stream");
            storeWord(ring->span(), stores);
        }
        static_cast<void>(stream.reader.heartbeat());
    }
}

} // namespace

/// The input is a ring in memory, and its last bytes say which words change during the read. Tests the ring
/// unchanged and with a corrected header checksum.
void fuzzRing(Input input)
{
    if (!input.empty()) {
        follow(input, false);
        follow(input, true);
    }
}

} // namespace shmpix::fuzz
