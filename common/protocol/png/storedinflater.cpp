#include "common/protocol/png/storedinflater.h"

#include "common/base/checksums.h"
#include "common/protocol/png/pngformat.h"

#include <QtEndian>

#include <algorithm>

namespace shmpix {

PngStep StoredInflater::put(std::span<const std::byte> data)
{
    while (!data.empty()) {
        if (m_state == State::Done) {
            return PngStep::Damaged;
        }
        if (m_state == State::Block) {
            const auto piece = data.first(std::min(data.size(), m_blockLeft));
            m_adler = adler32(m_adler, piece);
            if (const PngStep step = m_rows.put(piece); step != PngStep::Fine) {
                return step;
            }
            m_blockLeft -= piece.size();
            data = data.subspan(piece.size());
            if (m_blockLeft == 0) {
                endBlock();
            }
            continue;
        }
        m_head[m_headCount++] = data.front();
        data = data.subspan(1);
        if (m_headCount == m_headWanted) {
            if (const PngStep step = takeHead(); step != PngStep::Fine) {
                return step;
            }
        }
    }
    return PngStep::Fine;
}

void StoredInflater::expect(State state, std::size_t count)
{
    m_state = state;
    m_headWanted = count;
    m_headCount = 0;
}

void StoredInflater::endBlock()
{
    if (m_lastBlock) {
        expect(State::Checksum, 4);
    } else {
        expect(State::BlockHeader, png::storedHeaderBytes);
    }
}

PngStep StoredInflater::takeHead()
{
    const auto* head = reinterpret_cast<const unsigned char*>(m_head.data());
    switch (m_state) {
    case State::ZlibHeader:
        if ((head[0] & 0x0f) != 8 || (head[1] & 0x20) != 0 || (head[0] * 256 + head[1]) % 31 != 0) {
            return PngStep::OtherKind;
        }
        expect(State::BlockHeader, png::storedHeaderBytes);
        return PngStep::Fine;
    case State::BlockHeader:
        return takeBlockHeader(head);
    case State::Checksum:
        if (qFromBigEndian<quint32>(head) != m_adler) {
            return PngStep::Damaged;
        }
        m_state = State::Done;
        return PngStep::Fine;
    case State::Block:
    case State::Done:
        break;
    }
    return PngStep::Damaged;
}

PngStep StoredInflater::takeBlockHeader(const unsigned char* head)
{
    if ((head[0] & 0xfe) != 0) {
        return PngStep::OtherKind; // a compressed block
    }
    m_lastBlock = (head[0] & 1) != 0;
    const auto length = qFromLittleEndian<quint16>(head + 1);
    if (static_cast<quint16>(~length) != qFromLittleEndian<quint16>(head + 3)) {
        return PngStep::Damaged;
    }
    m_blockLeft = length;
    m_state = State::Block;
    if (m_blockLeft == 0) {
        endBlock();
    }
    return PngStep::Fine;
}

} // namespace shmpix
