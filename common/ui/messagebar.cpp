#include "common/ui/messagebar.h"

#include "common/ui/breakabletext.h"

#include <QAccessible>
#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QStyle>

#include <chrono>

namespace shmpix {

namespace {

constexpr std::chrono::milliseconds busyDelay{120};

QString spokenKind(Message::Kind kind)
{
    switch (kind) {
    case Message::Kind::Success:
        return MessageBar::tr("Done");
    case Message::Kind::Error:
        return MessageBar::tr("Error");
    case Message::Kind::Busy:
        return MessageBar::tr("Busy");
    case Message::Kind::Info:
    case Message::Kind::None:
        break;
    }
    return MessageBar::tr("Message");
}

} // namespace

MessageBar::MessageBar(QWidget* parent)
    : QWidget(parent)
    , m_icon(new QLabel(this))
    , m_progress(new QProgressBar(this))
    , m_text(new QLabel(this))
    , m_button(new QPushButton(this))
{
    setObjectName(QStringLiteral("message"));
    m_icon->setObjectName(QStringLiteral("messageIcon"));
    m_progress->setObjectName(QStringLiteral("busyIndicator"));
    m_progress->setRange(0, 0);
    m_progress->setTextVisible(false);
    m_progress->setFixedSize(fontMetrics().averageCharWidth() * 10, fontMetrics().height());
    m_progress->setAccessibleName(tr("Busy"));
    m_text->setObjectName(QStringLiteral("messageText"));
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    m_text->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_button->setObjectName(QStringLiteral("messageAction"));

    auto* copy = new QAction(tr("Copy message"), m_text);
    connect(copy, &QAction::triggered, this,
            [this] { QGuiApplication::clipboard()->setText(m_message.text); });
    m_text->addAction(copy);
    m_text->setContextMenuPolicy(Qt::ActionsContextMenu);

    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_icon);
    layout->addWidget(m_progress);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_button);
    // The rest must not move when the button appears.
    setMinimumHeight(std::max(m_button->sizeHint().height(), 2 * fontMetrics().lineSpacing()));

    m_patience.setSingleShot(true);
    m_patience.setInterval(busyDelay);
    connect(&m_patience, &QTimer::timeout, this, &MessageBar::present);
    connect(m_button, &QPushButton::clicked, this, [this] {
        if (!m_patience.isActive()) { // otherwise the button still belongs to the previous message
            Q_EMIT actionTriggered();
        }
    });
    present();
}

void MessageBar::showMessage(const Message& message, const QString& action)
{
    if (message == m_message && action == m_action) {
        return;
    }
    m_message = message;
    m_action = action;
    if (message.kind == Message::Kind::Busy) {
        m_patience.start();
    } else {
        m_patience.stop();
        present();
    }
}

void MessageBar::present()
{
    const Message::Kind kind = m_message.kind;
    const int side = style()->pixelMetric(QStyle::PM_SmallIconSize, nullptr, this);
    m_icon->setPixmap(iconFor(kind).pixmap(QSize(side, side), devicePixelRatioF()));
    m_icon->setVisible(kind != Message::Kind::None && kind != Message::Kind::Busy);
    m_icon->setAccessibleName(spokenKind(kind));
    m_progress->setVisible(kind == Message::Kind::Busy);
    m_text->setText(breakableText(m_message.text));
    m_text->setAccessibleName(m_message.text);
    m_button->setText(m_action);
    m_button->setVisible(!m_action.isEmpty());
    QAccessibleEvent alert(m_text, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

QIcon MessageBar::iconFor(Message::Kind kind) const
{
    switch (kind) {
    case Message::Kind::Success:
        return style()->standardIcon(QStyle::SP_DialogApplyButton, nullptr, this);
    case Message::Kind::Error:
        return style()->standardIcon(QStyle::SP_MessageBoxWarning, nullptr, this);
    case Message::Kind::Info:
        return style()->standardIcon(QStyle::SP_MessageBoxInformation, nullptr, this);
    case Message::Kind::Busy:
    case Message::Kind::None:
        break;
    }
    return {};
}

} // namespace shmpix
