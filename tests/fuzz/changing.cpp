#include "common/base/memorysource.h"
#include "common/protocol/bmp/bmpheader.h"
#include "common/protocol/detection.h"
#include "tests/fuzz/oracle.h"

namespace shmpix::fuzz {

namespace {

/// A segment whose writer continues to write: the changes alter the bytes of each read. Only low bits change,
/// so that no picture grows to a gigabyte.
class ChangingSource final : public ByteSource
{
public:
    ChangingSource(Input bytes, Input changes)
        : m_bytes(bytes)
        , m_changes(changes)
    {
    }
    [[nodiscard]] qint64 size() const override { return m_bytes.size(); }
    [[nodiscard]] Result<void> read(qint64 offset, std::span<std::byte> out) override
    {
        auto result = m_bytes.read(offset, out);
        if (!m_changes.empty() && !out.empty()) {
            const std::size_t place = take<quint8>(m_changes) % out.size();
            out[place] ^= std::byte(take<quint8>(m_changes) % 16);
        }
        return result;
    }

private:
    MemorySource m_bytes;
    Input m_changes;
};

/// Whether a few bytes stand for a picture of many pixels, which would use up time and memory. The changes
/// can add at most 3840 to each side of another one before a side exceeds the limit.
bool hasLongRuns(Input bytes)
{
    constexpr int most = 256;
    MemorySource source(bytes);
    const auto header = readBmpHeader(source);
    return header && header->isRunLength() && (header->width > most || header->height > most);
}

} // namespace

/// 64 bytes of changes, followed by a segment that changes while it is read. The codec must use the same
/// bytes that it has checked.
void fuzzChanging(Input input)
{
    constexpr std::size_t changesBytes = 64;
    const Input changes = input.first(std::min(changesBytes, input.size()));
    const Input bytes = input.subspan(changes.size());
    if (hasLongRuns(bytes)) {
        return;
    }
    for (const ProtocolId id : selfDescribingProtocols()) {
        ChangingSource source(bytes, changes);
        requireSound(codecFor(id).decode(source, {}), source.size());
    }
    ChangingSource source(bytes, changes);
    static_cast<void>(detectProtocol(source));
}

} // namespace shmpix::fuzz
