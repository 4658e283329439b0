#pragma once

#include "sender/stream/postedsource.h"

#include <QObject>

namespace shmpix {

/// Posts the picture on the clipboard and each new one. GUI thread.
class ClipboardPoster final : public QObject
{
    Q_OBJECT

public:
    explicit ClipboardPoster(std::shared_ptr<PostBox> box);

    /// Posts the current content.
    void post();

Q_SIGNALS:
    /// The clipboard holds something other than a picture; the last picture stays.
    void refused(const QString& text);

private:
    std::shared_ptr<PostBox> m_box;
};

} // namespace shmpix
