#include "sender/stream/livesession.h"

namespace shmpix {

LiveSession::LiveSession(QObject* parent)
    : QObject(parent)
{
}

LiveSession::~LiveSession() = default;

/// Runs a function on this session's thread soon.
template <class Function>
void LiveSession::post(Function function)
{
    QMetaObject::invokeMethod(this, std::move(function), Qt::QueuedConnection);
}

LiveListener LiveSession::listener()
{
    LiveListener listener;
    listener.ready = [this, number = m_number] { post([this, number] { askForRoom(number); }); };
    listener.started = [this](const LiveFigures& figures) {
        post([this, figures] {
            m_figures = figures;
            if (m_state != State::Starting) {
                return; // it was stopped meanwhile
            }
            m_state = State::Running;
            say(Message::Kind::Success, tr("Live under %1.").arg(m_request->address.toString()));
            Q_EMIT started();
        });
    };
    listener.went = [this](const LiveFigures& figures) {
        post([this, figures] {
            m_figures = figures;
            Q_EMIT changed();
        });
    };
    listener.previewed = [this](const QImage& image, const QString& caption) {
        if (!image.isNull() && !m_isPreviewOnItsWay.exchange(true)) { // a slow window gets fewer
            post([this, image, caption] {
                m_isPreviewOnItsWay = false;
                Q_EMIT previewed(image, caption);
            });
        }
    };
    listener.warned = [this](const QString& text) {
        post([this, text] {
            say(Message::Kind::Info, text);
            Q_EMIT warned(text);
        });
    };
    listener.ended = [this](std::optional<Error> error) {
        post([this, error = std::move(error)] { finish(error); });
    };
    return listener;
}

void LiveSession::askForRoom(int number)
{
    const auto enter = [this, number] {
        if (m_run && number == m_number) {
            m_run->enter();
        }
    };
    if (m_makeRoom && m_run && number == m_number) {
        m_makeRoom(m_request->address, enter);
    } else {
        enter();
    }
}

void LiveSession::start(const StreamRequest& request)
{
    Q_EMIT requested();
    m_next = request;
    if (m_run) {
        stop();
        m_next = request;
        return;
    }
    begin();
}

void LiveSession::begin()
{
    m_request = std::exchange(m_next, std::nullopt);
    m_state = State::Starting;
    m_isPaused = false;
    m_figures = {};
    m_error.reset();
    m_isQuiet = false;
    ++m_number;
    m_run = std::make_unique<SendStream>(*m_request, listener());
    say(Message::Kind::Busy, tr("Starting the stream under %1…").arg(m_request->address.toString()));
}

void LiveSession::stop()
{
    m_next.reset();
    if (m_run && m_state != State::Stopping) {
        m_state = State::Stopping;
        m_run->stop();
        Q_EMIT changed();
    }
}

void LiveSession::stopAndRemove()
{
    if (m_run) {
        m_run->removeAtEnd();
    }
    stop();
}

void LiveSession::endQuietly(std::function<void()> then)
{
    if (!m_run) {
        if (then) {
            then();
        }
        return;
    }
    m_isQuiet = true;
    m_afterEnd = std::move(then);
    stop();
}

void LiveSession::finish(const std::optional<Error>& error)
{
    m_run.reset(); // its thread has nothing left to do
    m_state = State::Idle;
    m_isPaused = false;
    m_error = error;
    if (m_isQuiet) {
        Q_EMIT changed();
    } else if (!error) {
        say(Message::Kind::Info, tr("The stream has ended."));
    } else if (error->code == ErrorCode::NotOurs) {
        say(Message::Kind::Error, error->text, Action::Replace);
    } else if (error->code == ErrorCode::InUse) {
        say(Message::Kind::Error, error->text, Action::TakeOver);
    } else {
        say(Message::Kind::Error, error->text);
    }
    Q_EMIT ended();
    if (const auto afterEnd = std::exchange(m_afterEnd, {})) {
        afterEnd();
    }
    if (m_next && !m_run) {
        begin();
    }
}

void LiveSession::act()
{
    if (m_action == Action::None) {
        return;
    }
    StreamRequest request = *m_request;
    request.existing = m_action == Action::Replace ? Existing::Replace : request.existing;
    request.takeOver = m_action == Action::TakeOver || request.takeOver;
    start(request);
}

void LiveSession::setPaused(bool paused)
{
    if (!m_run || m_isPaused == paused) {
        return;
    }
    m_isPaused = paused;
    m_run->setPaused(paused);
    const QString address = m_request->address.toString();
    if (paused) {
        say(Message::Kind::Info,
            tr("The stream under %1 is paused. Readers keep the last frame.").arg(address));
    } else {
        say(Message::Kind::Success, tr("Live under %1.").arg(address));
    }
}

void LiveSession::step()
{
    if (m_run) {
        m_run->step();
    }
}

void LiveSession::setRate(double fps)
{
    if (m_run) {
        m_request->fps = fps;
        m_run->setRate(fps);
    }
}

void LiveSession::setLoop(bool loop)
{
    if (m_run) {
        m_request->loop = loop;
        m_run->setLoop(loop);
    }
}

void LiveSession::say(Message::Kind kind, const QString& text, Action action)
{
    m_message = {kind, text};
    m_action = action;
    Q_EMIT changed();
}

} // namespace shmpix
