#pragma once

#include "common/ui/panelwindow.h"

#include "sender/recentfiles.h"
#include "sender/senderoptions.h"
#include "sender/sendsession.h"

class QComboBox;
class QDockWidget;
class QFormLayout;
class QLabel;
class QMenu;
class QPushButton;
class QToolButton;

namespace shmpix {

class DoctorPanel;
class ImageView;
class KeyBox;
class MessageBar;

/// The sender's window: shows what its session has and hands on what the user does. Remembers key, protocol,
/// files and its place in QSettings. GUI thread.
class SenderWindow final : public PanelWindow
{
    Q_OBJECT

public:
    /// Opens the options' picture, and shares it when they say so.
    explicit SenderWindow(const SenderOptions& options, QWidget* parent = nullptr);
    ~SenderWindow() override;

protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void makeTools();
    void makeSettings();
    void makeButtons();
    void layOut();
    void restore(const SenderOptions& options);
    void openDialog();
    void paste();
    void fillRecentMenu();
    void makeDoctor();
    void showFormats();
    [[nodiscard]] EncodeOptions encodeOptions() const;
    void takeAction();
    [[nodiscard]] QString actionText() const;
    void share(Existing existing = Existing::Respect);
    void showSession();
    [[nodiscard]] QString pictureLine() const;

    SendSession m_session;
    RecentFiles m_recent;
    QToolButton* m_open = nullptr;
    QToolButton* m_paste = nullptr;
    QToolButton* m_recentButton = nullptr;
    QMenu* m_recentMenu = nullptr;
    ImageView* m_view = nullptr;
    QLabel* m_pictureLine = nullptr;
    QComboBox* m_protocol = nullptr;
    QFormLayout* m_settings = nullptr;
    QComboBox* m_format = nullptr; ///< of plain pixels and NumPy arrays
    KeyBox* m_key = nullptr;
    QPushButton* m_stop = nullptr;
    QPushButton* m_share = nullptr;
    MessageBar* m_message = nullptr;
    DoctorPanel* m_doctor = nullptr;
    QDockWidget* m_doctorDock = nullptr;
};

} // namespace shmpix
