#include "receiver/segmentwatch.h"

#include <QFile>

#include <algorithm>

#ifdef Q_OS_LINUX
#include <sys/resource.h>
#include <unistd.h>
#endif

namespace shmpix {

namespace {

constexpr int pause = 2000;        // milliseconds between two lists
constexpr int shortestPause = 250; // the same when segments come and go all the time

/// On this thread: pictures in a list can wait for the picture that somebody looks at.
void giveWay()
{
#ifdef Q_OS_LINUX
    constexpr int niceness = 10;
    // On Linux the number of a thread will do where a process' is asked for.
    static_cast<void>(::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), niceness));
#endif
}

} // namespace

SegmentWatch::SegmentWatch(QObject* parent, const QByteArray& folder)
    : QObject(parent)
    , m_survey(std::make_shared<SegmentSurvey>(SegmentSurvey::Glance::Thumbnail, folder))
    , m_path(QFile::decodeName(folder))
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &SegmentWatch::refresh);
    connect(&m_folder, &QFileSystemWatcher::directoryChanged, this, &SegmentWatch::refreshSoon);
    m_worker.run(giveWay);
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

/// Something came or went; a sender that shares thirty times a second says so as often.
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

/// One thing at a time, and the list before what is in it.
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

void SegmentWatch::listNow()
{
    struct Answer
    {
        std::vector<SurveyedSegment> rows;
        bool isCloserDue;
        bool hasNext;
    };
    m_isBusy = true;
    m_isListDue = false;
    m_lastList.start();
    m_worker.run(
        [survey = m_survey] {
            auto rows = survey->list();
            return Answer{std::move(rows), survey->shouldLookCloser(), survey->hasNext()};
        },
        this,
        [this](const Answer& answer) {
            m_isBusy = false;
            m_isCloserDue = answer.isCloserDue;
            m_hasNext = answer.hasNext;
            if (m_isActive) {
                m_timer.start(pause);
                Q_EMIT listed(answer.rows);
            }
            step();
        });
}

void SegmentWatch::lookCloser()
{
    m_isBusy = true;
    m_isCloserDue = false;
    m_worker.run(
        [survey = m_survey] {
            auto rows = survey->lookCloser();
            return std::pair(std::move(rows), survey->hasNext());
        },
        this,
        [this](const std::pair<std::vector<SurveyedSegment>, bool>& answer) {
            m_isBusy = false;
            m_hasNext = answer.second;
            if (m_isActive) {
                Q_EMIT listed(answer.first);
            }
            step();
        });
}

void SegmentWatch::lookAtNext()
{
    m_isBusy = true;
    m_worker.run(
        [survey = m_survey] {
            auto row = survey->lookAtNext();
            return std::pair(std::move(row), survey->hasNext());
        },
        this,
        [this](const std::pair<std::optional<SurveyedSegment>, bool>& answer) {
            m_isBusy = false;
            m_hasNext = answer.second;
            if (m_isActive && answer.first) {
                Q_EMIT looked(*answer.first);
            }
            step();
        });
}

} // namespace shmpix
