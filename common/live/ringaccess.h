#pragma once

#include <QtGlobal>

#include <atomic>
#include <cstddef>
#include <span>

namespace shmpix {

static_assert(Q_BYTE_ORDER == Q_LITTLE_ENDIAN, "the ring's words are little-endian and read in place");
static_assert(std::atomic_ref<quint64>::is_always_lock_free && std::atomic_ref<quint32>::is_always_lock_free,
              "words are shared with other processes");

/// The values of a ring's state word.
enum class RingState : quint32 { NotReady = 0, Open = 1, Closed = 2, Moved = 3 };

/// The offsets of the words that change.
constexpr std::size_t stateAt = 128;
constexpr std::size_t wakeAt = 132;
constexpr std::size_t newestAt = 136;
constexpr std::size_t heartbeatAt = 144;

/// A word of a ring that other processes read or write at the same time. The memory may be mapped read-only;
/// then only load() may be called.
template <class Word>
class RingWord
{
public:
    /// `bytes` reaches at least from the ring's first byte to the end of the word. The word's offset is a
    /// multiple of its size.
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
    /// Needs no atomic addition, because a ring has one writer.
    void increase() const { store(load(std::memory_order_relaxed) + 1); }

    [[nodiscard]] const quint32* address() const { return reinterpret_cast<const quint32*>(m_address); }

private:
    [[nodiscard]] std::atomic_ref<Word> reference() const
    {
        return std::atomic_ref<Word>(*reinterpret_cast<Word*>(m_address));
    }

    std::byte* m_address;
};

/// Copies bytes to or from a ring while the other side may be reading or changing them. The ranges do not
/// overlap. Torn bytes are detected afterwards by the sequence. Faster than memcpy() for frames that are too
/// large for the cache.
void copyShared(std::span<const std::byte> from, std::byte* to);

} // namespace shmpix
