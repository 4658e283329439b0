#include "tests/support/framepattern.h"

#include <algorithm>
#include <cstring>

namespace shmpix {

namespace {

quint64 wordAt(quint64 number, quint64 place)
{
    return (number + 1) * 0x9e3779b97f4a7c15U ^ place * 0xc2b2ae3d27d4eb4fU;
}

} // namespace

void fillFrame(std::span<std::byte> bytes, quint64 number)
{
    for (std::size_t at = 0; at < bytes.size(); at += sizeof(quint64)) {
        const quint64 word = wordAt(number, at);
        std::memcpy(bytes.data() + at, &word, std::min(sizeof(word), bytes.size() - at));
    }
}

bool isFrame(std::span<const std::byte> bytes, quint64 number)
{
    for (std::size_t at = 0; at < bytes.size(); at += sizeof(quint64)) {
        const quint64 word = wordAt(number, at);
        if (std::memcmp(bytes.data() + at, &word, std::min(sizeof(word), bytes.size() - at)) != 0) {
            return false;
        }
    }
    return true;
}

} // namespace shmpix
