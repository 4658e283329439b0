#include "common/image/pixellayout.h"

#include "common/image/imagelimits.h"
#include "tests/fuzz/oracle.h"
#include "tests/support/codecbytes.h"

namespace shmpix::fuzz {

namespace {

/// For all numbers, either refuses the layout with a sentence or finds the pixels where the numbers say.
void checkExtent(const PixelLayout& layout)
{
    const auto extent = checkedExtent(layout);
    if (!extent) {
        require(test::isBadData(extent), "no sentence for a layout that is refused");
        return;
    }
    require(extent->begin >= 0 && extent->begin < extent->end, "pixels before the beginning");
    require(layout.offset >= extent->begin && layout.offset < extent->end, "the first row lies outside");
    require(extent->bytes() >= rowBytes(layout.format, layout.width) * layout.height, "rows that overlap");
    require(layout.width <= maximumSide && layout.height <= maximumSide, "a side over the limit");
    require(checkedExtent(layout, extent->end).has_value(), "refused in a segment of just that length");
    require(!checkedExtent(layout, extent->end - 1), "accepted in a segment that is too short");
}

} // namespace

/// Texts of layouts, and layouts with arbitrary numbers.
void fuzzLayout(Input input)
{
    const QString text = QString::fromUtf8(bytesOf(input));
    const auto layout = parseLayoutOfPicture(text);
    require(layout || (layout.error().code == ErrorCode::Usage && layout.error().text.size() > 10),
            "no sentence for a text that is refused");
    require(!parseLayout(text) || layout, "a layout of a picture is stricter than one with a size");
    if (layout) {
        const auto again = parseLayoutOfPicture(layoutText(*layout));
        require(again && *again == *layout, "printed and parsed it is another layout");
        checkExtent(*layout);
    }
    const auto formats = allPixelFormats();
    PixelLayout any;
    any.format = formats[take<quint8>(input) % formats.size()];
    any.bottomUp = take<quint8>(input) % 2 == 1;
    const bool isLarge = take<quint8>(input) % 2 == 1;
    any.width = isLarge ? take<qint64>(input) : take<quint16>(input);
    any.height = isLarge ? take<qint64>(input) : take<quint16>(input);
    any.stride = isLarge ? take<qint64>(input) : take<qint32>(input);
    any.offset = isLarge ? take<qint64>(input) : take<qint32>(input);
    checkExtent(any);
}

} // namespace shmpix::fuzz
