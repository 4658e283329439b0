#pragma once

#include "common/ui/panelwindow.h"

#include "sender/senderoptions.h"
#include "sender/sendsession.h"

#include <memory>

class QDockWidget;
class QFormLayout;
class QLabel;
class QPushButton;
class QToolButton;

namespace shmpix {

class DoctorPanel;
class FormatBox;
class ImageView;
class KeyBox;
class LivePanel;
class MessageBar;
class ProtocolBox;
class RecentMenu;
class Succession;

/// The sender's window: shows the state of its session and passes on the user's actions. Remembers key,
/// protocol, files and its geometry in QSettings. GUI thread.
class SenderWindow final : public PanelWindow
{
    Q_OBJECT

public:
    /// Opens the picture of the options, and shares it if they ask for it.
    explicit SenderWindow(const SenderOptions& options, QWidget* parent = nullptr);
    ~SenderWindow() override;

protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void makeTools();
    void makeSettings();
    void makeButtons();
    void layOut();
    void restore(const SenderOptions& options);
    void openDialog();
    void open(const QString& path);
    void paste();
    void makeDoctor();
    void shareInForm(const QString& key, const QString& protocol);
    void makeLive();
    void showPreview(const QImage& image, const QString& caption);
    void takeOptions(const SenderOptions& options);
    void showFormats();
    void takeAction();
    [[nodiscard]] QString actionText() const;
    void share(Existing existing = Existing::Respect);
    void showSession();
    void showMessage();
    void showPicture();
    [[nodiscard]] QString pictureLine() const;

    SendSession m_session;
    QToolButton* m_open = nullptr;
    QToolButton* m_paste = nullptr;
    QToolButton* m_recentButton = nullptr;
    RecentMenu* m_recent = nullptr;
    ImageView* m_view = nullptr;
    QLabel* m_pictureLine = nullptr;
    ProtocolBox* m_protocol = nullptr;
    QFormLayout* m_settings = nullptr;
    FormatBox* m_format = nullptr; ///< for plain pixels and NumPy arrays
    KeyBox* m_key = nullptr;
    QPushButton* m_stop = nullptr;
    QPushButton* m_share = nullptr;
    MessageBar* m_message = nullptr;
    DoctorPanel* m_doctor = nullptr;
    QDockWidget* m_doctorDock = nullptr;
    LivePanel* m_live = nullptr;
    QDockWidget* m_liveDock = nullptr;
    std::unique_ptr<Succession> m_succession;
    bool m_isLiveTold = false;    ///< the message is about the stream
    bool m_isStreamShown = false; ///< in the view and in the line below it
};

} // namespace shmpix
