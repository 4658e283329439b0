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
class MessageBar;

/// The receiver's window: shows what its session has and hands on what the user does. Remembers key,
/// protocol, folder and its place in QSettings. GUI thread.
class ReceiverWindow final : public PanelWindow
{
    Q_OBJECT

public:
    /// Loads when the options say so.
    explicit ReceiverWindow(const ReceiverOptions& options, QWidget* parent = nullptr);
    ~ReceiverWindow() override;

protected:
    void closeEvent(QCloseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void makeSource();
    void makePicture();
    void makeTools();
    void makeStatus();
    void makeSegments();
    void layOut();
    void restore(const ReceiverOptions& options);
    void load();
    void makeDoctor();
    void makeLayoutPanel();
    void interpret(const PixelLayout& layout);
    void showProposals();
    void showLoadedLayout(const QString& key);
    [[nodiscard]] std::optional<PixelLayout> presetLayout() const;
    void takeAction();
    [[nodiscard]] QString actionText() const;
    void saveDialog();
    void chooseFlip();
    void showSession();
    void showZoom();
    void showPixel(QPoint pixel);

    ReceiveSession m_session;
    KeyBox* m_key = nullptr;
    QComboBox* m_protocol = nullptr;
    QPushButton* m_load = nullptr;
    ImageView* m_view = nullptr;
    FactsPanel* m_facts = nullptr;
    QToolButton* m_flipHorizontally = nullptr;
    QToolButton* m_flipVertically = nullptr;
    QToolButton* m_copy = nullptr;
    QToolButton* m_save = nullptr;
    QLabel* m_zoom = nullptr;
    QLabel* m_position = nullptr;
    QLabel* m_pixel = nullptr;
    MessageBar* m_message = nullptr;
    DoctorPanel* m_doctor = nullptr;
    QDockWidget* m_doctorDock = nullptr;
    LayoutPanel* m_layout = nullptr;
    QDockWidget* m_layoutDock = nullptr;
};

} // namespace shmpix
