#pragma once

#include "common/base/commandline.h"
#include "common/protocol/protocolid.h"

#include "sender/live/livesource.h"

namespace shmpix {

/// A stream according to the command line.
struct LiveOptions
{
    LiveSource source;
    double fps = 0; ///< 0: the source's own
    bool loop = false;
    bool checksums = false;
    bool takeOver = false;
};

/// The stream of one path, with default options.
[[nodiscard]] LiveOptions streamOf(const QString& path);

/// Declares --fps, --loop, --watch, --pattern, --size, --stdin, --checksums and --take-over.
void addLiveOptions(CommandLine& line);

/// Takes them. Nothing when none was given, and one picture at most. Fails with Usage, also when `protocol`
/// is another one than live.
[[nodiscard]] Result<std::optional<LiveOptions>> takeLiveOptions(const CommandLine& line,
                                                                 std::optional<ProtocolId> protocol);

} // namespace shmpix
