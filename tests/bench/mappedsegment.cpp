#include "tests/bench/mappedsegment.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shmpix::bench {

MappedSegment::MappedSegment(const SegmentAddress& address)
{
    const QByteArray name = address.name().toUtf8();
    const int fd = ::shm_open(name.constData(), O_RDONLY, 0);
    struct stat status = {};
    if (fd >= 0 && ::fstat(fd, &status) == 0 && status.st_size > 0) {
        const auto size = static_cast<std::size_t>(status.st_size);
        void* start = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0);
        if (start != MAP_FAILED) {
            m_bytes = {static_cast<const std::byte*>(start), size};
        }
    }
    if (fd >= 0) {
        ::close(fd);
    }
}

MappedSegment::~MappedSegment()
{
    if (!m_bytes.empty()) {
        ::munmap(const_cast<std::byte*>(m_bytes.data()), m_bytes.size());
    }
}

} // namespace shmpix::bench
