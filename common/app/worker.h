#pragma once

#include <QObject>
#include <QThread>

#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace shmpix {

/// Runs tasks one after another on its own thread, so that none of them blocks the GUI. A task may only use
/// its own objects and those used by no other thread; results are returned by value.
class Worker
{
public:
    Worker();
    /// Waits for the queued tasks: for a lock at most lockTimeout, for a file as long as the system takes.
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// Runs task() on the worker's thread.
    void run(std::function<void()> task);

    /// The same, then done(result) on the thread of `context`, which must outlive the worker.
    template <class Task, class Done>
    void run(Task task, QObject* context, Done done)
    {
        run([task = std::move(task), done = std::move(done), context]() mutable {
            // std::function needs a copyable callable, but a result need not be copyable.
            auto result = std::make_shared<std::invoke_result_t<Task&>>(task());
            QMetaObject::invokeMethod(
                context, [done = std::move(done), result]() mutable { done(std::move(*result)); },
                Qt::QueuedConnection);
        });
    }

private:
    QThread m_thread;
    std::unique_ptr<QObject> m_executor; ///< lives on the thread; its queue holds the tasks
};

} // namespace shmpix
