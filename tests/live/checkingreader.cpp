#include "tests/live/checkingreader.h"

#include <chrono>

namespace shmpix::test {

bool CheckingReader::readNext()
{
    using namespace std::chrono_literals;
    if (!m_reader.wait(std::chrono::steady_clock::now() + 100ms)) {
        return false;
    }
    std::optional<quint64> life;
    const auto frame = m_way == Way::Copies
                           ? m_reader.copy(m_bytes)
                           : m_reader.visit([&](const SlotEntry& entry, std::span<const std::byte> bytes) {
                                 life = m_frames.lifeOf(entry, bytes);
                                 return Result<void>();
                             });
    const FrameStatistics& statistics = m_reader.statistics();
    m_tally.torn = statistics.torn;
    m_tally.sessions = statistics.sessions;
    if (!frame) {
        complain(frame.error().text);
        return false;
    }
    if (!*frame) {
        return false;
    }
    judge(**frame, m_way == Way::Copies ? m_frames.lifeOf((*frame)->entry, m_bytes) : life);
    return true;
}

void CheckingReader::judge(const FrameInfo& frame, std::optional<quint64> life)
{
    const SlotEntry& entry = frame.entry;
    const auto what =
        QStringLiteral("frame %1 of %2 (%3), session %4")
            .arg(entry.number)
            .arg(QString::fromUtf8(entry.metadata), layoutText(entry.layout), frame.session.toString());
    if (!life) {
        complain(what + QStringLiteral(" was never written"));
        return;
    }
    const bool isLater = *life > m_tally.life || (*life == m_tally.life && entry.number > m_tally.number);
    if (!isLater || entry.number != frame.serial) {
        complain(what + QStringLiteral(" came after %1 of %2").arg(m_tally.number).arg(m_tally.life));
    }
    m_tally.life = *life;
    m_tally.number = entry.number;
    ++m_tally.frames;
}

void CheckingReader::complain(const QString& text)
{
    if (m_violation.isEmpty()) {
        m_violation = text;
    }
    ++m_tally.violations;
}

} // namespace shmpix::test
