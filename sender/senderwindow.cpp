#include "sender/senderwindow.h"

#include "common/base/quantitytext.h"
#include "common/channel/defaults.h"
#include "common/image/layoutname.h"
#include "common/ui/doctorpanel.h"
#include "common/ui/enterkey.h"
#include "common/ui/imageview.h"
#include "common/ui/keybox.h"
#include "common/ui/messagebar.h"

#include <QClipboard>
#include <QCloseEvent>
#include <QComboBox>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QGuiApplication>
#include <QImageReader>
#include <QLabel>
#include <QMenu>
#include <QMimeData>
#include <QPushButton>
#include <QSettings>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

namespace shmpix {

namespace {

const QString keySetting = QStringLiteral("keys/current");
const QString protocolSetting = QStringLiteral("protocol");
const QString formatSetting = QStringLiteral("format");
const QString folderSetting = QStringLiteral("files/folder");

/// What the file dialog shows: "*.png *.jpg …", all that Qt reads.
QString pictureFilter()
{
    QStringList patterns;
    for (const QByteArray& format : QImageReader::supportedImageFormats()) {
        patterns.append(QStringLiteral("*.") + QString::fromLatin1(format));
    }
    return patterns.join(QLatin1Char(' '));
}

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
    m_message = new MessageBar(this);
    layOut();

    connect(m_message, &MessageBar::actionTriggered, this, &SenderWindow::takeAction);
    connect(&m_session, &SendSession::changed, this, &SenderWindow::showSession);
    connect(&m_session, &SendSession::fileLoaded, this, [this](const QString& path) { m_recent.add(path); });
    connect(&m_session, &SendSession::fileFailed, this,
            [this](const QString& path) { m_recent.remove(path); });
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
    m_paste->setToolTip(tr("Take the picture on the clipboard (%1)")
                            .arg(m_paste->shortcut().toString(QKeySequence::NativeText)));
    connect(m_paste, &QToolButton::clicked, this, &SenderWindow::paste);

    m_recentButton = makeTool(QStringLiteral("recentButton"), tr("&Recent"), {});
    m_recentButton->setPopupMode(QToolButton::InstantPopup);
    m_recentButton->setToolTip(tr("Open one of the last pictures again"));
    m_recentMenu = new QMenu(m_recentButton);
    m_recentMenu->setObjectName(QStringLiteral("recentMenu"));
    m_recentMenu->setToolTipsVisible(true);
    m_recentButton->setMenu(m_recentMenu);
    connect(m_recentMenu, &QMenu::aboutToShow, this, &SenderWindow::fillRecentMenu);
}

void SenderWindow::makeSettings()
{
    m_protocol = new QComboBox(this);
    m_protocol->setObjectName(QStringLiteral("protocolBox"));
    m_protocol->setAccessibleName(tr("Share as"));
    m_protocol->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_protocol->setMinimumContentsLength(20);
    m_protocol->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    for (ProtocolId id : allProtocols) {
        m_protocol->addItem(QStringLiteral("%1 – %2").arg(protocolTitle(id), protocolReaders(id)),
                            protocolName(id));
    }
    m_format = new QComboBox(this);
    m_format->setObjectName(QStringLiteral("formatBox"));
    m_format->setAccessibleName(tr("Pixels as"));
    m_format->setToolTip(tr("Which channels a pixel has, and what numbers they are"));
    connect(m_protocol, &QComboBox::currentIndexChanged, this, &SenderWindow::showFormats);
    m_key = new KeyBox(keyPresets(), this);
    m_key->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(m_key, &KeyBox::presetChosen, this, [this](const KeyPreset& preset) {
        m_protocol->setCurrentIndex(m_protocol->findData(preset.protocol));
    });
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
    m_share->setDefault(true);
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
    m_settings->addRow(tr("Pi&xels as"), m_format);
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
    const QString protocol = options.protocol
                                 ? protocolName(*options.protocol)
                                 : settings.value(protocolSetting, protocolName(defaultProtocol)).toString();
    m_protocol->setCurrentIndex(std::max(0, m_protocol->findData(protocol)));
    showFormats();
    const QString layout =
        options.layout ? layoutText(*options.layout) : settings.value(formatSetting).toString();
    if (options.layout && m_format->findData(layout) < 0) { // with a stride, an offset or upside down
        m_format->addItem(layout, layout);
    }
    m_format->setCurrentIndex(std::max(0, m_format->findData(layout)));
    m_session.setKeep(options.keep);
    m_share->setFocus();
    if (!options.image.isEmpty()) {
        m_session.loadFile(options.image);
    }
    if (options.share) {
        share(options.replace ? Existing::Replace : Existing::Respect);
    }
}

void SenderWindow::closeEvent(QCloseEvent* event)
{
    QSettings settings;
    settings.setValue(keySetting, m_key->key());
    settings.setValue(protocolSetting, m_protocol->currentData());
    settings.setValue(formatSetting, m_format->currentData());
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
    m_session.take(*event->mimeData(), tr("Dropped picture"));
}

void SenderWindow::keyPressEvent(QKeyEvent* event)
{
    if (!clickOnEnter(*event, *this, *m_share)) {
        PanelWindow::keyPressEvent(event);
    }
}

void SenderWindow::openDialog()
{
    const QString pictures = tr("Pictures (%1)").arg(pictureFilter());
    auto* dialog = new QFileDialog(this, tr("Open a picture"), QSettings().value(folderSetting).toString(),
                                   pictures + QStringLiteral(";;") + tr("All files (*)"));
    dialog->setObjectName(QStringLiteral("openDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        QSettings().setValue(folderSetting, QFileInfo(path).absolutePath());
        m_session.loadFile(path);
    });
    dialog->open();
}

void SenderWindow::paste()
{
    const QMimeData empty;
    const QMimeData* content = QGuiApplication::clipboard()->mimeData();
    m_session.take(content ? *content : empty, tr("Clipboard")); // there is none on an empty clipboard
}

void SenderWindow::fillRecentMenu()
{
    m_recentMenu->clear();
    int number = 0;
    for (const QString& path : m_recent.paths()) {
        const QString name = QFileInfo(path).fileName().replace(QLatin1Char('&'), QStringLiteral("&&"));
        auto* action = m_recentMenu->addAction(QStringLiteral("&%1  %2").arg(++number % 10).arg(name));
        action->setToolTip(path);
        connect(action, &QAction::triggered, this, [this, path] { m_session.loadFile(path); });
    }
    if (number == 0) {
        m_recentMenu->addAction(tr("No pictures yet"))->setEnabled(false);
        return;
    }
    m_recentMenu->addSeparator();
    connect(m_recentMenu->addAction(tr("&Clear")), &QAction::triggered, this, [this] { m_recent.clear(); });
}

void SenderWindow::makeDoctor()
{
    m_doctor = new DoctorPanel(this);
    m_doctor->setRole(Snippet::Role::Read);
    m_doctor->setProtocol(m_protocol->currentData().toString());
    m_doctorDock = addPanel(m_doctor, tr("&Doctor"), Qt::RightDockWidgetArea);
    connect(m_key, &KeyBox::currentTextChanged, this, [this] { m_doctor->setKey(m_key->key()); });
    connect(m_protocol, &QComboBox::currentIndexChanged, this,
            [this] { m_doctor->setProtocol(m_protocol->currentData().toString()); });
    connect(m_doctor, &DoctorPanel::keyProposed, m_key, &KeyBox::setKey);
}

void SenderWindow::takeAction()
{
    if (m_session.action() == SendSession::Action::Replace) {
        m_session.replace();
    } else {
        m_doctor->setRole(Snippet::Role::Read);
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

/// Offers what the protocol has: nothing where it says itself what pixels are.
void SenderWindow::showFormats()
{
    const QString protocol = m_protocol->currentData().toString();
    const bool isNpy = protocol == protocolName(ProtocolId::Npy);
    const bool hasFormats = isNpy || protocol == protocolName(ProtocolId::Pixels);
    const QVariant chosen = m_format->currentData();
    m_format->clear();
    m_format->addItem(tr("As the picture has them"), QString());
    for (const PixelFormat format : allPixelFormats()) {
        if (!isNpy || isNumpyFormat(format)) {
            m_format->addItem(
                QStringLiteral("%1 – %2").arg(pixelFormatTitle(format), pixelFormatName(format)),
                layoutText({0, 0, format}));
        }
    }
    m_format->setCurrentIndex(std::max(0, m_format->findData(chosen)));
    m_settings->setRowVisible(m_format, hasFormats);
}

EncodeOptions SenderWindow::encodeOptions() const
{
    auto layout = parseLayoutOfPicture(m_format->currentData().toString());
    return m_settings->isRowVisible(m_format) && layout ? EncodeOptions{*layout} : EncodeOptions{};
}

void SenderWindow::share(Existing existing)
{
    const auto protocol = parseProtocol(m_protocol->currentData().toString());
    m_session.share(m_key->key(), protocol ? *protocol : defaultProtocol, existing, encodeOptions());
}

void SenderWindow::showSession()
{
    const QImage image = m_session.picture() ? m_session.picture()->image : QImage();
    if (image.cacheKey() != m_view->image().cacheKey()) {
        m_view->setImage(image);
    }
    m_pictureLine->setText(pictureLine());
    m_share->setEnabled(m_session.canShare());
    m_stop->setEnabled(m_session.isShared());
    m_message->showMessage(m_session.message(), actionText());
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
