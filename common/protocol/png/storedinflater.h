#pragma once

#include "common/protocol/png/pngrowfiller.h"

#include <array>
#include <cstdint>

namespace shmpix {

/// Unpacks a zlib stream that has only stored blocks, in pieces of any size, into rows. Does not own the
/// rows.
class StoredInflater
{
public:
    explicit StoredInflater(PngRowFiller& rows)
        : m_rows(rows)
    {
    }

    /// Whether the stream ended and its checksum was right.
    [[nodiscard]] bool complete() const { return m_state == State::Done; }

    [[nodiscard]] PngStep put(std::span<const std::byte> data);

private:
    enum class State { ZlibHeader, BlockHeader, Block, Checksum, Done };

    void expect(State state, std::size_t count);
    void endBlock();
    [[nodiscard]] PngStep takeHead();
    [[nodiscard]] PngStep takeBlockHeader(const unsigned char* head);

    PngRowFiller& m_rows;
    State m_state = State::ZlibHeader;
    std::array<std::byte, 8> m_head = {};
    std::size_t m_headWanted = 2;
    std::size_t m_headCount = 0;
    std::size_t m_blockLeft = 0;
    bool m_lastBlock = false;
    std::uint32_t m_adler = 1;
};

} // namespace shmpix
