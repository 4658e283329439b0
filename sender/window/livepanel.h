#pragma once

#include "common/base/message.h"

#include "sender/stream/liveoptions.h"
#include "sender/stream/livesession.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QPushButton;

namespace shmpix {

/// The sender's panel for live frames: the source, the rate, and the buttons that start, pause and end the
/// stream. Remembers them in QSettings. GUI thread.
class LivePanel final : public QWidget
{
    Q_OBJECT

public:
    explicit LivePanel(QWidget* parent = nullptr);
    ~LivePanel() override;

    /// Sets the address of the stream.
    void setKey(const QString& key) { m_key = key; }

    /// Keeps the last frame at the end of the stream.
    void setKeep(bool keep) { m_keep = keep; }
    void setAccess(const AccessRights& access) { m_access = access; }

    /// Takes the source and the rate of the command line.
    void take(const LiveOptions& options);
    /// Takes files and folders for a slideshow.
    void takeFiles(const QStringList& paths);

    /// Starts the selected stream. Asks for files if none were chosen.
    void start(Existing existing = Existing::Respect);
    void stop();
    [[nodiscard]] LiveSession& session() { return m_session; }
    [[nodiscard]] bool isLive() const { return m_session.state() != LiveSession::State::Idle; }

    /// Performs the action of the message's button.
    void act() { m_session.act(); }

Q_SIGNALS:
    void said(const Message& message, const QString& action);
    /// With the caption of the frame.
    void previewed(const QImage& image, const QString& caption);
    void ended();

private:
    /// Rows of the list.
    enum class Choice { Slideshow, Folder, Animation, Watch, Screen, Clipboard, Pattern };

    void makeSource();
    void makeButtons();
    void layOut();
    void restore();
    void save() const;
    [[nodiscard]] Choice choice() const;
    [[nodiscard]] bool needsFiles() const;
    void choose();
    void setPaths(const QStringList& paths);
    [[nodiscard]] LiveSource source();
    void showSource();
    void showSession();
    [[nodiscard]] QString statusText() const;
    [[nodiscard]] QString actionText() const;

    LiveSession m_session;
    std::unique_ptr<QObject> m_poster; ///< posts the screen or the clipboard
    std::optional<LiveSource> m_given; ///< from the command line, until something else is chosen
    bool m_checksums = false;
    bool m_takeOver = false;
    bool m_keep = false;
    AccessRights m_access;
    QString m_key;
    QStringList m_paths; ///< the paths of the chosen source
    Message m_shown;
    QComboBox* m_source = nullptr;
    QPushButton* m_choose = nullptr;
    QLabel* m_files = nullptr;
    QDoubleSpinBox* m_rate = nullptr;
    QCheckBox* m_loop = nullptr;
    QPushButton* m_start = nullptr;
    QPushButton* m_pause = nullptr;
    QPushButton* m_step = nullptr;
    QLabel* m_status = nullptr;
};

} // namespace shmpix
