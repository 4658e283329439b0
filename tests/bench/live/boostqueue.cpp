#include "tests/bench/live/boostqueue.h"

#include <boost/date_time/posix_time/posix_time_types.hpp>
#include <boost/interprocess/ipc/message_queue.hpp>

#include <vector>

namespace shmpix::bench {

namespace {

namespace ipc = boost::interprocess;

constexpr std::size_t queueLength = 4;

std::string nameFor(const QString& folder)
{
    return folder.section(QLatin1Char('/'), -1).toStdString() + "-queue";
}

boost::posix_time::ptime deadline()
{
    return boost::posix_time::microsec_clock::universal_time() + boost::posix_time::milliseconds(100);
}

class BoostOutlet final : public FrameOutlet
{
public:
    BoostOutlet(const QString& folder, QSize size)
        : m_own(frameBytes(size))
        , m_name(nameFor(folder))
        , m_queue(ipc::create_only, m_name.c_str(), queueLength, frameBytes(size))
    {
    }
    ~BoostOutlet() override { ipc::message_queue::remove(m_name.c_str()); }

    bool fill(const Fill& fill) override
    {
        fill(m_own);
        return send(m_own);
    }
    bool send(std::span<const std::byte> frame) override
    {
        return m_queue.timed_send(frame.data(), frame.size(), 0, deadline());
    }

private:
    std::vector<std::byte> m_own;
    std::string m_name;
    ipc::message_queue m_queue;
};

class BoostInlet final : public FrameInlet
{
public:
    BoostInlet(const QString& folder, QSize size)
        : m_own(frameBytes(size))
        , m_queue(ipc::open_only, nameFor(folder).c_str())
    {
    }
    bool look(const Look& look) override
    {
        const bool came = copy(m_own);
        if (came) {
            look(m_own);
        }
        return came;
    }
    bool copy(std::span<std::byte> frame) override
    {
        std::size_t came = 0;
        unsigned int priority = 0;
        return m_queue.timed_receive(frame.data(), frame.size(), came, priority, deadline());
    }

private:
    std::vector<std::byte> m_own;
    ipc::message_queue m_queue;
};

} // namespace

Transport boostQueue()
{
    return {QStringLiteral("boost"), QStringLiteral("Boost message_queue"),
            [](const QString& folder, QSize size) -> std::unique_ptr<FrameOutlet> {
                try {
                    return std::make_unique<BoostOutlet>(folder, size);
                } catch (const ipc::interprocess_exception&) {
                    return nullptr;
                }
            },
            [](const QString& folder, QSize size) -> std::unique_ptr<FrameInlet> {
                try {
                    return std::make_unique<BoostInlet>(folder, size);
                } catch (const ipc::interprocess_exception&) {
                    return nullptr;
                }
            }};
}

} // namespace shmpix::bench
