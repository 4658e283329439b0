#pragma once

#include "common/channel/commonoptions.h"

#include "sender/live/liveoptions.h"

#include <QStringList>

#include <optional>

namespace shmpix {

/// The sender's command line, taken apart. Its layout is for pixels and npy, and may have no size: the
/// picture's then.
struct SenderOptions : CommonOptions
{
    QString image;                   ///< a path; empty: none
    std::optional<LiveOptions> live; ///< nothing: the picture alone, unless it is a stream by itself
    bool share = false;
    bool keep = false;
    bool replace = false;
    std::optional<double> seconds; ///< nothing: until a signal
};

/// Fails with Usage.
[[nodiscard]] Result<SenderOptions> parseSenderOptions(const QStringList& arguments);

} // namespace shmpix
