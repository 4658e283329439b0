#include "sender/stream/animationsource.h"

#include "common/base/outofmemory.h"
#include "common/image/decodeimage.h"
#include "common/image/imagelimits.h"

#include <QCoreApplication>
#include <QFileInfo>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(AnimationSource)
};

constexpr int shortestDelay = 11; // milliseconds; shorter delays are not intended
constexpr int usualDelay = 100;

/// Reads one picture into memory of the reader, because decoders of animations build on the picture before.
Result<QImage> readPicture(QImageReader& reader)
{
    const QSize size = reader.size();
    if (size.isValid()) {
        if (auto checked = checkedImageBytes(size.width(), size.height(), 32); !checked) {
            return checked.error();
        }
    }
    return orOutOfMemory([&reader]() -> Result<QImage> {
        QImage image = reader.read();
        return image.isNull() ? Result<QImage>(Error{ErrorCode::BadData, reader.errorString()})
                              : Result<QImage>(std::move(image));
    });
}

} // namespace

bool AnimationSource::canPlay(const QString& path)
{
    QImageReader reader(path);
    return reader.supportsAnimation() && reader.imageCount() > 1;
}

Error AnimationSource::failure(const QString& reason) const
{
    return {ErrorCode::BadData,
            Text::tr("%1 cannot be played: %2").arg(QFileInfo(m_path).fileName(), reason)};
}

Result<SourceStep> AnimationSource::next(FrameSlot& slot, const SourceWish& wish)
{
    if (!m_reader || (!m_reader->canRead() && wish.loop && m_shown > 0)) {
        allowLargeImages();
        m_reader = std::make_unique<QImageReader>(m_path);
        m_shown = 0;
    }
    if (!m_reader->canRead()) {
        return m_shown > 0 ? Result<SourceStep>(SourceStep{SourceStep::Kind::End, {}, {}})
                           : failure(m_reader->errorString());
    }
    auto image = readPicture(*m_reader);
    if (!image) {
        return failure(Text::tr("picture %1 is damaged (%2).").arg(m_shown + 1).arg(image.error().text));
    }
    if (auto taken = slot.take(*image); !taken) {
        return taken.error();
    }
    ++m_shown;
    slot.note.text = QFileInfo(m_path).fileName().toUtf8();
    const int delay = m_reader->nextImageDelay();
    return SourceStep{
        SourceStep::Kind::Frame, std::chrono::milliseconds(delay < shortestDelay ? usualDelay : delay), {}};
}

} // namespace shmpix
