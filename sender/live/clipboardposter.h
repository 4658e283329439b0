#pragma once

#include "sender/live/postedsource.h"

#include <QObject>

namespace shmpix {

/// Posts the picture on the clipboard, and each one that comes to be there. GUI thread.
class ClipboardPoster final : public QObject
{
    Q_OBJECT

public:
    explicit ClipboardPoster(std::shared_ptr<PostBox> box);

    /// Posts what is there now.
    void post();

Q_SIGNALS:
    /// There is something else than a picture on the clipboard; the last picture stays.
    void refused(const QString& text);

private:
    std::shared_ptr<PostBox> m_box;
};

} // namespace shmpix
