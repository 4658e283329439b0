#pragma once

#include "tests/protocol/bmpforgery.h"
#include "tests/support/codecbytes.h"

#include <vector>

/// The kinds of BMP files that are in use.
namespace shmpix::test {

constexpr BmpMasks masksRgba = {0x000000ff, 0x0000ff00, 0x00ff0000, 0xff000000};

struct Kind
{
    const char* name;
    BmpRecipe recipe;
};

/// Describes everything except the size and the order of the rows.
[[nodiscard]] const std::vector<Kind>& kinds();

/// The kinds whose channels do not have 8 bits each.
[[nodiscard]] const std::vector<Kind>& packedKinds();

/// Adds rows for the column "file": one of each kind, and another one with the top row first if the kind
/// allows it.
void addFiles(const std::vector<Kind>& kinds);

[[nodiscard]] inline Result<Decoded> read(const QByteArray& bytes)
{
    return decoded(ProtocolId::Bmp, bytes);
}

} // namespace shmpix::test
