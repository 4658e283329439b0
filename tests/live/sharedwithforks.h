#pragma once

#include <new>

#include <sys/mman.h>

namespace shmpix::test {

/// An object in memory that this process shares with the processes that it forks.
template <class Object>
class SharedWithForks
{
public:
    SharedWithForks()
        : m_object(new (::mmap(nullptr, sizeof(Object), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                               -1, 0)) Object)
    {
    }
    SharedWithForks(const SharedWithForks&) = delete;
    SharedWithForks& operator=(const SharedWithForks&) = delete;
    ~SharedWithForks()
    {
        m_object->~Object();
        ::munmap(m_object, sizeof(Object));
    }

    [[nodiscard]] Object& operator*() const { return *m_object; }
    [[nodiscard]] Object* operator->() const { return m_object; }

private:
    Object* m_object;
};

} // namespace shmpix::test
