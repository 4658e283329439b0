#pragma once

#include "common/base/error.h"

#include <QString>

#include <optional>

namespace shmpix {

/// Why nothing could be loaded, as far as the machine shows it.
struct Diagnosis
{
    QString cause;   ///< a sentence
    QString fix;     ///< a sentence: what to do
    QString instead; ///< an address under which there is something now; empty when there is none

    /// Cause and fix, as a message has them.
    [[nodiscard]] QString text() const { return cause + QLatin1Char(' ') + fix; }

    friend bool operator==(const Diagnosis&, const Diagnosis&) = default;
};

/// Looks around after opening `key` failed so: other kinds of memory of that name, similar names, who may
/// read it, who still has it mapped. Nothing when there is no more to say than the error does. Changes, opens
/// for writing and locks nothing; takes half a second at most where many programs run, so never on the GUI
/// thread.
[[nodiscard]] std::optional<Diagnosis> diagnose(const QString& key, const Error& error);

} // namespace shmpix
