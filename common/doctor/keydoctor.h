#pragma once

#include "common/doctor/segmentdiagnosis.h"
#include "common/doctor/snippets.h"
#include "common/protocol/protocolid.h"

#include <QJsonObject>

#include <optional>
#include <vector>

namespace shmpix {

/// Everything known about a key.
struct KeyReport
{
    KeyNames names;
    std::vector<Snippet> snippets;
    bool isThere = false;               ///< something could be opened under the key
    QString state;                      ///< what is there, or why nothing could be opened, in sentences
    std::optional<Diagnosis> diagnosis; ///< more about the reason
};

/// Collects names, sample programs, and what this machine has under the key. The programs use `protocol`; if
/// none is given, reading programs use that of the segment. Changes nothing; may wait for a lock for seconds,
/// so never on the GUI thread.
[[nodiscard]] KeyReport examineKey(const QString& key, std::optional<ProtocolId> protocol);

/// For scripts and for a terminal.
[[nodiscard]] QJsonObject toJson(const KeyReport& report);
[[nodiscard]] QString toText(const KeyReport& report);

/// Implements --doctor: prints the report, whatever is there. Fails like printing.
[[nodiscard]] Result<void> runDoctor(const QString& key, std::optional<ProtocolId> protocol, bool asJson);

} // namespace shmpix
