#pragma once

#include "common/base/result.h"

#include <QString>

namespace shmpix {

/// The names of the files for saved frames: a path with one %d for the number of the saved frame, starting at
/// 1, such as frame-%05d.png. Without %d, only the last frame is kept. %% is a percent sign. A value.
class FrameFileName
{
public:
    /// Fails with Usage if anything else follows a percent sign, or if there is a second %d.
    [[nodiscard]] static Result<FrameFileName> parse(const QString& text);

    [[nodiscard]] QString of(quint64 place) const;

    /// Whether every frame gets a separate file.
    [[nodiscard]] bool isNumbered() const { return m_isNumbered; }

private:
    QString m_before;
    QString m_after;
    bool m_isNumbered = false;
    int m_width = 0;
    bool m_zeros = false;
};

} // namespace shmpix
