#pragma once

#include <QObject>

#include <stop_token>
#include <thread>

namespace shmpix {

/// Turns SIGINT, SIGTERM and SIGHUP into a Qt signal, so that what is shared is removed before the program
/// ends, and into a stop request, which also reaches work on the main thread. One per program, created before
/// anything that needs cleaning up. Lives in the main thread.
class StopSignal final : public QObject
{
    Q_OBJECT

public:
    StopSignal();
    ~StopSignal() override;

    /// For any thread.
    [[nodiscard]] std::stop_token token() const { return m_stop.get_token(); }

Q_SIGNALS:
    void received();

private:
    void listen();

    std::stop_source m_stop;
    std::thread m_listener; ///< listens to the signal handler
};

} // namespace shmpix
