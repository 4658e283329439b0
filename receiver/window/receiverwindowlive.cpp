// How the receiver's window follows a stream, and how that interacts with loading.
#include "receiver/window/receiverwindow.h"

#include "common/channel/livesubscriber.h"
#include "common/ui/imageview.h"
#include "common/ui/keybox.h"
#include "receiver/window/livebar.h"

#include <QComboBox>
#include <QLabel>
#include <QPushButton>

namespace shmpix {

void ReceiverWindow::makeLive()
{
    m_liveButton = new QPushButton(tr("Liv&e"), this);
    m_liveButton->setObjectName(QStringLiteral("liveButton"));
    m_liveButton->setToolTip(tr("Follow the newest picture as it changes"));
    m_liveButton->setCheckable(true);
    m_live = new LiveBar(this);
    connect(m_liveButton, &QPushButton::toggled, this, &ReceiverWindow::setLive);
    connect(m_protocol, &QComboBox::currentIndexChanged, this,
            [this] { setLive(m_liveButton->isChecked()); });
    connect(&m_live->session(), &FollowStream::frameCame, this, &ReceiverWindow::takeFrame);
    connect(&m_live->session(), &FollowStream::viewChanged, this, &ReceiverWindow::showAge);
    connect(&m_live->session(), &FollowStream::said, &m_session, &ReceiveSession::tell);
    connect(m_view, &ImageView::painted, &m_live->session(), &FollowStream::shown);
}

void ReceiverWindow::setLive(bool live)
{
    if (live) {
        follow(chosenProtocol(), presetLayout());
        if (focusWidget() != m_protocol) {
            m_view->setFocus(); // in the view, Space freezes and the full stop steps
        }
    } else if (m_live->session().isRunning()) {
        m_live->stop();
        m_session.tell({});
    }
}

/// A load that was requested before the stream comes too late.
void ReceiverWindow::takeFrame(const LiveFrame& frame, Flip flip)
{
    if (m_isLiveNewer) {
        m_session.dropLoads();
    }
    m_session.showFrame(frame.picture, flip);
}

/// The loaded picture replaces the stream.
void ReceiverWindow::endLive()
{
    if (m_live->session().isRunning() && !m_isLiveNewer) {
        m_live->stop();
        m_liveButton->setChecked(false);
        showAge();
    }
}

void ReceiverWindow::follow(std::optional<ProtocolId> protocol, const std::optional<PixelLayout>& layout)
{
    auto address = SegmentAddress::parse(m_key->key());
    if (!address) {
        m_liveButton->setChecked(m_live->session().isRunning()); // a followed stream continues
        m_session.explain(m_key->key(), protocol, address.error());
        return;
    }
    m_isLiveNewer = true;
    m_live->session().setFlip(m_session.flip());
    m_live->start({*address, protocol, {{}, layout}, {}});
    m_key->remember(m_key->key());
}

void ReceiverWindow::showAge()
{
    const FollowStream& live = m_live->session();
    const bool isOld = live.isRunning() ? !live.isCurrent() : m_session.isOld();
    m_old->setVisible(isOld && m_session.picture());
}

} // namespace shmpix
