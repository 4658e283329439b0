#include "sender/window/formatbox.h"

#include <algorithm>

namespace shmpix {

FormatBox::FormatBox(QWidget* parent)
    : QComboBox(parent)
{
    setObjectName(QStringLiteral("formatBox"));
    setAccessibleName(tr("Pixel format"));
    setToolTip(tr("The channels of a pixel and their type"));
}

bool FormatBox::hasFormats(ProtocolId protocol)
{
    return protocol == ProtocolId::Npy || protocol == ProtocolId::Pixels;
}

void FormatBox::offer(ProtocolId protocol)
{
    const QString chosen = layoutChosen();
    clear();
    addItem(tr("Same as the picture"), QString());
    for (const PixelFormat format : allPixelFormats()) {
        if (protocol != ProtocolId::Npy || isNumpyFormat(format)) {
            addItem(QStringLiteral("%1 – %2").arg(pixelFormatTitle(format), pixelFormatName(format)),
                    layoutText({0, 0, format}));
        }
    }
    choose(chosen, false);
}

void FormatBox::choose(const QString& layout, bool adds)
{
    if (adds && findData(layout) < 0) {
        addItem(layout, layout);
    }
    setCurrentIndex(std::max(0, findData(layout)));
}

EncodeOptions FormatBox::encodeOptions() const
{
    auto layout = parseLayoutOfPicture(layoutChosen());
    return layout ? EncodeOptions{*layout} : EncodeOptions{};
}

} // namespace shmpix
