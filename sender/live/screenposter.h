#pragma once

#include "sender/live/postedsource.h"

#include <QTimer>

class QWidget;

namespace shmpix {

/// Takes pictures of the screen that a widget is on and posts them, as fast as they are fetched, up to 30 a
/// second: only the GUI thread may look at the screen. GUI thread.
class ScreenPoster final : public QObject
{
    Q_OBJECT

public:
    ScreenPoster(const QWidget& widget, std::shared_ptr<PostBox> box);

Q_SIGNALS:
    /// The system shows us no screen; nothing more comes.
    void refused(const QString& text);

private:
    void post();

    const QWidget& m_widget;
    std::shared_ptr<PostBox> m_box;
    QTimer m_timer;
};

} // namespace shmpix
