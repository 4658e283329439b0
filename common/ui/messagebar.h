#pragma once

#include "common/base/message.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QProgressBar;
class QPushButton;

namespace shmpix {

/// The line at the bottom of a window that reports what happened and offers the next step on a button. Long
/// sentences wrap and are never cut off. Progress is shown only if it takes a while, so that fast work does
/// not flicker. GUI thread.
class MessageBar final : public QWidget
{
    Q_OBJECT

public:
    explicit MessageBar(QWidget* parent = nullptr);

    /// Shows a message, and a button when `action` is not empty.
    void showMessage(const Message& message, const QString& action = {});

    /// The original message, already shown or about to be shown.
    [[nodiscard]] const Message& message() const { return m_message; }

Q_SIGNALS:
    void actionTriggered();

private:
    void present();
    [[nodiscard]] QIcon iconFor(Message::Kind kind) const;

    Message m_message;
    QString m_action;
    QTimer m_patience;
    QLabel* m_icon;
    QProgressBar* m_progress;
    QLabel* m_text;
    QPushButton* m_button;
};

} // namespace shmpix
