#pragma once

#include "common/ui/panelwindow.h"

#include "receiver/receiveroptions.h"
#include "receiver/receivesession.h"

class QComboBox;
class QDockWidget;
class QLabel;
class QPushButton;
class QToolButton;

namespace shmpix {

class DoctorPanel;
class FactsPanel;
class ImageView;
class KeyBox;
class LayoutPanel;
class LiveBar;
struct LiveFrame;
class MessageBar;

/// The receiver's window: shows the state of its session and passes on the user's actions. Remembers key,
/// protocol, folder and its geometry in QSettings. GUI thread.
class ReceiverWindow final : public PanelWindow
{
    Q_OBJECT

public:
    /// Loads if the options ask for it.
    explicit ReceiverWindow(const ReceiverOptions& options, QWidget* parent = nullptr);
    ~ReceiverWindow() override;

protected:
    void closeEvent(QCloseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void makeSource();
    void makePicture();
    void makeTools();
    void makeSegments();
    void layOut();
    void restore(const ReceiverOptions& options);
    void load();
    void makeLive();
    void follow(std::optional<ProtocolId> protocol, const std::optional<PixelLayout>& layout);
    void setLive(bool live);
    void takeFrame(const LiveFrame& frame, Flip flip);
    void endLive();
    void makeDoctor();
    void makeLayoutPanel();
    void interpret(const PixelLayout& layout);
    void showProposals();
    void showLoadedLayout(const QString& key);
    [[nodiscard]] std::optional<ProtocolId> chosenProtocol() const;
    [[nodiscard]] std::optional<PixelLayout> presetLayout() const;
    void takeAction();
    [[nodiscard]] QString actionText() const;
    void askWhereToSave();
    void chooseFlip();
    void showSession();
    void showAge();

    ReceiveSession m_session;
    KeyBox* m_key = nullptr;
    QComboBox* m_protocol = nullptr;
    QPushButton* m_load = nullptr;
    QPushButton* m_liveButton = nullptr;
    LiveBar* m_live = nullptr;
    ImageView* m_view = nullptr;
    FactsPanel* m_facts = nullptr;
    QLabel* m_old = nullptr; ///< says that the picture is an older one
    QToolButton* m_flipHorizontally = nullptr;
    QToolButton* m_flipVertically = nullptr;
    QToolButton* m_copy = nullptr;
    QToolButton* m_save = nullptr;
    MessageBar* m_message = nullptr;
    DoctorPanel* m_doctor = nullptr;
    QDockWidget* m_doctorDock = nullptr;
    LayoutPanel* m_layout = nullptr;
    QDockWidget* m_layoutDock = nullptr;
    bool m_isLiveNewer = false; ///< the stream was requested after the last load
};

} // namespace shmpix
