#pragma once

#include "receiver/stream/followstream.h"

#include <QWidget>

class QHBoxLayout;
class QLabel;
class QToolButton;

namespace shmpix {

/// The line that shows the state of a live stream, with buttons to freeze it and to step through it. Visible
/// while its session follows a stream. Nothing is read while its window is hidden or minimized. GUI thread.
class LiveBar final : public QWidget
{
    Q_OBJECT

public:
    explicit LiveBar(QWidget* parent = nullptr);

    [[nodiscard]] FollowStream& session() { return m_session; }

    void start(const LoadRequest& request);
    void stop();

    /// Handles Space and the full stop unless another widget does.
    [[nodiscard]] bool takeKey(int key);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    [[nodiscard]] QLabel* makeFigure(const QString& name, const QString& title, int letters);
    void makeButtons();
    void watchWindow();
    void showView();

    FollowStream m_session;
    QHBoxLayout* m_row = nullptr;
    QLabel* m_badge = nullptr;
    QLabel* m_frame = nullptr;
    QLabel* m_rates = nullptr;
    QLabel* m_latency = nullptr;
    QLabel* m_losses = nullptr;
    QToolButton* m_freeze = nullptr;
    QToolButton* m_step = nullptr;
    QWidget* m_window = nullptr; ///< the window whose events we watch
};

} // namespace shmpix
