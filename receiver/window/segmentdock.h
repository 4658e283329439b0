#pragma once

#include "receiver/window/segmentmodel.h"
#include "receiver/window/segmentwatch.h"

#include <QWidget>

class QLabel;
class QTreeView;

namespace shmpix {

/// The content of the segment dock in the receiver's window: a list of this machine's segments with a
/// thumbnail of each, kept up to date while visible. GUI thread.
class SegmentDock final : public QWidget
{
    Q_OBJECT

public:
    /// `folder` is another folder to search for POSIX segments.
    explicit SegmentDock(QWidget* parent = nullptr, const QByteArray& folder = posixFolder());

Q_SIGNALS:
    /// The user clicked a segment or pressed Enter on it; its key is to be loaded.
    void chosen(const QString& key);

    /// The user chose a segment that no key leads to, for the given reason.
    void refused(const QString& why);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void makeView();
    void showRows(const std::vector<SurveyedSegment>& rows);
    void choose(const QModelIndex& index);

    SegmentModel m_model;
    QTreeView* m_view = nullptr;
    QLabel* m_nothing = nullptr;
    bool m_hasWidths = false;
    SegmentWatch m_watch;
};

} // namespace shmpix
