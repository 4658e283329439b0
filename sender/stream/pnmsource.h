#pragma once

#include "common/base/monotonicclock.h"
#include "sender/stream/inputframe.h"

namespace shmpix {

/// PPM and PGM pictures (P6 and P5) one after another, each read directly into its slot; 8 or 16 bits.
class PnmSource final : public FrameSource
{
public:
    explicit PnmSource(StreamInput& input)
        : m_input(input)
    {
    }

    [[nodiscard]] static bool canRead(const QByteArray& start);

    [[nodiscard]] Result<SourceStep> next(FrameSlot& slot, const SourceWish& wish) override;

private:
    struct Header
    {
        PixelLayout layout;
        quint32 maximum = 0;
        qsizetype bytes = 0;
    };

    [[nodiscard]] Result<StreamInput::State> readHeader(MonotonicClock::time_point deadline);
    /// Returns nothing if the header is not complete.
    [[nodiscard]] Result<std::optional<Header>> parseHeader(const QByteArray& text) const;

    StreamInput& m_input;
    std::optional<Header> m_header; ///< of the current frame
    InputFrame m_frame;
};

} // namespace shmpix
