#include "sender/sendsession.h"

#include "common/app/defaults.h"
#include "common/base/outofmemory.h"
#include "common/base/quantitytext.h"
#include "common/image/decodeimage.h"

#include <QBuffer>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QMimeData>
#include <QUrl>

#include <utility>

namespace shmpix {

SendSession::SendSession(QObject* parent)
    : QObject(parent)
{
    m_watch.setInterval(presenceInterval);
    connect(&m_watch, &QTimer::timeout, this, &SendSession::lookAfterShared);
    m_watch.start();
}

SendSession::~SendSession()
{
    m_worker.run([this, keep = m_keep] {
        if (keep) {
            m_publisher.keep();
        }
        m_publisher.stop();
    });
}

void SendSession::loadFile(const QString& path)
{
    const int number = ++m_newestLoad;
    ++m_loading;
    say(Message::Kind::Busy, tr("Opening %1…").arg(QFileInfo(path).fileName()));
    m_worker.run([path] { return loadPictureFile(path); }, this,
                 [this, number, path](Result<Picture> picture) { loaded(number, path, std::move(picture)); });
}

/// Decodes another program's clipboard data on the worker.
void SendSession::loadBytes(const QByteArray& bytes, const QString& name)
{
    const int number = ++m_newestLoad;
    ++m_loading;
    say(Message::Kind::Busy, tr("Opening the picture…"));
    const auto decode = [bytes, name] {
        return orOutOfMemory([&]() -> Result<Picture> {
            QBuffer device;
            device.setData(bytes);
            device.open(QIODevice::ReadOnly);
            auto image = decodeImage(device);
            return image ? Result<Picture>(Picture{std::move(*image), name, 0}) : image.error();
        });
    };
    m_worker.run(decode, this,
                 [this, number](Result<Picture> picture) { loaded(number, QString(), std::move(picture)); });
}

void SendSession::loaded(int number, const QString& path, Result<Picture> picture)
{
    --m_loading;
    if (number != m_newestLoad) { // something else was opened meanwhile
        Q_EMIT changed();
        startNext();
        return;
    }
    if (!picture) {
        const bool wasWished = std::exchange(m_next, {}).has_value();
        say(Message::Kind::Error, m_picture
                                      ? tr("%1 The previous picture stays open.").arg(picture.error().text)
                                      : picture.error().text);
        if (wasWished) {
            Q_EMIT notShared();
        }
        if (!path.isEmpty()) {
            Q_EMIT fileFailed(path);
        }
        return;
    }
    takePicture(std::move(*picture));
    if (!path.isEmpty()) {
        Q_EMIT fileLoaded(path);
    }
    startNext();
}

void SendSession::takePicture(Picture picture)
{
    m_picture = std::move(picture);
    if (m_sharing) {
        Q_EMIT changed(); // the message is about the sharing
    } else if (m_shared) {
        say(Message::Kind::Info,
            tr("The previous picture is still shared under %1. Share again to replace it.")
                .arg(m_shared->toString()));
    } else {
        say(Message::Kind::None, {});
    }
}

void SendSession::setPicture(const QImage& image, const QString& name)
{
    ++m_newestLoad; // ignore the file that is still being read
    takePicture({image, name, 0});
}

bool SendSession::canTake(const QMimeData& data)
{
    return data.hasUrls() || data.hasImage();
}

void SendSession::take(const QMimeData& data, const QString& name)
{
    const QList<QUrl> urls = data.urls();
    if (!urls.isEmpty() && urls.first().isLocalFile()) {
        loadFile(urls.first().toLocalFile());
        return;
    }
    for (const QString& format : data.formats()) {
        if (format == QStringLiteral("image/png") || format == QStringLiteral("image/bmp") ||
            format == QStringLiteral("image/jpeg")) {
            loadBytes(data.data(format), name);
            return;
        }
    }
    if (const QImage image = qvariant_cast<QImage>(data.imageData()); !image.isNull()) {
        setPicture(image, name);
        return;
    }
    if (!urls.isEmpty()) {
        say(Message::Kind::Error,
            tr("%1 is not on this computer. Save the picture to a file first, then open the file.")
                .arg(urls.first().toDisplayString()));
        return;
    }
    say(Message::Kind::Error, tr("What was pasted or dropped is not a picture. Copy a picture or a picture "
                                 "file, then paste again."));
}

void SendSession::share(const QString& key, ProtocolId protocol, Existing existing,
                        const EncodeOptions& encode)
{
    if (!canShare()) {
        say(Message::Kind::Error, tr("There is no picture to share. Open one first."));
        return;
    }
    auto address = SegmentAddress::parse(key);
    if (!address) {
        say(Message::Kind::Error, address.error().text);
        return;
    }
    const Wish wish{key, *address, protocol, existing, encode};
    Q_EMIT requested();
    if (isBusy()) {
        m_next = wish;
        return;
    }
    startSharing(wish);
}

/// Prepares the picture first. The previous segment stays shared until its successor is known to be able to
/// start.
void SendSession::startSharing(const Wish& wish)
{
    m_sharing = m_isPreparing = true;
    m_failed.reset();
    say(Message::Kind::Busy, tr("Sharing under %1…").arg(wish.address.toString()));
    const ShareRequest request{m_picture->image, wish.address, wish.protocol,
                               wish.existing,    wish.encode,  m_access};
    m_worker.run(
        [request] {
            QElapsedTimer timer;
            timer.start();
            auto encoding = Publisher::prepare(request);
            return Prepared{std::move(encoding), double(timer.nsecsElapsed()) / 1e6};
        },
        this,
        [this, wish, request, number = ++m_number](Prepared prepared) {
            if (number != m_number) {
                return; // the sharing was stopped meanwhile
            }
            if (!prepared.encoding) {
                finished(wish, request.image, prepared.encoding.error());
                return;
            }
            const auto then = [this, wish, request, number, prepared = std::move(prepared)] {
                if (number == m_number) {
                    publish(wish, request, prepared);
                }
            };
            if (m_makeRoom) {
                m_makeRoom(wish.address, then);
            } else {
                then();
            }
        });
}

void SendSession::publish(const Wish& wish, const ShareRequest& request, const Prepared& prepared)
{
    m_isPreparing = false;
    m_worker.run(
        [this, request, prepared] {
            auto report = m_publisher.share(request, *prepared.encoding);
            if (report) {
                report->milliseconds += prepared.milliseconds;
            }
            return report;
        },
        this,
        [this, wish, image = request.image](const Result<ShareReport>& report) {
            finished(wish, image, report);
        });
}

void SendSession::finished(const Wish& wish, const QImage& image, const Result<ShareReport>& report)
{
    m_isPreparing = false;
    m_sharing = false;
    if (report) {
        m_shared = report->address;
        m_done = wish;
        m_doneImage = image;
        sayShared(*report);
        Q_EMIT shared(wish.key);
    } else {
        const bool replaceable = report.error().code == ErrorCode::NotOurs;
        if (replaceable) {
            m_failed = wish;
        }
        if (wish.existing == Existing::Replace && m_shared == wish.address) {
            m_shared.reset(); // it was removed to make room for the new one
        }
        say(Message::Kind::Error, report.error().text, replaceable ? Action::Replace : Action::None);
        Q_EMIT notShared();
    }
    startNext();
}

/// Does nothing while the worker is busy, because its current task reports by itself.
void SendSession::lookAfterShared()
{
    if (!m_shared || isBusy() || m_looking) {
        return;
    }
    m_looking = true;
    m_worker.run([this] { return m_publisher.restore(); }, this,
                 [this](const std::optional<Result<ShareReport>>& report) {
                     m_looking = false;
                     if (report && m_shared) {
                         restored(*report);
                     }
                 });
}

void SendSession::restored(const Result<ShareReport>& report)
{
    if (report) {
        say(Message::Kind::Info, report->note);
        return;
    }
    m_shared.reset();
    const bool replaceable = report.error().code == ErrorCode::NotOurs;
    if (replaceable) {
        m_failed = m_done;
    }
    say(Message::Kind::Error, report.error().text, replaceable ? Action::Replace : Action::None);
}

void SendSession::startNext()
{
    if (m_next && m_picture && !isBusy()) {
        startSharing(*std::exchange(m_next, {}));
    }
}

void SendSession::sayShared(const ShareReport& report)
{
    QStringList sentences = {tr("Shared %1 %2: %3 in %4 under %5.")
                                 .arg(sizeText(report.size), report.layout, bytesText(report.bytes),
                                      millisecondsText(report.milliseconds), report.address.toString())};
    if (report.pixelLayout) {
        sentences.append(tr("Readers need this layout: %1.").arg(layoutText(*report.pixelLayout)));
    }
    if (!report.note.isEmpty()) {
        sentences.append(report.note);
    }
    say(Message::Kind::Success, sentences.join(QLatin1Char(' ')), Action::TellHowToRead);
}

void SendSession::replace()
{
    if (m_failed) {
        const Wish wish = *m_failed;
        share(wish.key, wish.protocol, Existing::Replace, wish.encode);
    }
}

void SendSession::stopSharing()
{
    m_next.reset();
    if (m_isPreparing) {
        ++m_number;
        m_sharing = m_isPreparing = false;
        say(Message::Kind::None, {});
        Q_EMIT notShared();
    }
    if (!m_shared && !m_sharing) {
        return;
    }
    say(Message::Kind::Busy, tr("Stopping…"));
    const auto task = [this] {
        m_publisher.stop();
        return 0;
    };
    m_worker.run(task, this, [this](int) {
        m_shared.reset();
        if (m_sharing) {
            Q_EMIT changed(); // the picture was shared again meanwhile
        } else {
            say(Message::Kind::Info, tr("Nothing is shared any longer."));
        }
    });
}

void SendSession::endQuietly(std::function<void()> then)
{
    const auto end = [then = std::move(then)] {
        if (then) {
            then();
        }
    };
    if (!m_shared) {
        end();
        return;
    }
    m_shared.reset();
    Q_EMIT changed();
    const auto task = [this] {
        m_publisher.stop();
        return 0;
    };
    m_worker.run(task, this, [end](int) { end(); });
}

void SendSession::shareAgain()
{
    if (!m_done || m_shared || m_sharing) {
        return;
    }
    const ShareRequest request{m_doneImage, m_done->address, m_done->protocol, Existing::Respect,
                               m_done->encode};
    m_worker.run([this, request] { return m_publisher.share(request); }, this,
                 [this](const Result<ShareReport>& report) {
                     if (!report) {
                         say(Message::Kind::Error, report.error().text);
                     } else if (!m_sharing) {
                         m_shared = report->address;
                         Q_EMIT changed();
                     }
                 });
}

void SendSession::say(Message::Kind kind, const QString& text, Action action)
{
    m_message = {kind, text};
    m_action = action;
    Q_EMIT changed();
    Q_EMIT said();
}

} // namespace shmpix
