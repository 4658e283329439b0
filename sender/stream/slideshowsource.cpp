#include "sender/stream/slideshowsource.h"

#include "sender/stream/pictureframe.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QImageReader>

#include <thread>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(SlideshowSource)
};

QStringList picturesIn(const QString& folder)
{
    QStringList patterns;
    for (const QByteArray& format : QImageReader::supportedImageFormats()) {
        patterns.append(QStringLiteral("*.") + QString::fromLatin1(format));
    }
    QStringList files;
    const QDir dir(folder);
    for (const QString& name : dir.entryList(patterns, QDir::Files, QDir::Name)) {
        files.append(dir.filePath(name));
    }
    return files;
}

} // namespace

Result<void> SlideshowSource::beginRound()
{
    m_files.clear();
    m_next = 0;
    m_hasShown = false;
    for (const QString& path : m_paths) {
        m_files += QFileInfo(path).isDir() ? picturesIn(path) : QStringList(path);
    }
    if (m_files.isEmpty()) {
        for (const QString& path : m_paths) {
            if (!QFileInfo(path).isReadable()) {
                return Error{ErrorCode::NotPermitted,
                             Text::tr("You do not have permission to open the folder %1. Ask its owner for "
                                      "permission, or choose another folder.")
                                 .arg(path)};
            }
        }
        return Error{ErrorCode::NotFound, Text::tr("There is no picture in %1. Choose another folder.")
                                              .arg(m_paths.join(QStringLiteral(", ")))};
    }
    return {};
}

Result<SourceStep> SlideshowSource::next(FrameSlot& slot, const SourceWish& wish)
{
    if (m_next == m_files.size()) {
        if (m_hasBegun && !wish.loop) {
            if (m_files.size() > 1) {
                return SourceStep{SourceStep::Kind::End, {}, {}};
            }
            std::this_thread::sleep_for(wish.atMost); // a single picture stays, as if it were shared alone
            return SourceStep{};
        }
        m_hasBegun = true;
        if (auto begun = beginRound(); !begun) {
            return begun.error();
        }
    }
    const QString path = m_files[m_next++];
    const auto decoded = decodeIntoSlot(path, slot);
    if (!decoded) {
        const bool isLastHope = m_next == m_files.size() && !m_hasShown;
        if (slot.failure() || isLastHope) {
            return decoded.error();
        }
        return SourceStep{SourceStep::Kind::Later, {}, decoded.error().text};
    }
    m_hasShown = true;
    slot.note.text = QFileInfo(path).fileName().toUtf8();
    return SourceStep{SourceStep::Kind::Frame, std::chrono::seconds(3), {}};
}

} // namespace shmpix
