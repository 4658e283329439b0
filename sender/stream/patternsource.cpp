#include "sender/stream/patternsource.h"

#include "common/image/testpattern.h"

namespace shmpix {

Result<SourceStep> PatternSource::next(FrameSlot& slot, const SourceWish&)
{
    auto image = slot.beginImage(m_size, QImage::Format_RGB32);
    if (!image) {
        return image.error();
    }
    paintTestPattern(*image, ++m_number);
    slot.note.number = m_number;
    return SourceStep{SourceStep::Kind::Frame, std::chrono::nanoseconds(std::chrono::seconds(1)) / 30, {}};
}

} // namespace shmpix
