#pragma once

#include "sender/stream/framesource.h"

namespace shmpix {

/// The test pattern, with numbers in sequence from 1 on.
class PatternSource final : public FrameSource
{
public:
    explicit PatternSource(QSize size)
        : m_size(size)
    {
    }

    [[nodiscard]] Result<SourceStep> next(FrameSlot& slot, const SourceWish& wish) override;

private:
    QSize m_size;
    quint64 m_number = 0;
};

} // namespace shmpix
