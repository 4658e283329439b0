#include "common/channel/framerate.h"

namespace shmpix {

namespace {

constexpr qint64 second = 1'000'000'000;
constexpr qint64 window = 2 * second;
constexpr std::size_t mostSamples = 4096; ///< limits a peer that claims that all of its frames came at once

} // namespace

void FrameRate::add(quint64 count, qint64 time)
{
    if (time <= 0) {
        return;
    }
    if (!m_samples.empty() && (time < m_samples.back().time || count <= m_samples.back().count)) {
        m_samples.clear();
    }
    m_samples.push_back({count, time});
    // One sample older than the window stays, because slow streams have a rate, too.
    while (m_samples.size() > 2 && (time - m_samples[1].time > window || m_samples.size() > mostSamples)) {
        m_samples.pop_front();
    }
}

double FrameRate::perSecond(qint64 now) const
{
    if (m_samples.size() < 2) {
        return 0;
    }
    const qint64 span = m_samples.back().time - m_samples.front().time;
    const double frames = double(m_samples.back().count - m_samples.front().count);
    if (span <= 0) {
        return 0;
    }
    // If no frame came for longer than the window and than three frames took, the stream has stopped.
    const qint64 silence = now - m_samples.back().time;
    const double each = double(span) / frames;
    if (silence > window && double(silence) > 3 * each) {
        return 0;
    }
    return frames * double(second) / double(span);
}

} // namespace shmpix
