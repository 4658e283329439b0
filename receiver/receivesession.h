#pragma once

#include "common/app/worker.h"
#include "common/base/message.h"
#include "common/channel/loadpicture.h"
#include "common/doctor/keydoctor.h"

#include "common/image/flip.h"

#include <QObject>

#include <optional>

namespace shmpix {

/// The logic of the receiver's window: the last loaded picture, mirrored as requested. Loading, mirroring and
/// saving run on a worker thread, one after another; everything else happens on the GUI thread. If a load
/// fails, the last picture stays.
class ReceiveSession final : public QObject
{
    Q_OBJECT

public:
    /// The next step that a message offers.
    enum class Action {
        None,
        Cancel, ///< cancels the current load
        ReadWithoutLock,
        LoadInstead,  ///< see instead()
        ReadAsPixels, ///< uses the first of proposals()
        AskDoctor     ///< shows the names that other programs use for the key
    };

    explicit ReceiveSession(QObject* parent = nullptr);
    /// Cancels loading and waits for saving, but not for a reader that has stopped reading.
    ~ReceiveSession() override;

    /// Loads the picture that is shared under the key now. Without a protocol, it is detected. The layout is
    /// for plain pixels, if they are requested or nothing is detected.
    void load(const QString& key, std::optional<ProtocolId> protocol,
              const std::optional<PixelLayout>& layout = {});

    /// Cancels the current load and the next one; the last picture stays. Returns false if nothing is being
    /// loaded.
    bool cancel();

    /// Asks how the bytes under the key could be read as plain pixels; proposals() has the answer.
    void propose(const QString& key);

    /// The proposals for the bytes last asked about or not loaded, the likeliest first.
    [[nodiscard]] const std::vector<LayoutGuess>& proposals() const { return m_proposals; }

    /// Repeats the load that failed because nothing was detected, with the first of proposals().
    void readAsPixels();

    /// Repeats the load that failed because a Qt program holds the lock, without waiting for the lock.
    void loadWithoutLock();

    /// Repeats the failed load under instead().
    void loadInstead();

    /// The address that the message offers in place of the key; may be empty.
    [[nodiscard]] const QString& instead() const { return m_instead; }

    /// Loads the last picture again with another of the sizes that fit.
    void loadWithSize(QSize size);

    /// Mirrors this picture and the following ones.
    void setFlip(Flip flip);

    /// Takes a picture that arrived by itself, mirrored like this. Does not hold up the current task.
    void showFrame(const LoadedPicture& picture, Flip flip);

    /// Drops the loads that were requested before, because something newer is shown.
    void dropLoads();

    /// Reports at once that the key is invalid, and what it may be if that is known. The picture then counts
    /// as old.
    void explain(const QString& key, std::optional<ProtocolId> protocol, const Error& error);

    /// Shows a message about something that was found out elsewhere.
    void tell(const Message& message);

    /// Saves and copies the picture as it is shown.
    void save(const QString& path);
    void copy();

    [[nodiscard]] const std::optional<LoadedPicture>& picture() const { return m_picture; }
    /// Whether the picture is older than the last request, which failed.
    [[nodiscard]] bool isOld() const { return m_isOld; }
    [[nodiscard]] Flip flip() const { return m_flip; }
    [[nodiscard]] bool isBusy() const { return m_busy; }
    [[nodiscard]] const Message& message() const { return m_message; }
    [[nodiscard]] Action action() const { return m_action; }

Q_SIGNALS:
    void changed();
    /// With the key as the user gave it.
    void loaded(const QString& key);
    void proposed();

private:
    struct Order
    {
        QString key;
        LoadRequest request;
    };

    /// The result of loading and, after a failure, a diagnosis of its cause.
    struct Outcome
    {
        Result<LoadedPicture> picture;
        std::optional<Diagnosis> diagnosis;
        std::vector<LayoutGuess> proposals;
    };

    /// The picture that was shown when the user chose to save, even if another one is loaded meanwhile.
    struct Save
    {
        QString path;
        QImage image;
        Flip change; ///< the mirroring still to be applied to it
    };

    void say(Message::Kind kind, const QString& text, Action action = Action::None);
    void startNext();
    void startLoading(Order order);
    [[nodiscard]] TimeLimit untilCancelled() const;
    void startFlipping();
    void startSaving(const Save& save);
    void finished(const Order& order, Outcome outcome, Flip flip);
    void sayLoaded(const Order& order);
    void sayFailure(const Order& order, Outcome& outcome);
    void sayGone(const SegmentAddress& address);
    void setProposals(const Order& order, std::vector<LayoutGuess> proposals);
    void sayOld(const QString& text, Action action);
    void sayDiagnosis(const Diagnosis& diagnosis, std::optional<ProtocolId> protocol);

    std::optional<LoadedPicture> m_picture;
    std::optional<Order> m_shown; ///< the origin of the picture
    Flip m_shownFlip = Flip::None;
    Flip m_flip = Flip::None;
    bool m_isOld = false;
    int m_loadsDropped = 0; ///< how often
    bool m_busy = false;
    bool m_isLoading = false;
    std::stop_source m_cancelled;    ///< for the current load or question
    std::optional<Order> m_nextLoad; ///< to be done after the current task
    std::optional<Save> m_nextSave;
    std::stop_source m_closing;    ///< nobody waits for the picture that is being saved
    std::optional<Order> m_locked; ///< the order that loadWithoutLock() repeats
    std::vector<LayoutGuess> m_proposals;
    std::optional<Order> m_proposed; ///< the order that the proposals are for
    QString m_instead;
    std::optional<ProtocolId> m_insteadProtocol; ///< the protocol that the failed load asked for
    Message m_message;
    Action m_action = Action::None;
    Worker m_worker; ///< last: destroyed first, and waits for its tasks
};

} // namespace shmpix
