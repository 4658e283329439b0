#include "common/live/ringaccess.h"

#include <cstdint>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace shmpix {

#if defined(__SANITIZE_THREAD__)

// A race detector does not know that readers recognise torn bytes by the sequence. Relaxed atomic accesses
// declare the same race to it.
void copyShared(std::span<const std::byte> from, std::byte* to)
{
    for (std::size_t i = 0; i < from.size(); ++i) {
        const auto byte =
            std::atomic_ref<std::byte>(const_cast<std::byte&>(from[i])).load(std::memory_order_relaxed);
        std::atomic_ref<std::byte>(to[i]).store(byte, std::memory_order_relaxed);
    }
}

#else

namespace {

void copyPlainly(std::span<const std::byte> from, std::byte* to)
{
    if (!from.empty()) {
        std::memcpy(to, from.data(), from.size());
    }
}

#ifdef __SSE2__

/// No cache keeps this many bytes until somebody reads them.
constexpr std::size_t streamedFrom = std::size_t(16) << 20;
constexpr std::size_t lineBytes = 64;

/// Copies without reading the overwritten memory first. The C library does read it for sizes up to all caches
/// together. Without that read, a third less passes over the memory bus, which limits large frames.
void copyStreaming(std::span<const std::byte> from, std::byte* to)
{
    const std::size_t before = (lineBytes - reinterpret_cast<std::uintptr_t>(to) % lineBytes) % lineBytes;
    const std::size_t lines = (from.size() - before) / lineBytes;
    copyPlainly(from.first(before), to);
    const auto* source = reinterpret_cast<const __m128i*>(from.data() + before);
    auto* target = reinterpret_cast<__m128i*>(to + before);
    constexpr std::size_t wordsInLine = lineBytes / sizeof(__m128i);
    for (std::size_t i = 0; i < lines; ++i, source += wordsInLine, target += wordsInLine) {
        const __m128i first = _mm_loadu_si128(source);
        const __m128i second = _mm_loadu_si128(source + 1);
        const __m128i third = _mm_loadu_si128(source + 2);
        const __m128i fourth = _mm_loadu_si128(source + 3);
        _mm_stream_si128(target, first);
        _mm_stream_si128(target + 1, second);
        _mm_stream_si128(target + 2, third);
        _mm_stream_si128(target + 3, fourth);
    }
    _mm_sfence(); // these stores are not ordered with later ones, such as that of a sequence
    copyPlainly(from.subspan(before + lines * lineBytes), to + before + lines * lineBytes);
}

#endif

} // namespace

void copyShared(std::span<const std::byte> from, std::byte* to)
{
#ifdef __SSE2__
    if (from.size() >= streamedFrom) {
        copyStreaming(from, to);
        return;
    }
#endif
    copyPlainly(from, to);
}

#endif

} // namespace shmpix
