#pragma once

#include "common/channel/snippets.h"
#include "common/protocol/protocolid.h"
#include "common/segment/segmentdiagnosis.h"

#include <QJsonObject>

#include <optional>
#include <vector>

namespace shmpix {

/// All that can be said of a key.
struct KeyReport
{
    KeyNames names;
    std::vector<Snippet> snippets;
    bool isThere = false;               ///< something could be opened under the key
    QString state;                      ///< what is there, or why nothing could be opened, in sentences
    std::optional<Diagnosis> diagnosis; ///< more about the reason
};

/// Names, programs, and what is on this machine under the key; the programs speak `protocol`, else those that
/// read speak what is there. Changes nothing; may wait for seconds, for a lock, so never on the GUI thread.
[[nodiscard]] KeyReport examineKey(const QString& key, std::optional<ProtocolId> protocol);

/// The cause of a failure and what to do, as far as the machine shows it. Nothing when the error says it all.
/// Not on the GUI thread.
[[nodiscard]] std::optional<Diagnosis> diagnoseFailure(const QString& key, const Error& error);

/// For scripts and for a terminal.
[[nodiscard]] QJsonObject toJson(const KeyReport& report);
[[nodiscard]] QString toText(const KeyReport& report);

/// What --doctor does: prints the report, whatever is there. Fails as printing does.
[[nodiscard]] Result<void> runDoctor(const QString& key, std::optional<ProtocolId> protocol, bool asJson);

} // namespace shmpix
