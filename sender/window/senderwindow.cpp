#include "sender/window/senderwindow.h"

#include "common/app/defaults.h"
#include "common/base/quantitytext.h"
#include "common/image/layoutname.h"
#include "common/ui/doctorpanel.h"
#include "common/ui/imageview.h"
#include "common/ui/keybox.h"
#include "common/ui/messagebar.h"

#include "sender/succession.h"
#include "sender/window/formatbox.h"
#include "sender/window/livepanel.h"
#include "sender/window/picturedialog.h"
#include "sender/window/protocolbox.h"
#include "sender/window/recentmenu.h"

#include <QClipboard>
#include <QCloseEvent>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QFormLayout>
#include <QGuiApplication>
#include <QLabel>
#include <QMimeData>
#include <QPushButton>
#include <QSettings>
#include <QStyle>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>

#include <utility>

namespace shmpix {

namespace {

const QString keySetting = QStringLiteral("keys/current");
const QString protocolSetting = QStringLiteral("protocol");
const QString formatSetting = QStringLiteral("format");

} // namespace

SenderWindow::SenderWindow(const SenderOptions& options, QWidget* parent)
    : PanelWindow(parent)
{
    setObjectName(QStringLiteral("senderWindow"));
    setWindowTitle(tr("Shmpix Sender"));
    setAcceptDrops(true);
    makeTools();
    m_view = new ImageView(this);
    m_view->setObjectName(QStringLiteral("view"));
    m_view->setPlaceholder(tr("Drop a picture here, or open one"));
    m_pictureLine = new QLabel(this);
    m_pictureLine->setObjectName(QStringLiteral("pictureLine"));
    m_pictureLine->setTextFormat(Qt::PlainText);
    makeSettings();
    makeButtons();
    makeDoctor();
    makeLive();
    m_message = new MessageBar(this);
    layOut();

    connect(m_message, &MessageBar::actionTriggered, this, &SenderWindow::takeAction);
    connect(&m_session, &SendSession::changed, this, &SenderWindow::showSession);
    connect(&m_session, &SendSession::said, this, &SenderWindow::showMessage);
    connect(&m_session, &SendSession::fileLoaded, this,
            [this](const QString& path) { m_recent->files().add(path); });
    connect(&m_session, &SendSession::fileFailed, this,
            [this](const QString& path) { m_recent->files().remove(path); });
    connect(&m_session, &SendSession::shared, m_key, &KeyBox::remember);
    restore(options);
    showSession();
}

SenderWindow::~SenderWindow()
{
    m_session.disconnect(this);
}

void SenderWindow::makeTools()
{
    m_open = makeTool(QStringLiteral("openButton"), tr("&Open…"),
                      style()->standardIcon(QStyle::SP_DialogOpenButton));
    m_open->setShortcut(QKeySequence::Open);
    m_open->setToolTip(
        tr("Open a picture file (%1)").arg(m_open->shortcut().toString(QKeySequence::NativeText)));
    connect(m_open, &QToolButton::clicked, this, &SenderWindow::openDialog);

    m_paste =
        makeTool(QStringLiteral("pasteButton"), tr("Paste"), QIcon::fromTheme(QStringLiteral("edit-paste")));
    m_paste->setShortcut(QKeySequence::Paste);
    m_paste->setToolTip(tr("Open the picture on the clipboard (%1)")
                            .arg(m_paste->shortcut().toString(QKeySequence::NativeText)));
    connect(m_paste, &QToolButton::clicked, this, &SenderWindow::paste);

    m_recentButton = makeTool(QStringLiteral("recentButton"), tr("&Recent"), {});
    m_recentButton->setPopupMode(QToolButton::InstantPopup);
    m_recentButton->setToolTip(tr("Open a recent picture"));
    m_recent = new RecentMenu(m_recentButton);
    m_recentButton->setMenu(m_recent);
    connect(m_recent, &RecentMenu::chosen, this, &SenderWindow::open);
}

void SenderWindow::makeSettings()
{
    m_protocol = new ProtocolBox(this);
    m_format = new FormatBox(this);
    connect(m_protocol, &QComboBox::currentIndexChanged, this, &SenderWindow::showFormats);
    m_key = new KeyBox(keyPresets(), this);
    m_key->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(m_key, &KeyBox::currentTextChanged, this, [this] { m_protocol->followKey(m_key->key()); });
    connect(m_key, &KeyBox::presetChosen, m_protocol, &ProtocolBox::take);
}

void SenderWindow::makeButtons()
{
    m_stop = new QPushButton(tr("S&top sharing"), this);
    m_stop->setObjectName(QStringLiteral("stopButton"));
    m_stop->setToolTip(tr("Remove the picture from shared memory"));
    connect(m_stop, &QPushButton::clicked, &m_session, &SendSession::stopSharing);
    m_share = new QPushButton(tr("&Share"), this);
    m_share->setObjectName(QStringLiteral("shareButton"));
    m_share->setToolTip(tr("Share the picture under the key (Enter)"));
    connect(m_share, &QPushButton::clicked, this, [this] { share(); });
}

void SenderWindow::layOut()
{
    auto* tools = new QHBoxLayout;
    tools->addWidget(m_open);
    tools->addWidget(m_paste);
    tools->addWidget(m_recentButton);
    tools->addStretch();
    tools->addLayout(panelButtons());

    m_settings = new QFormLayout;
    m_settings->addRow(tr("Share &as"), m_protocol);
    m_settings->addRow(tr("Pi&xel format"), m_format);
    m_settings->addRow(tr("&Key"), m_key);

    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(m_stop);
    buttons->addWidget(m_share);
    const int width = m_stop->sizeHint().width() + 2 * fontMetrics().averageCharWidth();
    m_stop->setMinimumWidth(width);
    m_share->setMinimumWidth(width);

    auto* layout = new QVBoxLayout(centralWidget());
    layout->addLayout(tools);
    layout->addWidget(m_view, 1);
    layout->addWidget(m_pictureLine);
    layout->addLayout(m_settings);
    layout->addLayout(buttons);
    layout->addWidget(m_message);
}

void SenderWindow::restore(const SenderOptions& options)
{
    const QSettings settings;
    restorePlace();
    m_key->setKey(options.key.isEmpty() ? settings.value(keySetting, defaultKey()).toString() : options.key);
    m_protocol->choose(options.protocol ? protocolName(*options.protocol)
                                        : settings.value(protocolSetting).toString());
    m_protocol->followKey(m_key->key());
    showFormats();
    m_format->choose(options.layout ? layoutText(*options.layout) : settings.value(formatSetting).toString(),
                     options.layout.has_value());
    m_session.setKeep(options.keep);
    m_live->setKeep(options.keep);
    m_session.setAccess(options.access);
    m_live->setAccess(options.access);
    m_live->setKey(m_key->key());
    setPrimaryButton(m_share, m_open);
    takeOptions(options);
}

/// Opens the picture or the source of the command line, and shares it.
void SenderWindow::takeOptions(const SenderOptions& options)
{
    const Existing existing = options.replace ? Existing::Replace : Existing::Respect;
    const bool isFolder = QFileInfo(options.image).isDir();
    if (options.live || isFolder) {
        m_liveDock->show();
        m_live->take(options.live.value_or(streamOf(options.image)));
        if (options.share) {
            m_live->start(existing);
        }
        return;
    }
    if (!options.image.isEmpty()) {
        m_session.loadFile(options.image);
    }
    if (options.share) {
        share(existing);
    }
}

void SenderWindow::closeEvent(QCloseEvent* event)
{
    QSettings settings;
    settings.setValue(keySetting, m_key->key());
    settings.setValue(protocolSetting, m_protocol->choice());
    settings.setValue(formatSetting, m_format->layoutChosen());
    savePlace();
    PanelWindow::closeEvent(event);
}

void SenderWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (SendSession::canTake(*event->mimeData())) {
        event->acceptProposedAction();
    }
}

void SenderWindow::dropEvent(QDropEvent* event)
{
    event->acceptProposedAction();
    QStringList paths;
    for (const QUrl& url : event->mimeData()->urls()) {
        paths.append(url.toLocalFile()); // empty for remote files
    }
    paths.removeAll(QString());
    if (paths.size() > 1 || QFileInfo(paths.value(0)).isDir()) {
        m_live->takeFiles(paths);
        m_liveDock->show();
        m_liveDock->raise();
        return;
    }
    m_session.take(*event->mimeData(), tr("Dropped picture"));
    offerPrimary();
}

void SenderWindow::open(const QString& path)
{
    m_session.loadFile(path);
    offerPrimary();
}

void SenderWindow::openDialog()
{
    auto* dialog = makePictureDialog(this, QStringLiteral("openDialog"), tr("Open a picture"),
                                     QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &SenderWindow::open);
    dialog->open();
}

void SenderWindow::paste()
{
    const QMimeData empty;
    const QMimeData* content = QGuiApplication::clipboard()->mimeData();
    m_session.take(content ? *content : empty, tr("Clipboard")); // an empty clipboard has no data
    offerPrimary();
}

void SenderWindow::makeDoctor()
{
    m_doctor = new DoctorPanel(Snippet::Role::Read, this);
    m_doctor->setProtocol(m_protocol->currentData().toString());
    m_doctorDock = addPanel(m_doctor, tr("&Doctor"), Qt::RightDockWidgetArea);
    connect(m_key, &KeyBox::currentTextChanged, this, [this] { m_doctor->setKey(m_key->key()); });
    connect(m_protocol, &QComboBox::currentIndexChanged, this,
            [this] { m_doctor->setProtocol(m_protocol->currentData().toString()); });
    connect(m_doctor, &DoctorPanel::keyProposed, m_key, &KeyBox::setKey);
    connect(m_doctor, &DoctorPanel::formProposed, this, &SenderWindow::shareInForm);
}

/// Shares in the form that the other program can read, as the doctor proposes.
void SenderWindow::shareInForm(const QString& key, const QString& protocol)
{
    m_key->setKey(key);
    m_protocol->choose(protocol);
    if (m_session.canShare()) {
        share();
    }
}

void SenderWindow::makeLive()
{
    m_live = new LivePanel(this);
    m_liveDock = addPanel(m_live, tr("Li&ve"), Qt::RightDockWidgetArea);
    connect(m_key, &KeyBox::currentTextChanged, this, [this] { m_live->setKey(m_key->key()); });
    connect(m_live, &LivePanel::previewed, this, &SenderWindow::showPreview);
    connect(m_live, &LivePanel::said, this, [this](const Message& message, const QString& action) {
        if (!m_succession->isStreamReturning()) { // the user should read why the picture was not shared
            m_isLiveTold = true;
            m_message->showMessage(message, action);
        }
    });
    connect(m_live, &LivePanel::ended, this, [this] {
        m_isStreamShown = false;
        showPicture();
    });
    m_succession = std::make_unique<Succession>(m_session, m_live->session());
    connect(m_succession.get(), &Succession::streamReturns, this, [this] { m_live->start(); });
}

void SenderWindow::showPreview(const QImage& image, const QString& caption)
{
    if (m_live->isLive()) { // otherwise the preview comes too late
        m_isStreamShown = true;
        m_view->setImage(image);
        m_pictureLine->setText(caption);
    }
}

void SenderWindow::takeAction()
{
    offerPrimary(); // the message's button has done its work
    if (m_isLiveTold) {
        m_live->act();
    } else if (m_session.action() == SendSession::Action::Replace) {
        m_session.replace();
    } else {
        m_doctor->showPeers();
        m_doctorDock->show();
        m_doctorDock->raise();
    }
}

QString SenderWindow::actionText() const
{
    switch (m_session.action()) {
    case SendSession::Action::Replace:
        return tr("&Replace");
    case SendSession::Action::TellHowToRead:
        return tr("&How to read it");
    case SendSession::Action::None:
        break;
    }
    return {};
}

void SenderWindow::showFormats()
{
    const ProtocolId protocol = m_protocol->protocol();
    m_format->offer(protocol);
    m_settings->setRowVisible(m_format, FormatBox::hasFormats(protocol));
}

void SenderWindow::share(Existing existing)
{
    const ProtocolId protocol = m_protocol->protocol();
    m_session.share(m_key->key(), protocol, existing,
                    FormatBox::hasFormats(protocol) ? m_format->encodeOptions() : EncodeOptions{});
}

void SenderWindow::showSession()
{
    showPicture();
    m_share->setEnabled(m_session.canShare());
    m_stop->setEnabled(m_session.isShared());
}

void SenderWindow::showMessage()
{
    m_isLiveTold = false;
    m_message->showMessage(m_session.message(), actionText());
}

/// While there are frames of a stream, the view shows the stream.
void SenderWindow::showPicture()
{
    if (m_isStreamShown) {
        return;
    }
    const QImage image = m_session.picture() ? m_session.picture()->image : QImage();
    if (image.cacheKey() != m_view->image().cacheKey()) {
        m_view->setImage(image);
    }
    m_pictureLine->setText(pictureLine());
}

QString SenderWindow::pictureLine() const
{
    if (!m_session.picture()) {
        return tr("No picture");
    }
    const Picture& picture = *m_session.picture();
    QStringList facts = {picture.name, sizeText(picture.image.size()), layoutName(picture.image)};
    if (picture.fileBytes > 0) {
        facts.append(bytesText(picture.fileBytes));
    }
    return facts.join(QStringLiteral(" · "));
}

} // namespace shmpix
