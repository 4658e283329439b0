#pragma once

#include "common/protocol/protocolid.h"

#include <QComboBox>

namespace shmpix {

struct KeyPreset;

/// The list of protocols for sharing. Until somebody chooses one, it shows the default for the kind of key:
/// keys that do not support live frames use the protocol of stock Qt programs. GUI thread.
class ProtocolBox final : public QComboBox
{
    Q_OBJECT

public:
    explicit ProtocolBox(QWidget* parent = nullptr);

    [[nodiscard]] ProtocolId protocol() const;

    /// Chooses a protocol by its name on the command line, as if the user had chosen it. Ignores unknown
    /// names.
    void choose(const QString& name);

    /// The name of the chosen protocol; empty while the key decides.
    [[nodiscard]] QString choice() const { return m_isChosen ? currentData().toString() : QString(); }

    /// Call this after the key has changed.
    void followKey(const QString& key);

    /// Takes the preset's protocol, as a choice unless it is the default for the key.
    void take(const KeyPreset& preset);

private:
    bool m_isChosen = false;
};

} // namespace shmpix
