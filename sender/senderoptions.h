#pragma once

#include "common/base/result.h"
#include "common/image/pixellayout.h"
#include "common/protocol/protocolid.h"

#include <QStringList>

#include <optional>

namespace shmpix {

/// The sender's command line, taken apart. Words are checked, addresses and files are not yet touched.
struct SenderOptions
{
    QString key;                        ///< empty: the default
    std::optional<ProtocolId> protocol; ///< nothing: the default
    std::optional<PixelLayout> layout;  ///< for pixels and npy; its size may be 0: the picture's
    QString image;                      ///< a path; empty: none
    bool share = false;
    bool headless = false;
    bool keep = false;
    bool replace = false;
    bool json = false;
    std::optional<double> seconds; ///< nothing: until a signal
    std::optional<QString> doctor; ///< the key to explain, and nothing else to do
    QString printAndLeave;         ///< the text of --help or --version
};

/// Fails with Usage.
[[nodiscard]] Result<SenderOptions> parseSenderOptions(const QStringList& arguments);

} // namespace shmpix
