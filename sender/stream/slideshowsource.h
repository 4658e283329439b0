#pragma once

#include "sender/stream/framesource.h"

#include <QStringList>

namespace shmpix {

/// Picture files one after another, with the files of folders sorted by name. A picture that cannot be read
/// is skipped with a warning; if none of a round can be read, the source fails. Folders are read again for
/// each round.
class SlideshowSource final : public FrameSource
{
public:
    explicit SlideshowSource(const QStringList& paths)
        : m_paths(paths)
    {
    }

    [[nodiscard]] Result<SourceStep> next(FrameSlot& slot, const SourceWish& wish) override;

private:
    [[nodiscard]] Result<void> beginRound();

    QStringList m_paths;
    QStringList m_files; ///< the files of this round
    qsizetype m_next = 0;
    bool m_hasBegun = false;
    bool m_hasShown = false; ///< this round has shown a picture
};

} // namespace shmpix
