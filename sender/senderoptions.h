#pragma once

#include "common/app/commonoptions.h"

#include "sender/stream/liveoptions.h"

#include <QStringList>

#include <optional>

namespace shmpix {

/// The parsed command line of the sender. The layout is for pixels and npy; without a size, it has the size
/// of the picture.
struct SenderOptions : CommonOptions
{
    QString image;                   ///< a path; empty: none
    std::optional<LiveOptions> live; ///< nothing: a single picture, unless the path is a stream by itself
    bool share = false;
    bool keep = false;
    bool replace = false;
    std::optional<double> seconds; ///< nothing: run until a signal
};

/// Fails with Usage.
[[nodiscard]] Result<SenderOptions> parseSenderOptions(const QStringList& arguments);

} // namespace shmpix
