#include "sender/window/livepanel.h"

#include "common/app/defaults.h"
#include "common/base/quantitytext.h"

#include "sender/window/clipboardposter.h"
#include "sender/window/picturedialog.h"
#include "sender/window/screenposter.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFileInfo>
#include <QFormLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSettings>

namespace shmpix {

namespace {

const QString sourceSetting = QStringLiteral("live/source");
const QString pathsSetting = QStringLiteral("live/paths");
const QString rateSetting = QStringLiteral("live/fps");
const QString loopSetting = QStringLiteral("live/loop");

} // namespace

LivePanel::LivePanel(QWidget* parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("livePanel"));
    setWindowTitle(tr("Live"));
    makeSource();
    makeButtons();
    layOut();
    restore();
    connect(&m_session, &LiveSession::changed, this, &LivePanel::showSession);
    connect(&m_session, &LiveSession::previewed, this, &LivePanel::previewed);
    connect(&m_session, &LiveSession::ended, this, [this] {
        m_poster.reset();
        Q_EMIT ended();
    });
    showSource();
    showSession();
}

LivePanel::~LivePanel()
{
    m_session.disconnect(this);
    save();
}

void LivePanel::makeSource()
{
    m_source = new QComboBox(this);
    m_source->setObjectName(QStringLiteral("liveSourceBox"));
    m_source->setAccessibleName(tr("Source of live frames"));
    for (const QString& text :
         {tr("Slideshow of pictures…"), tr("Slideshow of a folder…"), tr("Animated file…"),
          tr("Watched file…"), tr("Screen"), tr("Clipboard"), tr("Test pattern")}) {
        m_source->addItem(text);
    }
    connect(m_source, &QComboBox::activated, this, [this] {
        m_given.reset();
        m_paths.clear();
        showSource();
        if (needsFiles()) {
            choose();
        }
    });
    m_choose = new QPushButton(tr("&Choose…"), this);
    m_choose->setObjectName(QStringLiteral("liveChooseButton"));
    m_choose->setAccessibleName(tr("Choose the files to stream"));
    connect(m_choose, &QPushButton::clicked, this, &LivePanel::choose);
    m_files = new QLabel(this);
    m_files->setObjectName(QStringLiteral("liveFiles"));
    m_files->setTextFormat(Qt::PlainText);
    m_files->setWordWrap(true);

    m_rate = new QDoubleSpinBox(this);
    m_rate->setObjectName(QStringLiteral("liveRateBox"));
    m_rate->setAccessibleName(tr("Frames per second"));
    m_rate->setRange(0, 1000);
    m_rate->setDecimals(2);
    m_rate->setSuffix(tr(" fps"));
    m_rate->setSpecialValueText(tr("Rate of the source"));
    m_rate->setKeyboardTracking(false); // a half-typed number is not intended
    connect(m_rate, &QDoubleSpinBox::valueChanged, &m_session, &LiveSession::setRate);
    m_loop = new QCheckBox(tr("Start a&gain at the end"), this);
    m_loop->setObjectName(QStringLiteral("liveLoopBox"));
    connect(m_loop, &QCheckBox::toggled, &m_session, &LiveSession::setLoop);
}

void LivePanel::makeButtons()
{
    m_start = new QPushButton(this);
    m_start->setObjectName(QStringLiteral("liveStartButton"));
    connect(m_start, &QPushButton::clicked, this, [this] {
        if (isLive()) {
            stop();
        } else {
            start();
        }
    });
    m_pause = new QPushButton(tr("Pa&use"), this);
    m_pause->setObjectName(QStringLiteral("livePauseButton"));
    m_pause->setCheckable(true);
    m_pause->setToolTip(tr("Pause the stream. Readers keep the last frame."));
    connect(m_pause, &QPushButton::toggled, &m_session, &LiveSession::setPaused);
    m_step = new QPushButton(tr("St&ep"), this);
    m_step->setObjectName(QStringLiteral("liveStepButton"));
    m_step->setToolTip(tr("Send one more frame"));
    connect(m_step, &QPushButton::clicked, &m_session, &LiveSession::step);
    m_status = new QLabel(this);
    m_status->setObjectName(QStringLiteral("liveStatus"));
    m_status->setAccessibleName(tr("State of the stream"));
    m_status->setTextFormat(Qt::PlainText);
    m_status->setWordWrap(true);
}

void LivePanel::layOut()
{
    auto* form = new QFormLayout;
    form->setRowWrapPolicy(QFormLayout::WrapAllRows);
    form->addRow(tr("S&ource"), m_source);
    auto* files = new QHBoxLayout;
    files->addWidget(m_files, 1);
    files->addWidget(m_choose);
    form->addRow(files);
    form->addRow(tr("&Rate"), m_rate);
    form->addRow(m_loop);
    auto* hold = new QHBoxLayout;
    hold->addWidget(m_pause);
    hold->addWidget(m_step);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(form);
    layout->addWidget(m_start);
    layout->addLayout(hold);
    layout->addWidget(m_status);
    layout->addStretch();
}

void LivePanel::restore()
{
    const QSettings settings;
    const int row = settings.value(sourceSetting, int(Choice::Pattern)).toInt();
    m_source->setCurrentIndex(row >= 0 && row < m_source->count() ? row : int(Choice::Pattern));
    m_paths = settings.value(pathsSetting).toStringList();
    m_rate->setValue(settings.value(rateSetting, 0).toDouble());
    m_loop->setChecked(settings.value(loopSetting, false).toBool());
}

void LivePanel::save() const
{
    QSettings settings;
    settings.setValue(sourceSetting, m_source->currentIndex());
    settings.setValue(pathsSetting, m_paths);
    settings.setValue(rateSetting, m_rate->value());
    settings.setValue(loopSetting, m_loop->isChecked());
}

void LivePanel::take(const LiveOptions& options)
{
    m_given = options.source;
    m_checksums = options.checksums;
    m_takeOver = options.takeOver;
    m_rate->setValue(options.fps);
    m_loop->setChecked(options.loop);
    switch (options.source.kind) {
    case LiveSource::Kind::Watch:
        m_source->setCurrentIndex(int(Choice::Watch));
        break;
    case LiveSource::Kind::Files:
        m_source->setCurrentIndex(int(Choice::Slideshow));
        break;
    default:
        m_source->setCurrentIndex(int(Choice::Pattern));
    }
    setPaths(options.source.paths);
}

void LivePanel::takeFiles(const QStringList& paths)
{
    m_given.reset();
    m_source->setCurrentIndex(int(Choice::Slideshow));
    setPaths(paths);
}

LivePanel::Choice LivePanel::choice() const
{
    return static_cast<Choice>(m_source->currentIndex());
}

bool LivePanel::needsFiles() const
{
    return choice() < Choice::Screen;
}

void LivePanel::choose()
{
    QFileDialog::FileMode mode = QFileDialog::ExistingFile;
    if (choice() == Choice::Slideshow) {
        mode = QFileDialog::ExistingFiles;
    } else if (choice() == Choice::Folder) {
        mode = QFileDialog::Directory;
    }
    auto* dialog = makePictureDialog(this, QStringLiteral("liveDialog"), m_source->currentText(), mode);
    connect(dialog, &QFileDialog::filesSelected, this, &LivePanel::setPaths);
    dialog->open();
}

void LivePanel::setPaths(const QStringList& paths)
{
    m_paths = paths;
    showSource();
}

LiveSource LivePanel::source()
{
    LiveSource source = m_given.value_or(LiveSource());
    source.paths = m_paths;
    m_poster.reset();
    switch (choice()) {
    case Choice::Slideshow:
    case Choice::Folder:
    case Choice::Animation:
        source.kind = LiveSource::Kind::Files;
        break;
    case Choice::Watch:
        source.kind = LiveSource::Kind::Watch;
        break;
    case Choice::Pattern:
        source.kind = LiveSource::Kind::Pattern;
        break;
    case Choice::Screen: {
        source = {LiveSource::Kind::Posted, {}, {}, {}, std::make_shared<PostBox>()};
        auto poster = std::make_unique<ScreenPoster>(*this, source.box);
        connect(poster.get(), &ScreenPoster::refused, this, [this](const QString& text) {
            m_session.endQuietly();
            Q_EMIT said({Message::Kind::Error, text}, {});
        });
        m_poster = std::move(poster);
        break;
    }
    case Choice::Clipboard: {
        source = {LiveSource::Kind::Posted, {}, {}, {}, std::make_shared<PostBox>()};
        auto poster = std::make_unique<ClipboardPoster>(source.box);
        connect(poster.get(), &ClipboardPoster::refused, this, [this](const QString& text) {
            Q_EMIT said({Message::Kind::Info, text}, {});
        });
        m_poster = std::move(poster);
        break;
    }
    }
    return source;
}

void LivePanel::start(Existing existing)
{
    if (needsFiles() && m_paths.isEmpty()) {
        choose();
        return;
    }
    auto address = SegmentAddress::parse(keyOrDefault(m_key));
    if (!address) {
        Q_EMIT said({Message::Kind::Error, address.error().text}, {});
        return;
    }
    StreamRequest request{*address, source()};
    request.existing = existing;
    request.checksums = m_checksums;
    request.takeOver = m_takeOver;
    request.keep = m_keep;
    request.access = m_access;
    request.fps = m_rate->value();
    request.loop = m_loop->isChecked();
    request.previewSide = int(960 * devicePixelRatioF()); // about the window's width
    m_session.start(request);
    if (auto* clipboard = qobject_cast<ClipboardPoster*>(m_poster.get())) {
        clipboard->post(); // now there is a listener
    }
}

void LivePanel::stop()
{
    m_session.stop();
}

void LivePanel::showSource()
{
    m_choose->setVisible(needsFiles());
    m_files->setVisible(needsFiles());
    m_loop->setVisible(needsFiles() && choice() != Choice::Watch);
    if (m_paths.isEmpty()) {
        m_files->setText(tr("Nothing selected"));
    } else if (m_paths.size() == 1) {
        m_files->setText(QFileInfo(m_paths.first()).fileName());
    } else {
        m_files->setText(tr("%n pictures", nullptr, int(m_paths.size())));
    }
}

void LivePanel::showSession()
{
    const bool isRunning = m_session.state() == LiveSession::State::Running;
    m_start->setText(isLive() ? tr("Stop &live") : tr("Start &live"));
    m_start->setEnabled(m_session.state() != LiveSession::State::Stopping);
    m_start->setToolTip(isLive() ? tr("End the stream and remove it from shared memory")
                                 : tr("Stream frames to readers under the key"));
    m_pause->setEnabled(isRunning);
    m_pause->setChecked(m_session.isPaused());
    m_step->setEnabled(isRunning && m_session.isPaused());
    m_source->setEnabled(!isLive());
    m_choose->setEnabled(!isLive());
    m_status->setText(statusText());
    if (!(m_shown == m_session.message())) {
        m_shown = m_session.message();
        Q_EMIT said(m_shown, actionText());
    }
}

QString LivePanel::statusText() const
{
    const LiveFigures& figures = m_session.figures();
    if (figures.frames == 0) {
        return {};
    }
    const QLocale locale;
    return QStringList{tr("Frame %1").arg(locale.toString(figures.frames)),
                       tr("%1 fps").arg(locale.toString(figures.fps, 'f', 1)),
                       sizeText({int(figures.layout.width), int(figures.layout.height)}),
                       tr("%1/s").arg(bytesText(qint64(figures.bytesPerSecond)))}
        .join(QStringLiteral(" · "));
}

QString LivePanel::actionText() const
{
    switch (m_session.action()) {
    case LiveSession::Action::Replace:
        return tr("&Replace");
    case LiveSession::Action::TakeOver:
        return tr("&Take over");
    case LiveSession::Action::None:
        break;
    }
    return {};
}

} // namespace shmpix
