#include "receiver/window/segmentwatch.h"

#include "common/app/threadpriority.h"

#include <QFile>

#include <algorithm>

namespace shmpix {

namespace {

constexpr int pause = 2000;        // milliseconds between two lists
constexpr int shortestPause = 250; // the same if segments appear and disappear all the time

} // namespace

SegmentWatch::SegmentWatch(QObject* parent, const QByteArray& folder)
    : QObject(parent)
    , m_survey(std::make_shared<SegmentSurvey>(SegmentSurvey::Glance::Thumbnail, folder))
    , m_path(QFile::decodeName(folder))
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &SegmentWatch::refresh);
    connect(&m_folder, &QFileSystemWatcher::directoryChanged, this, &SegmentWatch::refreshSoon);
    m_worker.run(giveWayToOtherThreads); // thumbnails are less urgent than the picture
}

void SegmentWatch::setActive(bool active)
{
    if (m_isActive == active) {
        return;
    }
    m_isActive = active;
    if (active) {
        m_folder.addPath(m_path);
        refresh();
    } else {
        m_timer.stop();
        m_folder.removePath(m_path);
    }
}

/// A segment appeared or disappeared. A sender that shares thirty times a second causes as many reports.
void SegmentWatch::refreshSoon()
{
    const qint64 since = m_lastList.isValid() ? m_lastList.elapsed() : shortestPause;
    const int wait = static_cast<int>(std::clamp<qint64>(shortestPause - since, 0, shortestPause));
    if (m_isActive && (!m_timer.isActive() || m_timer.remainingTime() > wait)) {
        m_timer.start(wait);
    }
}

void SegmentWatch::refresh()
{
    m_isListDue = true;
    step();
}

/// Only one task runs at a time, and the list comes before the content of its segments.
void SegmentWatch::step()
{
    if (m_isBusy || !m_isActive) {
        return;
    }
    if (m_isListDue) {
        listNow();
    } else if (m_isCloserDue) {
        lookCloser();
    } else if (m_hasNext) {
        lookAtNext();
    }
}

/// Asks the survey on its thread, then continues with the answer.
template <class Question, class Use>
void SegmentWatch::ask(Question question, Use use)
{
    m_isBusy = true;
    m_worker.run(
        [survey = m_survey, question] {
            auto answer = question(*survey);
            return std::pair(std::move(answer), survey->hasNext());
        },
        this,
        [this, use](const auto& answer) {
            m_isBusy = false;
            m_hasNext = answer.second;
            use(answer.first);
            step();
        });
}

void SegmentWatch::listNow()
{
    using Rows = std::vector<SurveyedSegment>;
    m_isListDue = false;
    m_lastList.start();
    ask(
        [](SegmentSurvey& survey) {
            Rows rows = survey.list();
            return std::pair(std::move(rows), survey.shouldLookCloser());
        },
        [this](const std::pair<Rows, bool>& answer) {
            m_isCloserDue = answer.second;
            if (m_isActive) {
                m_timer.start(pause);
                Q_EMIT listed(answer.first);
            }
        });
}

void SegmentWatch::lookCloser()
{
    m_isCloserDue = false;
    ask([](SegmentSurvey& survey) { return survey.lookCloser(); },
        [this](const std::vector<SurveyedSegment>& rows) {
            if (m_isActive) {
                Q_EMIT listed(rows);
            }
        });
}

void SegmentWatch::lookAtNext()
{
    ask([](SegmentSurvey& survey) { return survey.lookAtNext(); },
        [this](const std::optional<SurveyedSegment>& row) {
            if (m_isActive && row) {
                Q_EMIT looked(*row);
            }
        });
}

} // namespace shmpix
