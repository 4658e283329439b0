#pragma once

#include "common/app/worker.h"
#include "common/listing/segmentsurvey.h"

#include <QElapsedTimer>
#include <QFileSystemWatcher>
#include <QObject>
#include <QTimer>

namespace shmpix {

/// Follows the segments of this machine. Reports the list at once when a segment appears or disappears, and
/// otherwise every two seconds; reports each preview as soon as it is ready. Previews are read on a separate
/// thread and leave no trace. Idle while nobody watches. GUI thread.
class SegmentWatch final : public QObject
{
    Q_OBJECT

public:
    /// `folder` is another folder to search for POSIX segments.
    explicit SegmentWatch(QObject* parent = nullptr, const QByteArray& folder = posixFolder());

    /// Whether somebody watches; false at first.
    void setActive(bool active);

Q_SIGNALS:
    /// All segments that exist now.
    void listed(const std::vector<SurveyedSegment>& rows);

    /// The content of one segment was read and has changed.
    void looked(const SurveyedSegment& row);

private:
    void refreshSoon();
    void refresh();
    void step();
    void listNow();
    void lookCloser();
    void lookAtNext();
    template <class Question, class Use>
    void ask(Question question, Use use);

    std::shared_ptr<SegmentSurvey> m_survey; ///< used by the worker only
    QString m_path;
    QFileSystemWatcher m_folder; ///< watches only while somebody looks
    QTimer m_timer;              ///< runs until the next list
    QElapsedTimer m_lastList;
    bool m_isActive = false;
    bool m_isBusy = false;
    bool m_isListDue = false;
    bool m_isCloserDue = false;
    bool m_hasNext = false;
    Worker m_worker; ///< last: destroyed first, and waits for its task
};

} // namespace shmpix
