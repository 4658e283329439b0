#pragma once

#include "sender/stream/postedsource.h"

#include <QTimer>

class QWidget;

namespace shmpix {

/// Captures the screen that shows a widget and posts the pictures as fast as they are consumed, up to 30 per
/// second. Lives on the GUI thread, the only one that may capture the screen.
class ScreenPoster final : public QObject
{
    Q_OBJECT

public:
    ScreenPoster(const QWidget& widget, std::shared_ptr<PostBox> box);

Q_SIGNALS:
    /// The system does not allow screen capture; no more pictures will come.
    void refused(const QString& text);

private:
    void post();

    const QWidget& m_widget;
    std::shared_ptr<PostBox> m_box;
    QTimer m_timer;
};

} // namespace shmpix
