#include "sender/stream/livesource.h"

#include "common/app/standardfiles.h"
#include "sender/picturefile.h"
#include "sender/stream/animationsource.h"
#include "sender/stream/patternsource.h"
#include "sender/stream/slideshowsource.h"
#include "sender/stream/stdinsource.h"
#include "sender/stream/watchedfilesource.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(LiveSource)
};

using Made = Result<std::unique_ptr<FrameSource>>;

template <class Source, class... Arguments>
Made made(Arguments&&... arguments)
{
    return std::unique_ptr<FrameSource>(std::make_unique<Source>(std::forward<Arguments>(arguments)...));
}

Made fromFiles(const QStringList& paths)
{
    for (const QString& path : paths) {
        if (!QFileInfo::exists(path)) {
            if (const auto picture = loadPictureFile(path); !picture) {
                return picture.error(); // the error has the reason
            }
        }
    }
    if (paths.size() == 1 && QFileInfo(paths.first()).isFile() && AnimationSource::canPlay(paths.first())) {
        return made<AnimationSource>(paths.first());
    }
    return made<SlideshowSource>(paths);
}

Made fromWatched(const QString& path)
{
    if (!QFileInfo(path).dir().exists()) {
        return Error{ErrorCode::NotFound,
                     Text::tr("The folder of %1 does not exist. Create it first.").arg(path)};
    }
    return made<WatchedFileSource>(path);
}

} // namespace

Result<std::unique_ptr<FrameSource>> makeFrameSource(const LiveSource& source)
{
    switch (source.kind) {
    case LiveSource::Kind::Files:
        return fromFiles(source.paths);
    case LiveSource::Kind::Watch:
        return fromWatched(source.paths.value(0));
    case LiveSource::Kind::Pattern:
        break;
    case LiveSource::Kind::StandardInput:
        return made<StdinSource>(standardInput, source.layout);
    case LiveSource::Kind::Posted:
        return made<PostedSource>(source.box);
    }
    return made<PatternSource>(source.size);
}

QString sourceName(const LiveSource& source)
{
    switch (source.kind) {
    case LiveSource::Kind::Pattern:
        return Text::tr("Test pattern");
    case LiveSource::Kind::StandardInput:
        return Text::tr("Standard input");
    case LiveSource::Kind::Files:
    case LiveSource::Kind::Watch:
    case LiveSource::Kind::Posted:
        break;
    }
    return {};
}

bool isStream(const QString& path)
{
    const QFileInfo info(path);
    return info.isDir() || (info.isFile() && AnimationSource::canPlay(path));
}

} // namespace shmpix
