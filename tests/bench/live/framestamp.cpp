#include "tests/bench/live/framestamp.h"

#include <cstring>

namespace shmpix::bench {

namespace {

constexpr std::size_t wordBytes = sizeof(quint64);
constexpr std::size_t stampCount = 64;

quint64 wordAt(std::span<const std::byte> frame, std::size_t offset)
{
    quint64 word = 0;
    std::memcpy(&word, frame.data() + offset, wordBytes);
    return word;
}

/// The place of stamp `i`, from the first word to the last one.
std::size_t stampAt(std::span<const std::byte> frame, std::size_t i)
{
    const std::size_t words = frame.size() / wordBytes;
    return i * (words - 1) / (stampCount - 1) * wordBytes;
}

/// The word that fills a frame: one byte, eight times.
quint64 filling(quint64 number)
{
    return (number & 0xff) * 0x0101010101010101U;
}

} // namespace

void stamp(std::span<std::byte> frame, quint64 number)
{
    for (std::size_t i = 0; i < stampCount; ++i) {
        std::memcpy(frame.data() + stampAt(frame, i), &number, wordBytes);
    }
}

std::optional<quint64> stampOf(std::span<const std::byte> frame)
{
    const quint64 number = wordAt(frame, 0);
    for (std::size_t i = 1; i < stampCount; ++i) {
        if (wordAt(frame, stampAt(frame, i)) != number) {
            return {};
        }
    }
    return number;
}

void fillPattern(std::span<std::byte> frame, quint64 number)
{
    std::memset(frame.data(), int(number & 0xff), frame.size());
    std::memcpy(frame.data(), &number, wordBytes);
}

std::optional<quint64> patternOf(std::span<const std::byte> frame)
{
    const quint64 number = wordAt(frame, 0);
    const quint64 sum = sumOf(frame);
    const quint64 words = frame.size() / wordBytes;
    if (sum != number + (words - 1) * filling(number)) {
        return {};
    }
    return number;
}

quint64 sumOf(std::span<const std::byte> frame)
{
    // Several sums in parallel, so that the additions do not wait for each other.
    constexpr std::size_t lanes = 16;
    quint64 sums[lanes] = {};
    const std::size_t words = frame.size() / wordBytes;
    std::size_t word = 0;
    for (; word + lanes <= words; word += lanes) {
        quint64 block[lanes];
        std::memcpy(block, frame.data() + word * wordBytes, sizeof block);
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            sums[lane] += block[lane];
        }
    }
    for (; word < words; ++word) {
        sums[0] += wordAt(frame, word * wordBytes);
    }
    quint64 sum = 0;
    for (const quint64 lane : sums) {
        sum += lane;
    }
    return sum;
}

} // namespace shmpix::bench
