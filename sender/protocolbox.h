#pragma once

#include "common/protocol/protocolid.h"

#include <QComboBox>

namespace shmpix {

struct KeyPreset;

/// The list of protocols to share by. Until somebody chooses one it shows the default of the key's kind: what
/// live frames cannot go through is shared as stock Qt programs read it. GUI thread.
class ProtocolBox final : public QComboBox
{
    Q_OBJECT

public:
    explicit ProtocolBox(QWidget* parent = nullptr);

    [[nodiscard]] ProtocolId protocol() const;

    /// Chooses a protocol by its name on the command line, as the user does by hand. Nothing happens for a
    /// name that no protocol has.
    void choose(const QString& name);

    /// The name of what was chosen; empty while the key decides.
    [[nodiscard]] QString choice() const { return m_isChosen ? currentData().toString() : QString(); }

    /// The key is another one now.
    void followKey(const QString& key);

    /// Takes the preset's protocol, as a choice unless it is what its key has by default.
    void take(const KeyPreset& preset);

private:
    bool m_isChosen = false;
};

} // namespace shmpix
