#pragma once

#include "common/app/commonoptions.h"
#include "common/image/flip.h"
#include "receiver/stream/framefilename.h"
#include "receiver/stream/framestream.h"

#include <QStringList>

#include <chrono>
#include <optional>

namespace shmpix {

/// The parsed command line of the receiver. --list and --clean imply a headless run.
struct ReceiverOptions : CommonOptions
{
    Flip flip = Flip::None;
    bool load = false;
    bool list = false;                  ///< print the segments of this machine instead of loading one
    bool clean = false;                 ///< remove the remains of dead owners of ours
    bool dryRun = false;                ///< with clean: only print what would be removed
    bool live = false;                  ///< follow the newest picture
    QString save;                       ///< a path; empty: do not save
    double timeout = 0;                 ///< seconds to wait for a picture
    std::optional<quint64> count;       ///< live, headless: end after this many frames
    FrameFileName frameNames;           ///< live, headless: the names that save stands for
    std::optional<StreamFormat> stream; ///< live, headless: frames to standard output

    /// The timeout in milliseconds.
    [[nodiscard]] std::chrono::milliseconds patience() const
    {
        return std::chrono::milliseconds(qint64(timeout * 1000));
    }
};

/// Fails with Usage.
[[nodiscard]] Result<ReceiverOptions> parseReceiverOptions(const QStringList& arguments);

} // namespace shmpix
