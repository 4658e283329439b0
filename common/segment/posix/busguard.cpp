#include "common/segment/posix/busguard.h"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <utility>

#include <sys/mman.h>
#include <unistd.h>

namespace shmpix {

/// Read by the signal handler in any thread, so everything is atomic and a region is never deleted, only
/// reused.
struct BusGuard::Region
{
    std::atomic<bool> isTaken{true};
    std::atomic<std::uintptr_t> begin{0}; ///< 0 while unused
    std::atomic<std::uintptr_t> end{0};
    std::atomic<int> protection{0};
    std::atomic<bool> isCut{false};
    Region* next = nullptr;
};

struct BusGuard::Registry
{
    std::atomic<Region*> first{nullptr};
    struct sigaction before = {};
    std::uintptr_t pageBytes = 0;

    static Registry& instance()
    {
        static Registry registry;
        return registry;
    }

    Registry()
        : pageBytes(std::uintptr_t(::sysconf(_SC_PAGESIZE)))
    {
        struct sigaction action = {};
        action.sa_sigaction = &Registry::handle;
        action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
        ::sigemptyset(&action.sa_mask);
        ::sigaction(SIGBUS, &action, &before);
    }

    /// A free region, or a new one at the front of the list.
    Region* take()
    {
        for (Region* region = first.load(); region != nullptr; region = region->next) {
            if (!region->isTaken.exchange(true)) {
                return region;
            }
        }
        auto* region = new Region; // NOLINT(cppcoreguidelines-owning-memory): lives as long as the handler
        region->next = first.load();
        while (!first.compare_exchange_weak(region->next, region)) {
        }
        return region;
    }

    Region* find(std::uintptr_t address) const
    {
        for (Region* region = first.load(); region != nullptr; region = region->next) {
            if (address >= region->begin.load() && address < region->end.load()) {
                return region;
            }
        }
        return nullptr;
    }

    /// Maps zeros from the page of that address to the end of the region in one call; page by page, it would
    /// take thousands.
    bool putZeros(Region& region, std::uintptr_t address) const
    {
        const std::uintptr_t begin = address / pageBytes * pageBytes;
        auto* const page =
            reinterpret_cast<void*>(begin); // NOLINT(performance-no-int-to-ptr): a fault has no more
        void* const zeros = ::mmap(page, region.end.load() - begin, region.protection.load(),
                                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
        if (zeros == MAP_FAILED) {
            return false;
        }
        region.isCut.store(true);
        return true;
    }

    static void handle(int signal, siginfo_t* info, void* context)
    {
        const int error = errno;
        Registry& registry = instance(); // created before the handler was installed
        const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr); // NOLINT
        Region* const region = info->si_code > 0 ? registry.find(address) : nullptr;
        if (region == nullptr || !registry.putZeros(*region, address)) {
            registry.handOn(signal, info, context);
        }
        errno = error;
    }

    void handOn(int signal, siginfo_t* info, void* context) const
    {
        const bool isSent = info->si_code <= 0; // sent by a process, not raised by a memory access
        if ((before.sa_flags & SA_RESETHAND) != 0) {
            ::signal(signal, SIG_DFL); // as the system does for a one-shot handler
        }
        if ((before.sa_flags & SA_SIGINFO) != 0) {
            before.sa_sigaction(signal, info, context);
        } else if (before.sa_handler == SIG_IGN && isSent) {
            return;
        } else if (before.sa_handler == SIG_DFL || before.sa_handler == SIG_IGN) {
            ::signal(signal, SIG_DFL); // the access is repeated, and the process ends as it would have
            if (isSent) {
                ::raise(signal); // nothing would be repeated
            }
        } else {
            before.sa_handler(signal);
        }
    }
};

BusGuard::BusGuard(std::span<const std::byte> mapping, Access access)
    : m_region(Registry::instance().take())
{
    const auto begin = reinterpret_cast<std::uintptr_t>(mapping.data()); // NOLINT
    m_region->isCut.store(false);
    m_region->protection.store(access == Access::Read ? PROT_READ : PROT_READ | PROT_WRITE);
    m_region->begin.store(begin);
    m_region->end.store(begin + mapping.size());
}

BusGuard::BusGuard(BusGuard&& other) noexcept
    : m_region(std::exchange(other.m_region, nullptr))
{
}

BusGuard& BusGuard::operator=(BusGuard&& other) noexcept
{
    std::swap(m_region, other.m_region);
    return *this;
}

BusGuard::~BusGuard()
{
    if (m_region != nullptr) {
        m_region->end.store(0);
        m_region->begin.store(0);
        m_region->isTaken.store(false);
    }
}

bool BusGuard::isCut() const
{
    return m_region != nullptr && m_region->isCut.load();
}

} // namespace shmpix
