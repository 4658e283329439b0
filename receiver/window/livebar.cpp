#include "receiver/window/livebar.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QScreen>
#include <QToolButton>

namespace shmpix {

namespace {

QString milliseconds(qint64 nanoseconds)
{
    const double value = double(nanoseconds) / 1e6;
    return QLocale().toString(value, 'f', value < 10 ? 1 : 0);
}

QString perSecond(double rate)
{
    return QLocale().toString(rate, 'f', rate < 10 ? 1 : 0);
}

/// Changing figures do not move the widgets beside them, and screen readers read them out.
void setFigure(QLabel& label, const QString& text)
{
    label.setText(text);
    label.setAccessibleDescription(text);
}

} // namespace

LiveBar::LiveBar(QWidget* parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("liveBar"));
    setAccessibleName(tr("Live"));
    m_badge = new QLabel(tr("Unverified"), this);
    m_badge->setObjectName(QStringLiteral("unverifiedBadge"));
    m_badge->setAccessibleName(tr("Unverified"));
    m_badge->setToolTip(tr("The sender does not number its frames, so parts of two pictures may be mixed."));
    m_badge->setAccessibleDescription(m_badge->toolTip());
    m_badge->setFrameStyle(QFrame::StyledPanel | QFrame::Plain);
    m_badge->setMargin(2);
    m_badge->hide();
    m_row = new QHBoxLayout(this);
    m_row->setContentsMargins({});
    m_row->addWidget(m_badge);
    m_frame = makeFigure(QStringLiteral("frameFigure"), tr("Frame number"), 16);
    m_rates =
        makeFigure(QStringLiteral("rateFigure"), tr("Frames per second: shown, and sent by the source"), 19);
    m_latency = makeFigure(
        QStringLiteral("latencyFigure"),
        tr("Time from publishing to the screen: the median, and the limit for 99 % of the frames"), 24);
    m_losses = makeFigure(QStringLiteral("lossFigure"),
                          tr("Frames skipped for newer ones, and torn frames that were read again"), 24);
    makeButtons();
    m_row->addWidget(m_freeze);
    m_row->addWidget(m_step);
    connect(&m_session, &FollowStream::viewChanged, this, &LiveBar::showView);
    hide();
}

QLabel* LiveBar::makeFigure(const QString& name, const QString& title, int letters)
{
    auto* label = new QLabel(this);
    label->setObjectName(name);
    label->setAccessibleName(title);
    label->setToolTip(title);
    label->setMinimumWidth(fontMetrics().averageCharWidth() * letters / 2);
    label->setWordWrap(true); // beside an open panel there is only room for half a line
    label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_row->addWidget(label, letters);
    return label;
}

void LiveBar::makeButtons()
{
    m_freeze = new QToolButton(this);
    m_freeze->setObjectName(QStringLiteral("freezeButton"));
    m_freeze->setText(tr("Free&ze"));
    m_freeze->setAccessibleName(tr("Freeze"));
    m_freeze->setToolTip(tr("Keep the picture that is shown (Space)"));
    m_freeze->setCheckable(true);
    m_step = new QToolButton(this);
    m_step->setObjectName(QStringLiteral("stepButton"));
    m_step->setText(tr("Step"));
    m_step->setAccessibleName(tr("Step"));
    m_step->setToolTip(tr("Show the next picture and keep it (full stop)"));
    for (QToolButton* button : {m_freeze, m_step}) {
        button->setFocusPolicy(Qt::TabFocus);
    }
    connect(m_freeze, &QToolButton::toggled, &m_session, &FollowStream::setFrozen);
    connect(m_step, &QToolButton::clicked, &m_session, &FollowStream::step);
}

void LiveBar::start(const LoadRequest& request)
{
    m_session.start(request);
    showView();
    show();
}

void LiveBar::stop()
{
    m_session.stop();
    hide();
}

bool LiveBar::takeKey(int key)
{
    if (!m_session.isRunning() || (key != Qt::Key_Space && key != Qt::Key_Period)) {
        return false;
    }
    (key == Qt::Key_Space ? m_freeze : m_step)->click();
    return true;
}

void LiveBar::showEvent(QShowEvent* event)
{
    if (window() != m_window) {
        m_window = window();
        m_window->installEventFilter(this);
    }
    watchWindow();
    QWidget::showEvent(event);
}

bool LiveBar::eventFilter(QObject* watched, QEvent* event)
{
    switch (event->type()) {
    case QEvent::Show:
    case QEvent::Hide:
    case QEvent::WindowStateChange:
        watchWindow();
        break;
    default:
        break;
    }
    return QWidget::eventFilter(watched, event);
}

void LiveBar::watchWindow()
{
    m_session.setWatched(m_window->isVisible() && !m_window->isMinimized());
    if (const QScreen* on = m_window->screen()) {
        m_session.setScreenRate(on->refreshRate());
    }
}

void LiveBar::showView()
{
    const LiveView& view = m_session.view();
    const LiveStatistics& statistics = view.status.statistics;
    m_freeze->setChecked(m_session.isFrozen());
    m_badge->setVisible(view.hasFrame && !view.number);
    setFigure(*m_frame, view.number ? tr("Frame %1").arg(QLocale().toString(*view.number)) : QString());
    const QString shown = perSecond(view.shownRate);
    setFigure(*m_rates, statistics.sourceRate > 0
                            ? tr("%1 of %2 fps").arg(shown, perSecond(statistics.sourceRate))
                            : tr("%1 fps").arg(shown));
    setFigure(*m_latency, view.shownLatency ? tr("%1 ms, 99 %: %2 ms")
                                                  .arg(milliseconds(view.shownLatency->p50),
                                                       milliseconds(view.shownLatency->p99))
                                            : QString());
    const QString torn = QLocale().toString(statistics.frames.torn);
    const QString missed = QLocale().toString(statistics.frames.missed);
    const bool isUnknown = view.hasFrame && !view.number; // only numbers tell what was missed
    setFigure(*m_losses, isUnknown ? tr("%1 torn").arg(torn) : tr("%1 missed, %2 torn").arg(missed, torn));
}

} // namespace shmpix
