#include "receiver/window/segmentdock.h"

#include "receiver/segmenttext.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QScrollBar>
#include <QTreeView>
#include <QVBoxLayout>

namespace shmpix {

SegmentDock::SegmentDock(QWidget* parent, const QByteArray& folder)
    : QWidget(parent)
    , m_watch(nullptr, folder)
{
    setObjectName(QStringLiteral("segments"));
    setWindowTitle(tr("Shared memory of this machine"));
    makeView();
    m_nothing = new QLabel(nothingListedText(), this);
    m_nothing->setObjectName(QStringLiteral("noSegments"));
    m_nothing->setWordWrap(true);
    m_nothing->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_nothing->setAlignment(Qt::AlignTop);
    m_nothing->hide();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_view);
    layout->addWidget(m_nothing);
    connect(&m_watch, &SegmentWatch::listed, this, &SegmentDock::showRows);
    connect(&m_watch, &SegmentWatch::looked, &m_model, &SegmentModel::setLook);
}

void SegmentDock::makeView()
{
    m_view = new QTreeView(this);
    m_view->setObjectName(QStringLiteral("segmentList"));
    m_view->setAccessibleName(tr("Segments"));
    m_view->setModel(&m_model);
    m_view->setRootIsDecorated(false);
    m_view->setUniformRowHeights(true);
    m_view->setAllColumnsShowFocus(true);
    m_view->setAlternatingRowColors(true);
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setTextElideMode(Qt::ElideMiddle);
    m_view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->header()->setStretchLastSection(false);
    m_view->installEventFilter(this);
    connect(m_view, &QTreeView::clicked, this, &SegmentDock::choose);
}

void SegmentDock::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    m_watch.setActive(true);
}

void SegmentDock::hideEvent(QHideEvent* event)
{
    m_watch.setActive(false);
    QWidget::hideEvent(event);
}

/// Makes Enter act like a click. We do not use activated(), because on some desktops a click emits it too.
bool SegmentDock::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if ((key == Qt::Key_Return || key == Qt::Key_Enter) && m_view->currentIndex().isValid()) {
            choose(m_view->currentIndex());
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void SegmentDock::showRows(const std::vector<SurveyedSegment>& rows)
{
    // The top row stays at the top, even if rows appear or disappear above it.
    const QPersistentModelIndex top = m_view->indexAt(QPoint(0, 0));
    const int before = m_view->visualRect(top).top();
    m_model.setRows(rows);
    if (top.isValid() && m_view->verticalScrollBar()->value() > 0) {
        const int moved = m_view->visualRect(top).top() - before;
        m_view->verticalScrollBar()->setValue(m_view->verticalScrollBar()->value() + moved);
    }
    m_nothing->setVisible(rows.empty());
    m_view->setVisible(!rows.empty());
    if (!m_hasWidths && !rows.empty()) {
        m_hasWidths = true; // only once: columns that move by themselves are in the way
        const int letter = fontMetrics().averageCharWidth();
        m_view->header()->setMinimumSectionSize(letter * 4);
        m_view->header()->setSectionResizeMode(SegmentModel::Segment, QHeaderView::Stretch);
        const int letters[] = {0, 11, 30, 14, 30, 8}; // the first column takes the remaining width
        static_assert(std::size(letters) == SegmentModel::ColumnCount);
        for (int column = SegmentModel::Size; column < SegmentModel::ColumnCount; ++column) {
            m_view->setColumnWidth(column, letters[column] * letter);
        }
    }
}

void SegmentDock::choose(const QModelIndex& index)
{
    const ListedSegment& segment = m_model.at(index.row()).segment;
    if (segment.address) {
        Q_EMIT chosen(segment.address->toString());
    } else {
        Q_EMIT refused(tr("No key leads to %1: its name is not valid text, or the file from which its key "
                          "was made is unknown.")
                           .arg(segment.name));
    }
}

} // namespace shmpix
