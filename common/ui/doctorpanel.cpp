#include "common/ui/doctorpanel.h"

#include "common/base/onelinetext.h"
#include "common/protocol/protocolid.h"
#include "common/ui/breakabletext.h"

#include <QAction>
#include <QClipboard>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QTabBar>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <chrono>

namespace shmpix {

namespace {

constexpr std::chrono::milliseconds typingPause{80};

enum Column { ProgramColumn, NameColumn };

} // namespace

DoctorPanel::DoctorPanel(Snippet::Role peers, QWidget* parent)
    : QWidget(parent)
    , m_peers(peers)
{
    setObjectName(QStringLiteral("doctorPanel"));
    setWindowTitle(tr("Key doctor"));
    makeTop();
    makeTable();
    makeCode();
    layOut();
    showPeers();
    m_patience.setSingleShot(true);
    m_patience.setInterval(typingPause);
    connect(&m_patience, &QTimer::timeout, this, &DoctorPanel::refresh);
}

void DoctorPanel::makeTop()
{
    m_problem = new QLabel(this);
    m_problem->setObjectName(QStringLiteral("doctorProblem"));
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setWordWrap(true);
    m_problem->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_useProposal = new QPushButton(this);
    m_useProposal->setObjectName(QStringLiteral("doctorUseProposal"));
    m_useProposal->setToolTip(tr("Enter this name, which every program accepts, into the key field"));
    connect(m_useProposal, &QPushButton::clicked, this, [this] { Q_EMIT keyProposed(m_names.proposal); });
}

void DoctorPanel::makeTable()
{
    m_table = new QTreeWidget(this);
    m_table->setObjectName(QStringLiteral("doctorNames"));
    m_table->setAccessibleName(tr("Names in other programs"));
    m_table->setHeaderLabels({tr("Program"), tr("Name there")});
    m_table->setRootIsDecorated(false);
    m_table->setUniformRowHeights(true);
    m_table->header()->setMinimumSectionSize(fontMetrics().averageCharWidth() * 8);
    m_table->setTextElideMode(Qt::ElideMiddle);
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->header()->setSectionResizeMode(ProgramColumn, QHeaderView::ResizeToContents);
    m_table->header()->setSectionResizeMode(NameColumn, QHeaderView::Stretch);
    auto* copyName = new QAction(tr("Copy name"), m_table);
    copyName->setShortcut(QKeySequence::Copy);
    copyName->setShortcutContext(Qt::WidgetShortcut);
    connect(copyName, &QAction::triggered, this, [this] {
        if (const int row = m_table->indexOfTopLevelItem(m_table->currentItem()); row >= 0) {
            QGuiApplication::clipboard()->setText(m_names.names[static_cast<std::size_t>(row)].name);
        }
    });
    m_table->addAction(copyName);
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
    connect(m_table, &QTreeWidget::currentItemChanged, this, &DoctorPanel::showSelected);
}

void DoctorPanel::makeCode()
{
    m_note = new QLabel(this);
    m_note->setObjectName(QStringLiteral("doctorNote"));
    m_note->setTextFormat(Qt::PlainText);
    m_note->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_note->setWordWrap(true);
    m_note->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_instead = new QPushButton(this);
    m_instead->setObjectName(QStringLiteral("doctorInstead"));
    m_instead->setVisible(false);
    m_instead->setMinimumWidth(1); // a long key in it must not widen the window
    connect(m_instead, &QPushButton::clicked, this, [this] {
        if (const Snippet* snippet = selected(); snippet && snippet->instead) {
            const ShareForm form = *snippet->instead;
            Q_EMIT formProposed(form.key, form.protocol);
        }
    });
    m_role = new QTabBar(this);
    m_role->setObjectName(QStringLiteral("doctorRole"));
    m_role->setAccessibleName(tr("What the program does"));
    m_role->setExpanding(false);
    m_role->setDrawBase(false);
    m_role->addTab(tr("Share"));
    m_role->addTab(tr("Read"));
    connect(m_role, &QTabBar::currentChanged, this, &DoctorPanel::showSelected);
    m_copy = new QPushButton(QIcon::fromTheme(QStringLiteral("edit-copy")), tr("Copy code"), this);
    m_copy->setObjectName(QStringLiteral("doctorCopy"));
    m_copy->setToolTip(tr("Copy the program to the clipboard"));
    connect(m_copy, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(m_code->toPlainText()); });
    m_code = new QPlainTextEdit(this);
    m_code->setObjectName(QStringLiteral("doctorCode"));
    m_code->setAccessibleName(tr("Code"));
    m_code->setReadOnly(true);
    m_code->setTabChangesFocus(true);
    m_code->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_code->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
}

void DoctorPanel::layOut()
{
    // Long notes scroll, so that they do not take the code's room.
    auto* noteArea = new QScrollArea(this);
    noteArea->setObjectName(QStringLiteral("doctorNoteArea"));
    noteArea->setFrameShape(QFrame::NoFrame);
    noteArea->setWidgetResizable(true);
    noteArea->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    noteArea->setWidget(m_note);
    noteArea->setFixedHeight(4 * fontMetrics().lineSpacing() + 4);

    auto* roles = new QHBoxLayout;
    roles->addWidget(m_role);
    roles->addStretch();
    roles->addWidget(m_copy);

    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_problem);
    layout->addWidget(m_useProposal, 0, Qt::AlignLeft);
    layout->addWidget(m_table);
    layout->addWidget(noteArea);
    layout->addWidget(m_instead, 0, Qt::AlignLeft);
    layout->addLayout(roles);
    layout->addWidget(m_code, 1);
    setMinimumWidth(fontMetrics().averageCharWidth() * 33);
}

QSize DoctorPanel::sizeHint() const
{
    // About as wide as a line of code. The window determines the height.
    return {fontMetrics().averageCharWidth() * 58, QWidget::sizeHint().height()};
}

void DoctorPanel::setKey(const QString& key)
{
    if (key != m_key) {
        m_key = key;
        refreshSoon();
    }
}

void DoctorPanel::setProtocol(const QString& protocol)
{
    if (protocol != m_protocol) {
        m_protocol = protocol;
        refreshSoon();
    }
}

void DoctorPanel::setFound(const ShareForm& found)
{
    m_found = found;
    refreshSoon();
}

void DoctorPanel::showPeers()
{
    m_role->setCurrentIndex(m_peers == Snippet::Role::Share ? 0 : 1);
}

void DoctorPanel::showEvent(QShowEvent* event)
{
    refresh();
    QWidget::showEvent(event);
}

void DoctorPanel::refreshSoon()
{
    if (isVisible()) {
        m_patience.start();
    }
}

void DoctorPanel::refresh()
{
    m_patience.stop();
    m_names = keyNames(m_key);
    m_snippets = snippets(m_names, {m_protocol, m_found.key == m_key ? m_found.protocol : QString()});
    const bool hasProposal = !m_names.proposal.isEmpty();
    const QString text = !m_names.problem.isEmpty() ? m_names.problem
                         : hasProposal ? tr("Not every program on every system accepts this name.")
                                       : QString();
    m_problem->setText(breakableText(onOneLine(text)));
    m_problem->setVisible(!text.isEmpty());
    m_useProposal->setText(tr("Use %1").arg(m_names.proposal));
    m_useProposal->setVisible(hasProposal);
    fillTable();
    showSelected();
}

void DoctorPanel::fillTable()
{
    const QSignalBlocker quiet(m_table);
    while (m_table->topLevelItemCount() < static_cast<int>(m_names.names.size())) {
        m_table->addTopLevelItem(new QTreeWidgetItem);
    }
    int row = 0;
    for (const PeerName& name : m_names.names) {
        QTreeWidgetItem* item = m_table->topLevelItem(row++);
        item->setText(ProgramColumn, name.title);
        item->setText(NameColumn, name.name.isEmpty() ? QStringLiteral("–") : onOneLine(name.name.left(300)));
        item->setToolTip(NameColumn, onOneLine(name.code.left(600)));
        // Names that do not reach the key's memory are dimmed.
        const QBrush brush = name.reach == Reach::Same ? palette().brush(QPalette::Text)
                                                       : palette().brush(QPalette::PlaceholderText);
        item->setForeground(ProgramColumn, brush);
        item->setForeground(NameColumn, brush);
    }
    // All rows are visible; the code gets the rest of the room.
    m_table->setFixedHeight(m_table->header()->sizeHint().height() +
                            m_table->topLevelItemCount() * m_table->sizeHintForRow(0) +
                            2 * m_table->frameWidth());
    if (m_table->currentItem() == nullptr) {
        m_table->setCurrentItem(m_table->topLevelItem(likeliestRow()));
    }
}

/// Returns the row of a program that reaches the key's memory, with code if possible.
int DoctorPanel::likeliestRow() const
{
    const auto rowOf = [this](bool needsCode) {
        const auto found = std::find_if(m_snippets.begin(), m_snippets.end(), [&](const Snippet& snippet) {
            return snippet.role == role() && !(needsCode && snippet.code.isEmpty()) &&
                   m_names.names[static_cast<std::size_t>(snippet.peer)].reach == Reach::Same;
        });
        return found == m_snippets.end() ? -1 : static_cast<int>(found->peer);
    };
    const int withCode = rowOf(true);
    return std::max(0, withCode >= 0 ? withCode : rowOf(false));
}

void DoctorPanel::showSelected()
{
    const int row = m_table->indexOfTopLevelItem(m_table->currentItem());
    if (row < 0) {
        return;
    }
    const PeerName& name = m_names.names[static_cast<std::size_t>(row)];
    const Snippet* snippet = selected();
    const bool hasCode = snippet && !snippet->code.isEmpty();
    QStringList notes;
    if (hasCode) {
        notes.append(tr("Uses the protocol %1.").arg(snippet->protocol));
    }
    if (snippet) {
        notes.append(snippet->note);
    } else if (!name.name.isEmpty()) {
        notes.append(tr("The code for this program is shown on the system on which it runs."));
    }
    notes.append(name.note);
    notes.removeAll(QString());
    m_note->setText(breakableText(onOneLine(notes.join(QLatin1Char(' ')))));
    const QString code = hasCode ? snippet->code : QString();
    if (m_code->toPlainText() != code) {
        m_code->setPlainText(code);
    }
    m_copy->setEnabled(hasCode);
    showInstead(snippet);
}

/// Offers a form that this window can use instead; only for programs at the other end.
void DoctorPanel::showInstead(const Snippet* snippet)
{
    const bool isOffered = snippet && snippet->instead && role() == m_peers;
    m_instead->setVisible(isOffered);
    if (!isOffered) {
        return;
    }
    constexpr qsizetype longest = 32;
    const ShareForm& form = *snippet->instead;
    const auto protocol = parseProtocol(form.protocol);
    const QString title = protocol ? protocolTitle(*protocol) : form.protocol;
    const bool shares = m_peers == Snippet::Role::Read;
    if (form.key == m_key) {
        m_instead->setText((shares ? tr("&Share as %1") : tr("&Use %1")).arg(title));
    } else if (form.key.size() > longest) {
        m_instead->setText(
            (shares ? tr("&Share as %1 under that key") : tr("&Use %1 under that key")).arg(title));
    } else {
        QString key = onOneLine(form.key);
        key.replace(QLatin1Char('&'), QStringLiteral("&&"));
        m_instead->setText((shares ? tr("&Share as %1 under %2") : tr("&Use %1 under %2")).arg(title, key));
    }
}

const Snippet* DoctorPanel::selected() const
{
    const int row = m_table->indexOfTopLevelItem(m_table->currentItem());
    const auto found = std::find_if(m_snippets.begin(), m_snippets.end(), [&](const Snippet& snippet) {
        return static_cast<int>(snippet.peer) == row && snippet.role == role();
    });
    return found == m_snippets.end() ? nullptr : &*found;
}

Snippet::Role DoctorPanel::role() const
{
    return m_role->currentIndex() == 0 ? Snippet::Role::Share : Snippet::Role::Read;
}

} // namespace shmpix
