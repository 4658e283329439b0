#pragma once

#include <QObject>

#include <stop_token>
#include <thread>

namespace shmpix {

/// Turns SIGINT, SIGTERM and SIGHUP into a Qt signal, so that what is shared is removed before the program
/// ends, and into a request to stop, which also reaches work that the main thread itself does. One in a
/// program, made before anything that has to be cleaned up. Lives in the main thread.
class StopSignal final : public QObject
{
    Q_OBJECT

public:
    StopSignal();
    ~StopSignal() override;

    /// Any thread's.
    [[nodiscard]] std::stop_token token() const { return m_stop.get_token(); }

Q_SIGNALS:
    void received();

private:
    void listen();

    std::stop_source m_stop;
    std::thread m_listener; ///< to the signal handler
};

} // namespace shmpix
