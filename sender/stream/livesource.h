#pragma once

#include "common/image/pixellayout.h"

#include "sender/stream/postedsource.h"

#include <QSize>
#include <QStringList>

#include <memory>

namespace shmpix {

/// The source of live frames. A value.
struct LiveSource
{
    enum class Kind {
        Files,   ///< pictures and folders of pictures, one after another; a single animated file is played
        Watch,   ///< a file that changes
        Pattern, ///< the test pattern
        StandardInput, ///< frames from another program
        Posted,        ///< the screen or the clipboard, which the window posts
    };

    Kind kind = Kind::Pattern;
    QStringList paths;                 ///< of Files and Watch
    QSize size = {1920, 1080};         ///< of the pattern
    std::optional<PixelLayout> layout; ///< of raw frames on standard input
    std::shared_ptr<PostBox> box;

    friend bool operator==(const LiveSource&, const LiveSource&) = default;
};

/// Creates the source. Accesses files, so not on the GUI thread. Fails with NotFound for a path that does not
/// exist.
[[nodiscard]] Result<std::unique_ptr<FrameSource>> makeFrameSource(const LiveSource& source);

/// The caption for the frames of a source that does not name each frame; empty for one that does.
[[nodiscard]] QString sourceName(const LiveSource& source);

/// Whether sharing this path implies a stream: a folder or an animated file.
[[nodiscard]] bool isStream(const QString& path);

} // namespace shmpix
