#pragma once

#include "receiver/followsession.h"

#include <QWidget>

class QHBoxLayout;
class QLabel;
class QToolButton;

namespace shmpix {

/// The line that says how a live stream goes, with the buttons to freeze it and to step through it. Visible
/// while a stream is followed, which it does by its session. Nothing is read while its window is hidden or
/// minimised. GUI thread.
class LiveBar final : public QWidget
{
    Q_OBJECT

public:
    explicit LiveBar(QWidget* parent = nullptr);

    [[nodiscard]] FollowSession& session() { return m_session; }

    void start(const LoadRequest& request);
    void stop();

    /// Takes Space and the full stop, where nothing else wants them.
    [[nodiscard]] bool takeKey(int key);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    [[nodiscard]] QLabel* makeFigure(const QString& name, const QString& title, int letters);
    void makeButtons();
    void watchWindow();
    void showView();

    FollowSession m_session;
    QHBoxLayout* m_row = nullptr;
    QLabel* m_badge = nullptr;
    QLabel* m_frame = nullptr;
    QLabel* m_rates = nullptr;
    QLabel* m_latency = nullptr;
    QLabel* m_losses = nullptr;
    QToolButton* m_freeze = nullptr;
    QToolButton* m_step = nullptr;
    QWidget* m_window = nullptr; ///< whose events we look at
};

} // namespace shmpix
