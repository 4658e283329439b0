#pragma once

#include "common/protocol/codec.h"

#include <QComboBox>

namespace shmpix {

/// The list of pixel formats for protocols that leave the choice to the user. GUI thread.
class FormatBox final : public QComboBox
{
    Q_OBJECT

public:
    explicit FormatBox(QWidget* parent = nullptr);

    /// Whether the user can choose a pixel format for this protocol.
    [[nodiscard]] static bool hasFormats(ProtocolId protocol);

    /// Offers the formats of the protocol; nothing if the protocol determines the format itself.
    void offer(ProtocolId protocol);

    /// Chooses a layout in its text form. Adds a layout that is not in the list, such as one with a stride,
    /// an offset or upside down from the command line.
    void choose(const QString& layout, bool adds);

    /// The chosen layout in its text form; empty for the picture's layout.
    [[nodiscard]] QString layoutChosen() const { return currentData().toString(); }
    [[nodiscard]] EncodeOptions encodeOptions() const;
};

} // namespace shmpix
