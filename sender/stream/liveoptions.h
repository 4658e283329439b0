#pragma once

#include "common/app/commandline.h"
#include "common/protocol/protocolid.h"

#include "sender/stream/livesource.h"

namespace shmpix {

/// A stream as requested on the command line.
struct LiveOptions
{
    LiveSource source;
    double fps = 0; ///< 0: the source's rate
    bool loop = false;
    bool checksums = false;
    bool takeOver = false;
};

/// The stream of one path, with default options.
[[nodiscard]] LiveOptions streamOf(const QString& path);

/// Declares --fps, --loop, --watch, --pattern, --size, --stdin, --checksums and --take-over.
void addLiveOptions(CommandLine& line);

/// Takes the options. Returns nothing if none was given and there is at most one path. Fails with
/// Usage, also if `protocol` is not live.
[[nodiscard]] Result<std::optional<LiveOptions>> takeLiveOptions(const CommandLine& line,
                                                                 std::optional<ProtocolId> protocol);

} // namespace shmpix
