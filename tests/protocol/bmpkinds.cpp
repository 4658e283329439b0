#include "tests/protocol/bmpkinds.h"

#include <QTest>

namespace shmpix::test {

namespace {

constexpr BmpMasks masks565 = {0xf800, 0x07e0, 0x001f, 0};
constexpr BmpMasks masks4444 = {0x0f00, 0x00f0, 0x000f, 0xf000};
constexpr BmpMasks masks1555 = {0x7c00, 0x03e0, 0x001f, 0x8000};
constexpr BmpMasks masks10 = {0x3ff00000, 0x000ffc00, 0x000003ff, 0xc0000000};
constexpr BmpMasks masksOddBits = {0x00007000, 0x00000180, 0x00000001, 0x0f000000};

} // namespace

const std::vector<Kind>& kinds()
{
    static const std::vector<Kind> all = {
        {"1 bit", {40, 1}},
        {"4 bits", {40, 4}},
        {"8 bits", {40, 8}},
        {"4 bits, 5 colours", {40, 4, 0, 13, 7, 5}},
        {"8 bits, 100 colours", {40, 8, 0, 13, 7, 100}},
        {"24 bits", {40, 24}},
        {"32 bits, fourth byte unused", {40, 32}},
        {"32 bits, masks behind the header", {40, 32, 3, 13, 7, 0, masksBgrx}},
        {"OS/2, 1 bit", {12, 1}},
        {"OS/2, 4 bits", {12, 4}},
        {"OS/2, 8 bits", {12, 8}},
        {"OS/2, 24 bits", {12, 24}},
        {"version 4, 8 bits", {108, 8}},
        {"version 4, 24 bits", {108, 24}},
        {"version 4, 32 bits", {108, 32}},
        {"version 4, BGRA", {108, 32, 3, 13, 7, 0, masksBgra}},
        {"version 4, BGRX", {108, 32, 3, 13, 7, 0, masksBgrx}},
        {"version 4, RGBA", {108, 32, 3, 13, 7, 0, masksRgba}},
        {"version 5, 8 bits", {124, 8}},
        {"version 5, 24 bits", {124, 24}},
        {"version 5, BGRA", {124, 32, 3, 13, 7, 0, masksBgra}},
        {"gap before the pixels", {40, 24, 0, 13, 7, 0, {}, 500}},
    };
    return all;
}

const std::vector<Kind>& packedKinds()
{
    static const std::vector<Kind> all = {
        {"16 bits, 555", {40, 16, 0, 13, 7, 0, masks555}},
        {"16 bits, 565", {40, 16, 3, 13, 7, 0, masks565}},
        {"version 4, 565", {108, 16, 3, 13, 7, 0, masks565}},
        {"version 4, 10 bits a channel", {108, 32, 3, 13, 7, 0, masks10}},
        {"version 5, 1555 with alpha", {124, 16, 3, 13, 7, 0, masks1555}},
        {"version 5, 4444 with alpha", {124, 16, 3, 13, 7, 0, masks4444}},
        {"version 5, channels of 3, 2, 1 and 4 bits", {124, 32, 3, 13, 7, 0, masksOddBits}},
        {"version 2, 565", {52, 16, 3, 13, 7, 0, masks565}},
        {"version 3, 4444 with alpha", {56, 16, 3, 13, 7, 0, masks4444}},
        {"four masks behind the header, 1555", {40, 16, 6, 13, 7, 0, masks1555}},
    };
    return all;
}

void addFiles(const std::vector<Kind>& kinds)
{
    QTest::addColumn<QByteArray>("file");
    for (const Kind& kind : kinds) {
        QTest::newRow(kind.name) << forgedBmp(kind.recipe);
        if (kind.recipe.headerBytes != 12) {
            BmpRecipe topDown = kind.recipe;
            topDown.height = -topDown.height;
            QTest::addRow("%s, top row first", kind.name) << forgedBmp(topDown);
        }
    }
}

} // namespace shmpix::test
