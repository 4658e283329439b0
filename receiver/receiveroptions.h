#pragma once

#include "common/base/result.h"
#include "common/image/pixellayout.h"
#include "common/protocol/protocolid.h"
#include "receiver/flip.h"

#include <QStringList>

#include <optional>

namespace shmpix {

/// The receiver's command line, taken apart. Words are checked, addresses and files are not yet touched.
struct ReceiverOptions
{
    QString key;                        ///< empty: the default
    std::optional<ProtocolId> protocol; ///< nothing: detect
    std::optional<PixelLayout> layout;  ///< of plain pixels
    Flip flip = Flip::None;
    bool load = false;
    bool headless = false; ///< also for list and clean
    bool json = false;
    bool list = false;             ///< print the segments of this machine instead of loading one
    bool clean = false;            ///< remove what dead owners of ours left
    bool dryRun = false;           ///< with clean: only say what would be removed
    QString save;                  ///< a path; empty: do not save
    double timeout = 0;            ///< seconds to wait for a picture
    std::optional<QString> doctor; ///< the key to explain, and nothing else to do
    QString printAndLeave;         ///< the text of --help or --version
};

/// Fails with Usage.
[[nodiscard]] Result<ReceiverOptions> parseReceiverOptions(const QStringList& arguments);

} // namespace shmpix
