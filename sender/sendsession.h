#pragma once

#include "common/app/worker.h"
#include "common/base/message.h"
#include "common/channel/publisher.h"

#include "sender/picturefile.h"

#include <QObject>
#include <QTimer>

#include <functional>
#include <optional>

class QMimeData;

namespace shmpix {

/// The logic of the sender's window: one picture, shared or not. Files are read and pictures are shared on a
/// worker thread; everything else happens on the GUI thread. A failure leaves the picture and the shared
/// segment unchanged. The destructor removes the segment.
class SendSession final : public QObject
{
    Q_OBJECT

public:
    /// The next step that a message offers.
    enum class Action { None, Replace, TellHowToRead };

    explicit SendSession(QObject* parent = nullptr);
    ~SendSession() override;

    /// Asks the part of this program that uses the address to leave it, and then to call `then`.
    using MakeRoom = std::function<void(const SegmentAddress& address, std::function<void()> then)>;

    /// Sets the function to call before a prepared picture takes its address; null: none.
    void setMakeRoom(MakeRoom makeRoom) { m_makeRoom = std::move(makeRoom); }

    /// Keeps the shared segment at the end instead of removing it.
    void setKeep(bool keep) { m_keep = keep; }

    /// Sets the access rights for all later sharing.
    void setAccess(const AccessRights& access) { m_access = access; }

    void loadFile(const QString& path);
    void setPicture(const QImage& image, const QString& name);

    /// Takes pasted or dropped data: a picture file or a picture; `name` is for the latter.
    void take(const QMimeData& data, const QString& name);
    [[nodiscard]] static bool canTake(const QMimeData& data);

    /// Shares the newest picture. If that is still being read, it is shared once it is ready.
    void share(const QString& key, ProtocolId protocol, Existing existing = Existing::Respect,
               const EncodeOptions& encode = {});

    /// Repeats the sharing that failed because the key was used by somebody else, and takes the key.
    void replace();
    void stopSharing();

    /// Stops sharing without a message, because something else takes the picture's place; then calls `then`.
    void endQuietly(std::function<void()> then = {});

    /// Shares again, without a message, the picture that was shared before endQuietly().
    void shareAgain();

    [[nodiscard]] const std::optional<Picture>& picture() const { return m_picture; }
    [[nodiscard]] bool isLoading() const { return m_loading > 0; }
    [[nodiscard]] bool isBusy() const { return m_loading > 0 || m_sharing; }
    [[nodiscard]] bool isSharing() const { return m_sharing; }
    [[nodiscard]] bool isShared() const { return m_shared.has_value(); }
    [[nodiscard]] const std::optional<SegmentAddress>& sharedAt() const { return m_shared; }
    [[nodiscard]] bool canShare() const { return m_picture || isLoading(); }
    [[nodiscard]] const Message& message() const { return m_message; }
    [[nodiscard]] Action action() const { return m_action; }

Q_SIGNALS:
    void changed();
    void said();      ///< message() and action() have changed
    void requested(); ///< a picture is to be shared
    void fileLoaded(const QString& path);
    void fileFailed(const QString& path);
    /// With the key as the user gave it.
    void shared(const QString& key);
    void notShared(); ///< the requested picture will not be shared

private:
    struct Wish
    {
        QString key;
        SegmentAddress address;
        ProtocolId protocol;
        Existing existing;
        EncodeOptions encode;
    };

    /// A picture on its way into its segment.
    struct Prepared
    {
        Result<Encoding> encoding;
        double milliseconds = 0;
    };

    void say(Message::Kind kind, const QString& text, Action action = Action::None);
    void loadBytes(const QByteArray& bytes, const QString& name);
    void loaded(int number, const QString& path, Result<Picture> picture);
    void takePicture(Picture picture);
    void startSharing(const Wish& wish);
    void publish(const Wish& wish, const ShareRequest& request, const Prepared& prepared);
    void startNext();
    void finished(const Wish& wish, const QImage& image, const Result<ShareReport>& report);
    void sayShared(const ShareReport& report);
    void lookAfterShared();
    void restored(const Result<ShareReport>& report);

    std::optional<Picture> m_picture;
    int m_newestLoad = 0; ///< the number of the file or picture that was requested last
    int m_loading = 0;
    bool m_sharing = false;
    bool m_isPreparing = false; ///< the first half of the sharing
    int m_number = 0;           ///< the number of the sharing
    MakeRoom m_makeRoom;
    bool m_keep = false;
    AccessRights m_access;
    std::optional<Wish> m_next;   ///< to be shared after the current task
    std::optional<Wish> m_failed; ///< the wish that replace() repeats
    std::optional<Wish> m_done;   ///< the wish that was shared last
    QImage m_doneImage;           ///< the picture that was shared last
    std::optional<SegmentAddress> m_shared;
    QTimer m_watch;         ///< checks whether the segment still exists
    bool m_looking = false; ///< the worker is checking that
    Message m_message;
    Action m_action = Action::None;
    Publisher m_publisher; ///< used by the worker only
    Worker m_worker;       ///< last: destroyed first, and waits for its tasks
};

} // namespace shmpix
