#pragma once

#include "common/protocol/codec.h"

#include <QComboBox>

namespace shmpix {

/// The list of pixel formats, of those protocols that leave the choice. GUI thread.
class FormatBox final : public QComboBox
{
    Q_OBJECT

public:
    explicit FormatBox(QWidget* parent = nullptr);

    /// Whether pixels can be chosen for this protocol.
    [[nodiscard]] static bool hasFormats(ProtocolId protocol);

    /// Offers what the protocol has: nothing where it says itself what pixels are.
    void offer(ProtocolId protocol);

    /// Chooses a layout in its text form; adds one that is not in the list, with a stride, an offset or
    /// upside down, when it was given on the command line.
    void choose(const QString& layout, bool adds);

    /// What is chosen, in the text form; empty for the picture's own.
    [[nodiscard]] QString layoutChosen() const { return currentData().toString(); }
    [[nodiscard]] EncodeOptions encodeOptions() const;
};

} // namespace shmpix
