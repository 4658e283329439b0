#include "receiver/receivesession.h"

#include "common/base/quantitytext.h"

#include "receiver/picturesaver.h"

#include <QClipboard>
#include <QFileInfo>
#include <QGuiApplication>

#include <utility>

namespace shmpix {

namespace {

/// The change that turns a picture mirrored one way into a picture mirrored another way.
Flip between(Flip from, Flip to)
{
    static_assert(int(Flip::Both) == (int(Flip::Horizontal) | int(Flip::Vertical)));
    return static_cast<Flip>(int(from) ^ int(to));
}

/// Whether Qt frees the memory when the last program that uses it ends.
bool goesWithItsLastProgram(const SegmentAddress& address)
{
    return address.scheme() == SegmentAddress::Scheme::Qt ||
           address.scheme() == SegmentAddress::Scheme::SystemV;
}

} // namespace

ReceiveSession::ReceiveSession(QObject* parent)
    : QObject(parent)
{
}

ReceiveSession::~ReceiveSession()
{
    m_cancelled.request_stop();
    m_closing.request_stop();
}

void ReceiveSession::load(const QString& key, std::optional<ProtocolId> protocol,
                          const std::optional<PixelLayout>& layout)
{
    auto address = SegmentAddress::parse(key);
    if (!address) {
        explain(key, protocol, address.error());
        return;
    }
    m_nextLoad = Order{key, {*address, protocol, {{}, layout}, {}}};
    startNext();
}

void ReceiveSession::propose(const QString& key)
{
    auto address = SegmentAddress::parse(key);
    if (!address) {
        explain(key, {}, address.error());
        return;
    }
    Order order{key, {*address, {}, {}, {}}};
    order.request.limit = untilCancelled();
    m_worker.run([request = order.request] { return proposeLayouts(request); }, this,
                 [this, order](Result<std::vector<LayoutGuess>> proposals) {
                     if (proposals) {
                         setProposals(order, std::move(*proposals));
                     } else if (!order.request.limit.isOver()) {
                         say(Message::Kind::Error, proposals.error().text);
                     }
                 });
}

bool ReceiveSession::cancel()
{
    if (!m_isLoading) {
        return false;
    }
    m_isLoading = false;
    m_cancelled.request_stop();
    m_cancelled = std::stop_source(); // for the next load
    m_nextLoad.reset();
    say(Message::Kind::Info,
        m_picture ? tr("Loading was cancelled. The last picture stays.") : tr("Loading was cancelled."));
    return true;
}

TimeLimit ReceiveSession::untilCancelled() const
{
    return {QDeadlineTimer(QDeadlineTimer::Forever), m_cancelled.get_token()};
}

void ReceiveSession::setProposals(const Order& order, std::vector<LayoutGuess> proposals)
{
    m_proposals = std::move(proposals);
    m_proposed = order;
    Q_EMIT proposed();
}

void ReceiveSession::readAsPixels()
{
    if (m_proposed && !m_proposals.empty()) {
        load(QString(m_proposed->key), ProtocolId::Pixels, m_proposals.front().layout);
    }
}

void ReceiveSession::loadWithoutLock()
{
    if (m_locked) {
        m_nextLoad = m_locked;
        m_nextLoad->request.read.withoutLock = true;
        startNext();
    }
}

void ReceiveSession::loadInstead()
{
    load(QString(m_instead), m_insteadProtocol);
}

void ReceiveSession::explain(const QString& key, std::optional<ProtocolId> protocol, const Error& error)
{
    sayOld(error.text, Action::AskDoctor);
    m_worker.run([key, error] { return diagnose(key, error); }, this,
                 [this, protocol, said = m_message](const std::optional<Diagnosis>& diagnosis) {
                     if (diagnosis && m_message == said) { // otherwise something else has happened meanwhile
                         sayDiagnosis(*diagnosis, protocol);
                     }
                 });
}

/// Reports why there is no new picture, and marks the current one as old.
void ReceiveSession::sayOld(const QString& text, Action action)
{
    m_isOld = m_picture.has_value();
    say(Message::Kind::Error, m_isOld ? tr("%1 The last picture stays.").arg(text) : text, action);
}

void ReceiveSession::sayDiagnosis(const Diagnosis& diagnosis, std::optional<ProtocolId> protocol)
{
    m_instead = diagnosis.instead;
    m_insteadProtocol = protocol;
    sayOld(diagnosis.text(), m_instead.isEmpty() ? Action::AskDoctor : Action::LoadInstead);
}

void ReceiveSession::loadWithSize(QSize size)
{
    if (m_shown) {
        m_nextLoad = m_shown;
        m_nextLoad->request.protocol = m_picture->protocol;
        m_nextLoad->request.decode.size = size;
        startNext();
    }
}

void ReceiveSession::setFlip(Flip flip)
{
    m_flip = flip;
    Q_EMIT changed();
    startNext();
}

void ReceiveSession::showFrame(const LoadedPicture& picture, Flip flip)
{
    m_picture = picture;
    m_isOld = false;
    m_shown.reset();
    m_shownFlip = flip;
    Q_EMIT changed();
    startNext();
}

void ReceiveSession::dropLoads()
{
    m_nextLoad.reset();
    ++m_loadsDropped;
}

void ReceiveSession::tell(const Message& message)
{
    say(message.kind, message.text);
}

void ReceiveSession::save(const QString& path)
{
    if (m_picture) {
        m_nextSave = Save{path, m_picture->image, between(m_shownFlip, m_flip)};
        startNext();
    }
}

void ReceiveSession::copy()
{
    if (m_picture) {
        QGuiApplication::clipboard()->setImage(m_picture->image);
        say(Message::Kind::Success, tr("Copied %1 to the clipboard.").arg(sizeText(m_picture->image.size())));
    }
}

/// Only one task runs at a time.
void ReceiveSession::startNext()
{
    if (m_busy) {
        return;
    }
    if (m_nextLoad) {
        startLoading(*std::exchange(m_nextLoad, {}));
    } else if (m_picture && m_shownFlip != m_flip) {
        startFlipping();
    } else if (m_nextSave) {
        startSaving(*std::exchange(m_nextSave, {}));
    }
}

void ReceiveSession::startLoading(Order order)
{
    m_busy = m_isLoading = true;
    m_locked.reset();
    order.request.limit = untilCancelled();
    say(Message::Kind::Busy, tr("Loading from %1…").arg(order.request.address.toString()), Action::Cancel);
    const Flip flip = m_flip;
    m_worker.run(
        [request = order.request, flip] {
            auto picture = loadPicture(request);
            if (request.limit.isOver()) {
                return Outcome{std::move(picture), {}, {}};
            }
            if (!picture) {
                auto diagnosis = diagnose(request.address.toString(), picture.error());
                auto proposals = proposalsAfter(request, picture.error());
                return Outcome{std::move(picture), std::move(diagnosis), std::move(proposals)};
            }
            if (flip != Flip::None) {
                picture->image = flipped(std::move(picture->image), flip);
            }
            return Outcome{std::move(picture), {}, {}};
        },
        this,
        [this, order, flip, dropped = m_loadsDropped](Outcome outcome) {
            if (dropped == m_loadsDropped) {
                finished(order, std::move(outcome), flip);
                return;
            }
            m_busy = false;
            startNext();
        });
}

void ReceiveSession::finished(const Order& order, Outcome outcome, Flip flip)
{
    m_busy = false;
    Result<LoadedPicture>& picture = outcome.picture;
    if (order.request.limit.isOver()) {
        startNext(); // cancel() has already reported it
        return;
    }
    m_isLoading = false;
    if (picture) {
        m_picture = std::move(*picture);
        m_isOld = false;
        m_shown = order;
        m_shownFlip = flip;
        sayLoaded(order);
        Q_EMIT loaded(order.key);
    } else {
        sayFailure(order, outcome);
    }
    startNext();
}

void ReceiveSession::sayLoaded(const Order& order)
{
    QStringList sentences = {tr("Loaded in %1.").arg(millisecondsText(m_picture->milliseconds))};
    if (order.request.read.withoutLock) {
        sentences.append(tr("It was read without the lock, so parts of two pictures may be mixed."));
    }
    if (!order.request.protocol && m_picture->protocol == ProtocolId::Pixels) {
        sentences.append(tr("The data has no header. It was read as %1, the layout last used with this key.")
                             .arg(layoutText(*m_picture->pixelLayout)));
    }
    if (!m_picture->note.isEmpty()) {
        sentences.append(m_picture->note);
    }
    say(Message::Kind::Success, sentences.join(QLatin1Char(' ')));
}

void ReceiveSession::sayFailure(const Order& order, Outcome& outcome)
{
    const Error& error = outcome.picture.error();
    if (!outcome.proposals.empty()) {
        setProposals(order, std::move(outcome.proposals));
        sayOld(tr("%1 The segment may hold plain pixels, most likely %2.")
                   .arg(error.text, layoutText(m_proposals.front().layout)),
               Action::ReadAsPixels);
        return;
    }
    if (outcome.diagnosis) {
        sayDiagnosis(*outcome.diagnosis, order.request.protocol);
        return;
    }
    if (error.code == ErrorCode::LockHeld) {
        m_locked = order;
        sayOld(error.text, Action::ReadWithoutLock);
        return;
    }
    if (error.code == ErrorCode::NotFound && m_shown && m_shown->request.address == order.request.address) {
        sayGone(order.request.address);
        return;
    }
    const bool isAboutTheKey = error.code == ErrorCode::NotFound || error.code == ErrorCode::NotPermitted ||
                               error.code == ErrorCode::Usage;
    sayOld(error.text, isAboutTheKey ? Action::AskDoctor : Action::None);
}

/// The picture that is shown was loaded from there, so the key is right.
void ReceiveSession::sayGone(const SegmentAddress& address)
{
    const QString cause = goesWithItsLastProgram(address)
                              ? tr("the program that shared the picture has stopped sharing or ended, and Qt "
                                   "removes the memory when the last program stops using it.")
                              : tr("the program that shared the picture has stopped sharing or ended.");
    m_isOld = true;
    say(Message::Kind::Error,
        tr("Nothing is shared under %1 any longer: %2 The last picture stays. Share again, then load.")
            .arg(address.toString(), cause),
        Action::AskDoctor);
}

void ReceiveSession::startFlipping()
{
    m_busy = true;
    const Flip flip = m_flip;
    m_worker.run(
        [image = m_picture->image, change = between(m_shownFlip, flip)] { return flipped(image, change); },
        this,
        [this, flip, key = m_picture->image.cacheKey()](const QImage& image) {
            m_busy = false;
            if (m_picture->image.cacheKey() == key) { // otherwise a live frame has replaced it
                m_picture->image = image;
                m_shownFlip = flip;
                Q_EMIT changed();
            }
            startNext();
        });
}

void ReceiveSession::startSaving(const Save& save)
{
    m_busy = true;
    const QString name = QFileInfo(save.path).fileName();
    say(Message::Kind::Busy, tr("Saving %1…").arg(name));
    const SaveOptions options{{}, {}, {QDeadlineTimer(QDeadlineTimer::Forever), m_closing.get_token()}};
    m_worker.run(
        [save, options] { return savePicture(flipped(save.image, save.change), save.path, options); }, this,
        [this, path = save.path](const Result<void>& saved) {
            m_busy = false;
            if (saved) {
                say(Message::Kind::Success, tr("Saved %1.").arg(path));
            } else {
                say(Message::Kind::Error, saved.error().text);
            }
            startNext();
        });
}

void ReceiveSession::say(Message::Kind kind, const QString& text, Action action)
{
    m_message = {kind, text};
    m_action = action;
    Q_EMIT changed();
}

} // namespace shmpix
