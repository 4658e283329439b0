#include "receiver/window/receiverwindow.h"

#include "common/app/defaults.h"
#include "common/ui/doctorpanel.h"
#include "common/ui/imageview.h"
#include "common/ui/keybox.h"
#include "common/ui/messagebar.h"
#include "receiver/window/factspanel.h"
#include "receiver/window/layoutpanel.h"
#include "receiver/window/layoutpresets.h"
#include "receiver/window/livebar.h"
#include "receiver/window/pixelbar.h"
#include "receiver/window/savedialog.h"
#include "receiver/window/segmentdock.h"

#include <QAction>
#include <QCloseEvent>
#include <QComboBox>
#include <QDockWidget>
#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QShortcut>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

namespace shmpix {

namespace {

const QString keySetting = QStringLiteral("keys/current");
const QString protocolSetting = QStringLiteral("protocol");

QString keyText(const QKeySequence& keys)
{
    return keys.toString(QKeySequence::NativeText);
}

} // namespace

ReceiverWindow::ReceiverWindow(const ReceiverOptions& options, QWidget* parent)
    : PanelWindow(parent)
{
    setObjectName(QStringLiteral("receiverWindow"));
    setWindowTitle(tr("Shmpix Receiver"));
    makeSource();
    makePicture();
    makeTools();
    makeLive();
    makeLayoutPanel();
    makeDoctor();
    makeSegments();
    m_message = new MessageBar(this);
    layOut();
    connect(m_message, &MessageBar::actionTriggered, this, &ReceiverWindow::takeAction);
    connect(&m_session, &ReceiveSession::changed, this, &ReceiverWindow::showSession);
    connect(&m_session, &ReceiveSession::loaded, m_key, &KeyBox::remember);
    connect(&m_session, &ReceiveSession::loaded, this, &ReceiverWindow::endLive);
    restore(options);
    showSession();
}

ReceiverWindow::~ReceiverWindow()
{
    m_session.disconnect(this);
    // The panels are hidden only after the members of this class are gone.
    m_doctorDock->toggleViewAction()->disconnect(this);
}

void ReceiverWindow::makeSource()
{
    m_key = new KeyBox(keyPresets(), this);
    m_key->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_protocol = new QComboBox(this);
    m_protocol->setObjectName(QStringLiteral("protocolBox"));
    m_protocol->setAccessibleName(tr("Read as"));
    m_protocol->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_protocol->setMinimumContentsLength(5);
    m_protocol->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_protocol->setToolTip(tr("How the picture is stored in shared memory"));
    m_protocol->addItem(tr("Detect"), QString());
    for (ProtocolId id : allProtocols()) {
        m_protocol->addItem(protocolTitle(id), protocolName(id));
    }
    m_load = new QPushButton(tr("&Load"), this);
    m_load->setObjectName(QStringLiteral("loadButton"));
    m_load->setToolTip(
        tr("Load the picture that is currently shared (Enter or %1)").arg(keyText(QKeySequence::Refresh)));
    connect(m_load, &QPushButton::clicked, this, &ReceiverWindow::load);
    connect(new QShortcut(QKeySequence::Refresh, this), &QShortcut::activated, m_load, &QPushButton::click);
    connect(m_key, &KeyBox::presetChosen, this, [this] { m_protocol->setCurrentIndex(0); });
}

void ReceiverWindow::makePicture()
{
    m_view = new ImageView(this);
    m_view->setObjectName(QStringLiteral("view"));
    m_view->setPlaceholder(tr("Enter the key under which a program shares a picture, then load it"));
    m_old = new QLabel(tr("Old picture"), this);
    m_old->setObjectName(QStringLiteral("oldBadge"));
    m_old->setAccessibleName(m_old->text());
    m_old->setToolTip(tr("The last request failed. This is the previous picture."));
    m_old->setAccessibleDescription(m_old->toolTip());
    m_old->setFrameStyle(QFrame::StyledPanel | QFrame::Plain);
    m_old->setMargin(2);
    m_old->hide();
    m_facts = new FactsPanel(this);
    m_facts->hide();
    connect(m_facts, &FactsPanel::sizeChosen, &m_session, &ReceiveSession::loadWithSize);
}

void ReceiverWindow::makeTools()
{
    m_flipHorizontally = makeTool(QStringLiteral("flipHorizontallyButton"), tr("Flip &horizontally"));
    m_flipVertically = makeTool(QStringLiteral("flipVerticallyButton"), tr("Flip &vertically"));
    for (QToolButton* flip : {m_flipHorizontally, m_flipVertically}) {
        flip->setCheckable(true);
        connect(flip, &QToolButton::toggled, this, &ReceiverWindow::chooseFlip);
    }
    m_flipHorizontally->setToolTip(tr("Mirror this picture and the following ones left to right"));
    m_flipVertically->setToolTip(tr("Mirror this picture and the following ones top to bottom"));
    m_copy =
        makeTool(QStringLiteral("copyButton"), tr("Copy"), QIcon::fromTheme(QStringLiteral("edit-copy")));
    m_copy->setShortcut(QKeySequence::Copy);
    m_copy->setToolTip(tr("Copy the picture to the clipboard (%1)").arg(keyText(m_copy->shortcut())));
    connect(m_copy, &QToolButton::clicked, &m_session, &ReceiveSession::copy);
    m_save = makeTool(QStringLiteral("saveButton"), tr("Save as…"),
                      style()->standardIcon(QStyle::SP_DialogSaveButton));
    m_save->setShortcut(QKeySequence::Save);
    m_save->setToolTip(tr("Save the picture to a file (%1)").arg(keyText(m_save->shortcut())));
    connect(m_save, &QToolButton::clicked, this, &ReceiverWindow::askWhereToSave);
}

void ReceiverWindow::makeSegments()
{
    auto* segments = new SegmentDock(this);
    addPanel(segments, tr("&Segments"), Qt::BottomDockWidgetArea);
    connect(segments, &SegmentDock::chosen, this, [this](const QString& key) {
        m_key->setKey(key);
        m_protocol->setCurrentIndex(0); // the last choice was for another segment
        load();
    });
    connect(segments, &SegmentDock::refused, this, [this](const QString& why) {
        m_message->showMessage({Message::Kind::Error, why}, {});
    });
}

void ReceiverWindow::layOut()
{
    auto* keyLabel = new QLabel(tr("&Key"), this);
    keyLabel->setBuddy(m_key);
    auto* protocolLabel = new QLabel(tr("Read &as"), this);
    protocolLabel->setBuddy(m_protocol);
    auto* source = new QHBoxLayout;
    source->addWidget(keyLabel);
    source->addWidget(m_key, 2);
    source->addWidget(protocolLabel);
    source->addWidget(m_protocol, 1);
    source->addWidget(m_load);
    source->addWidget(m_liveButton);
    source->addLayout(panelButtons());

    auto* picture = new QHBoxLayout;
    picture->addWidget(m_view, 1);
    picture->addWidget(m_facts);

    auto* tools = new QHBoxLayout;
    tools->addWidget(m_old);
    tools->addWidget(new PixelBar(*m_view, this), 1);
    for (QToolButton* tool : {m_flipHorizontally, m_flipVertically, m_copy, m_save}) {
        tools->addWidget(tool);
    }

    auto* layout = new QVBoxLayout(centralWidget());
    layout->addLayout(source);
    layout->addLayout(picture, 1);
    layout->addWidget(m_live);
    layout->addLayout(tools);
    layout->addWidget(m_message);
}

void ReceiverWindow::restore(const ReceiverOptions& options)
{
    const QSettings settings;
    restorePlace();
    m_key->setKey(options.key.isEmpty() ? settings.value(keySetting, defaultKey()).toString() : options.key);
    const QString protocol =
        options.protocol ? protocolName(*options.protocol) : settings.value(protocolSetting).toString();
    m_protocol->setCurrentIndex(std::max(0, m_protocol->findData(protocol)));
    m_flipHorizontally->setChecked(options.flip == Flip::Horizontal || options.flip == Flip::Both);
    m_flipVertically->setChecked(options.flip == Flip::Vertical || options.flip == Flip::Both);
    setPrimaryButton(m_load, m_key);
    if (options.layout) {
        m_layout->setPixelLayout(*options.layout);
        LayoutPresets::remember(m_key->key(), *options.layout);
    } else if (const auto preset = presetLayout()) {
        m_layout->setPixelLayout(*preset);
    }
    showProposals();
    if (options.load) {
        load();
    }
    m_liveButton->setChecked(options.live);
}

void ReceiverWindow::closeEvent(QCloseEvent* event)
{
    QSettings settings;
    settings.setValue(keySetting, m_key->key());
    settings.setValue(protocolSetting, m_protocol->currentData());
    savePlace();
    PanelWindow::closeEvent(event);
}

void ReceiverWindow::keyPressEvent(QKeyEvent* event)
{
    const bool cancels = event->key() == Qt::Key_Escape && m_session.cancel();
    if (!cancels && !m_live->takeKey(event->key())) {
        PanelWindow::keyPressEvent(event);
    }
}

void ReceiverWindow::load()
{
    m_isLiveNewer = false;
    m_session.load(m_key->key(), chosenProtocol(), presetLayout());
}

std::optional<ProtocolId> ReceiverWindow::chosenProtocol() const
{
    const auto protocol = parseProtocol(m_protocol->currentData().toString());
    return protocol ? std::optional(*protocol) : std::nullopt;
}

void ReceiverWindow::makeDoctor()
{
    m_doctor = new DoctorPanel(Snippet::Role::Share, this);
    m_doctorDock = addPanel(m_doctor, tr("&Doctor"), Qt::RightDockWidgetArea);
    connect(m_key, &KeyBox::currentTextChanged, this, [this] { m_doctor->setKey(m_key->key()); });
    connect(m_protocol, &QComboBox::currentIndexChanged, this,
            [this] { m_doctor->setProtocol(m_protocol->currentData().toString()); });
    connect(m_doctorDock->toggleViewAction(), &QAction::toggled, this, &ReceiverWindow::showSession);
    connect(m_doctor, &DoctorPanel::keyProposed, m_key, &KeyBox::setKey);
    connect(m_doctor, &DoctorPanel::formProposed, this, [this](const QString& key, const QString& protocol) {
        m_key->setKey(key);
        m_protocol->setCurrentIndex(std::max(0, m_protocol->findData(protocol)));
    });
    connect(&m_session, &ReceiveSession::loaded, this, [this](const QString& key) {
        m_doctor->setFound({key, protocolName(m_session.picture()->protocol)});
    });
}

void ReceiverWindow::makeLayoutPanel()
{
    m_layout = new LayoutPanel(this);
    m_layoutDock = addPanel(m_layout, tr("&Pixels"), Qt::RightDockWidgetArea);
    connect(m_layout, &LayoutPanel::layoutChosen, this, &ReceiverWindow::interpret);
    connect(m_layout, &LayoutPanel::proposalsWanted, this, [this] { m_session.propose(m_key->key()); });
    connect(m_key, &KeyBox::currentTextChanged, this, &ReceiverWindow::showProposals);
    connect(&m_session, &ReceiveSession::proposed, this, &ReceiverWindow::showProposals);
    connect(&m_session, &ReceiveSession::loaded, this, &ReceiverWindow::showLoadedLayout);
}

void ReceiverWindow::interpret(const PixelLayout& layout)
{
    if (m_live->session().isRunning()) {
        follow(ProtocolId::Pixels, layout);
        return;
    }
    m_session.load(m_key->key(), ProtocolId::Pixels, layout);
}

/// The layout last used for the key, if the bytes do not describe their layout.
std::optional<PixelLayout> ReceiverWindow::presetLayout() const
{
    const auto presets = LayoutPresets::layouts(m_key->key());
    return presets.empty() ? std::nullopt : std::optional(presets.front());
}

void ReceiverWindow::showProposals()
{
    m_layout->setProposals(m_session.proposals(), LayoutPresets::layouts(m_key->key()));
}

void ReceiverWindow::showLoadedLayout(const QString& key)
{
    const auto& picture = *m_session.picture();
    if (!picture.pixelLayout) {
        return;
    }
    if (picture.protocol == ProtocolId::Pixels) {
        LayoutPresets::remember(key, *picture.pixelLayout);
        showProposals();
    }
    if (!m_layout->isAncestorOf(focusWidget())) { // while somebody types, the picture follows the fields
        m_layout->setPixelLayout(*picture.pixelLayout);
    }
}

void ReceiverWindow::takeAction()
{
    offerPrimary(); // the message's button has done its work
    m_isLiveNewer = false;
    switch (m_session.action()) {
    case ReceiveSession::Action::Cancel:
        m_session.cancel();
        break;
    case ReceiveSession::Action::ReadWithoutLock:
        m_session.loadWithoutLock();
        break;
    case ReceiveSession::Action::LoadInstead:
        m_key->setKey(m_session.instead());
        m_session.loadInstead();
        break;
    case ReceiveSession::Action::ReadAsPixels:
        m_layoutDock->show();
        m_layoutDock->raise();
        m_session.readAsPixels();
        break;
    case ReceiveSession::Action::AskDoctor:
        m_doctorDock->show();
        m_doctorDock->raise();
        break;
    case ReceiveSession::Action::None:
        break;
    }
}

QString ReceiverWindow::actionText() const
{
    switch (m_session.action()) {
    case ReceiveSession::Action::Cancel:
        return tr("Cancel");
    case ReceiveSession::Action::ReadWithoutLock:
        return tr("&Read without the lock");
    case ReceiveSession::Action::LoadInstead: {
        constexpr qsizetype longest = 32;
        QString instead = m_session.instead();
        return instead.size() > longest
                   ? tr("Load &that instead")
                   : tr("Load &%1 instead").arg(instead.replace(QLatin1Char('&'), QStringLiteral("&&")));
    }
    case ReceiveSession::Action::ReadAsPixels:
        return tr("&Read as pixels");
    case ReceiveSession::Action::AskDoctor:
        return m_doctorDock->toggleViewAction()->isChecked() ? QString() : tr("Key doctor");
    case ReceiveSession::Action::None:
        break;
    }
    return {};
}

void ReceiverWindow::askWhereToSave()
{
    auto* dialog = new SaveDialog(this);
    connect(dialog, &QFileDialog::fileSelected, &m_session, &ReceiveSession::save);
    dialog->open();
}

void ReceiverWindow::chooseFlip()
{
    const int horizontal = m_flipHorizontally->isChecked() ? int(Flip::Horizontal) : 0;
    const int vertical = m_flipVertically->isChecked() ? int(Flip::Vertical) : 0;
    m_session.setFlip(static_cast<Flip>(horizontal | vertical));
    m_live->session().setFlip(m_session.flip());
}

void ReceiverWindow::showSession()
{
    const auto& picture = m_session.picture();
    if (picture && picture->image.cacheKey() != m_view->image().cacheKey()) {
        m_view->setImage(picture->image);
        m_facts->showFacts(*picture);
        m_facts->show();
    }
    m_copy->setEnabled(picture.has_value());
    m_save->setEnabled(picture.has_value());
    m_message->showMessage(m_session.message(), actionText());
    showAge();
}

} // namespace shmpix
