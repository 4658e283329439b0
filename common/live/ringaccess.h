#pragma once

#include <QtGlobal>

#include <atomic>
#include <cstddef>
#include <span>

namespace shmpix {

static_assert(Q_BYTE_ORDER == Q_LITTLE_ENDIAN, "the ring's words are little-endian and read in place");
static_assert(std::atomic_ref<quint64>::is_always_lock_free && std::atomic_ref<quint32>::is_always_lock_free,
              "words are shared with other processes");

/// What the state word of a ring says.
enum class RingState : quint32 { NotReady = 0, Open = 1, Closed = 2, Moved = 3 };

/// Where the words lie that change.
constexpr std::size_t stateAt = 128;
constexpr std::size_t wakeAt = 132;
constexpr std::size_t newestAt = 136;
constexpr std::size_t heartbeatAt = 144;

/// A word of a ring, which other processes read or write at the same time. The memory may be mapped
/// read-only: then only load() is to be called.
template <class Word>
class RingWord
{
public:
    /// `bytes` reaches from the ring's first byte to behind the word, whose offset is a multiple of its size.
    RingWord(std::span<const std::byte> bytes, std::size_t offset)
        : m_address(const_cast<std::byte*>(bytes.data() + offset))
    {
    }

    [[nodiscard]] Word load(std::memory_order order = std::memory_order_acquire) const
    {
        return reference().load(order);
    }
    void store(Word value, std::memory_order order = std::memory_order_release) const
    {
        reference().store(value, order);
    }
    /// Without an atomic addition: a ring has one writer.
    void increase() const { store(load(std::memory_order_relaxed) + 1); }

    [[nodiscard]] const quint32* address() const { return reinterpret_cast<const quint32*>(m_address); }

private:
    [[nodiscard]] std::atomic_ref<Word> reference() const
    {
        return std::atomic_ref<Word>(*reinterpret_cast<Word*>(m_address));
    }

    std::byte* m_address;
};

/// Copies bytes, which do not overlap, to or from a ring while the other side may be reading or changing
/// them; what is torn is found by the sequence afterwards. Faster than memcpy() for frames that no cache
/// holds.
void copyShared(std::span<const std::byte> from, std::byte* to);

} // namespace shmpix
