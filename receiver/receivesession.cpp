#include "receiver/receivesession.h"

#include "common/base/quantitytext.h"

#include "receiver/picturesaver.h"

#include <QClipboard>
#include <QFileInfo>
#include <QGuiApplication>

#include <utility>

namespace shmpix {

namespace {

/// What has to be done to a picture that is mirrored one way so that it is mirrored another way.
Flip between(Flip from, Flip to)
{
    static_assert(int(Flip::Both) == (int(Flip::Horizontal) | int(Flip::Vertical)));
    return static_cast<Flip>(int(from) ^ int(to));
}

} // namespace

ReceiveSession::ReceiveSession(QObject* parent)
    : QObject(parent)
{
}

void ReceiveSession::load(const QString& key, std::optional<ProtocolId> protocol)
{
    auto address = SegmentAddress::parse(key);
    if (!address) {
        explain(key, protocol, address.error());
        return;
    }
    m_nextLoad = Order{key, {*address, protocol, {}, {}}};
    startNext();
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

/// Says at once that the key is none, and what it may be when that is known.
void ReceiveSession::explain(const QString& key, std::optional<ProtocolId> protocol, const Error& error)
{
    say(Message::Kind::Error, error.text, Action::AskDoctor);
    m_worker.run([key, error] { return diagnoseFailure(key, error); }, this,
                 [this, protocol, said = m_message](const std::optional<Diagnosis>& diagnosis) {
                     if (diagnosis && m_message == said) { // else something else has happened meanwhile
                         sayDiagnosis(*diagnosis, protocol);
                     }
                 });
}

void ReceiveSession::sayDiagnosis(const Diagnosis& diagnosis, std::optional<ProtocolId> protocol)
{
    m_instead = diagnosis.instead;
    m_insteadProtocol = protocol;
    say(Message::Kind::Error, diagnosis.text(),
        m_instead.isEmpty() ? Action::AskDoctor : Action::LoadInstead);
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

/// One thing at a time.
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

void ReceiveSession::startLoading(const Order& order)
{
    m_busy = true;
    m_locked.reset();
    say(Message::Kind::Busy, tr("Loading from %1…").arg(order.request.address.toString()));
    const Flip flip = m_flip;
    m_worker.run(
        [request = order.request, flip] {
            auto picture = loadPicture(request);
            if (!picture) {
                auto diagnosis = diagnoseFailure(request.address.toString(), picture.error());
                return Outcome{std::move(picture), std::move(diagnosis)};
            }
            if (flip != Flip::None) {
                picture->image = flipped(std::move(picture->image), flip);
            }
            return Outcome{std::move(picture), {}};
        },
        this, [this, order, flip](Outcome outcome) { finished(order, std::move(outcome), flip); });
}

void ReceiveSession::finished(const Order& order, Outcome outcome, Flip flip)
{
    m_busy = false;
    Result<LoadedPicture>& picture = outcome.picture;
    if (picture) {
        m_picture = std::move(*picture);
        m_shown = order;
        m_shownFlip = flip;
        QString text = tr("Loaded in %1.").arg(millisecondsText(m_picture->milliseconds));
        if (order.request.read.withoutLock) {
            text +=
                QLatin1Char(' ') + tr("It was read without the lock, so parts of two pictures may be mixed.");
        }
        say(Message::Kind::Success, text);
        Q_EMIT loaded(order.key);
    } else {
        sayFailure(order, picture.error(), outcome.diagnosis);
    }
    startNext();
}

void ReceiveSession::sayFailure(const Order& order, const Error& error,
                                const std::optional<Diagnosis>& diagnosis)
{
    if (diagnosis) {
        sayDiagnosis(*diagnosis, order.request.protocol);
        return;
    }
    if (error.code == ErrorCode::LockHeld) {
        m_locked = order;
        say(Message::Kind::Error, error.text, Action::ReadWithoutLock);
        return;
    }
    const bool isAboutTheKey = error.code == ErrorCode::NotFound || error.code == ErrorCode::NotPermitted ||
                               error.code == ErrorCode::Usage;
    say(Message::Kind::Error, error.text, isAboutTheKey ? Action::AskDoctor : Action::None);
}

void ReceiveSession::startFlipping()
{
    m_busy = true;
    const Flip flip = m_flip;
    m_worker.run(
        [image = m_picture->image, change = between(m_shownFlip, flip)] { return flipped(image, change); },
        this,
        [this, flip](const QImage& image) {
            m_busy = false;
            m_picture->image = image;
            m_shownFlip = flip;
            Q_EMIT changed();
            startNext();
        });
}

void ReceiveSession::startSaving(const Save& save)
{
    m_busy = true;
    const QString name = QFileInfo(save.path).fileName();
    say(Message::Kind::Busy, tr("Saving %1…").arg(name));
    m_worker.run([save] { return savePicture(flipped(save.image, save.change), save.path); }, this,
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
