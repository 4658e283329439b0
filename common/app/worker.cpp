#include "common/app/worker.h"

namespace shmpix {

Worker::Worker()
    : m_executor(std::make_unique<QObject>())
{
    m_executor->moveToThread(&m_thread);
    m_thread.start();
}

Worker::~Worker()
{
    run([this] { m_thread.quit(); }); // after the waiting tasks
    m_thread.wait();
}

void Worker::run(std::function<void()> task)
{
    QMetaObject::invokeMethod(m_executor.get(), std::move(task), Qt::QueuedConnection);
}

} // namespace shmpix
