#pragma once

#include "sender/stream/framesource.h"

#include <QImageReader>

#include <memory>

namespace shmpix {

/// An animated file, decoded picture by picture as needed, so that its length costs no memory. Uses the
/// file's delays; delays near zero, which some files have, become a tenth of a second, as in browsers.
class AnimationSource final : public FrameSource
{
public:
    explicit AnimationSource(const QString& path)
        : m_path(path)
    {
    }

    /// Whether the file is animated, which means that it has more than one picture. Reads the file.
    [[nodiscard]] static bool canPlay(const QString& path);

    [[nodiscard]] Result<SourceStep> next(FrameSlot& slot, const SourceWish& wish) override;

private:
    [[nodiscard]] Error failure(const QString& reason) const;

    QString m_path;
    std::unique_ptr<QImageReader> m_reader;
    qint64 m_shown = 0; ///< in this round of the animation
};

} // namespace shmpix
