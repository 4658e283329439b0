#pragma once

#include <QObject>
#include <QSocketNotifier>

#include <memory>

namespace shmpix {

/// Turns SIGINT, SIGTERM and SIGHUP into a Qt signal, so that what is shared is removed before the program
/// ends. One in a program, made before anything that has to be cleaned up. Lives in the main thread.
class StopSignal final : public QObject
{
    Q_OBJECT

public:
    StopSignal();
    ~StopSignal() override;

Q_SIGNALS:
    void received();

private:
    std::unique_ptr<QSocketNotifier> m_notifier;
};

} // namespace shmpix
