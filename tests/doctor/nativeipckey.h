#pragma once

// A replacement for a class of Qt 6.6, which some of the offered programs use. With an older Qt it is
// included before them, so that they run there too. With a newer Qt they run unchanged.

#include <QSharedMemory>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

class QNativeIpcKey
{
public:
    enum class Type { SystemV, PosixRealtime };

    QNativeIpcKey(const QString& name, Type kind)
        : key(name)
        , type(kind)
    {
    }

    QString key;
    Type type;
};

class NativeSharedMemory : public QSharedMemory
{
public:
    NativeSharedMemory() = default;
    explicit NativeSharedMemory(const QString& key)
        : QSharedMemory(key)
    {
    }
    explicit NativeSharedMemory(const QNativeIpcKey& key)
        : m_posix(key.type == QNativeIpcKey::Type::PosixRealtime ? key.key.toUtf8() : QByteArray())
    {
        if (m_posix.isEmpty()) {
            setNativeKey(key.key);
        }
    }
    ~NativeSharedMemory() override { detach(); }

    bool create(qsizetype size)
    {
        return m_posix.isEmpty() ? QSharedMemory::create(size) : open(O_RDWR | O_CREAT | O_EXCL, size);
    }
    bool attach(AccessMode mode = ReadWrite)
    {
        return m_posix.isEmpty() ? QSharedMemory::attach(mode)
                                 : open(mode == ReadOnly ? O_RDONLY : O_RDWR, 0);
    }
    bool detach() { return m_posix.isEmpty() ? QSharedMemory::detach() : close(); }
    bool lock() { return m_posix.isEmpty() && QSharedMemory::lock(); }
    bool unlock() { return m_posix.isEmpty() && QSharedMemory::unlock(); }
    void* data() { return m_posix.isEmpty() ? QSharedMemory::data() : m_data; }
    const void* constData() const { return m_posix.isEmpty() ? QSharedMemory::constData() : m_data; }
    qsizetype size() const { return m_posix.isEmpty() ? QSharedMemory::size() : m_size; }
    QString errorString() const { return m_posix.isEmpty() ? QSharedMemory::errorString() : m_error; }

private:
    bool open(int flags, qsizetype size)
    {
        const int file = ::shm_open(m_posix.constData(), flags, 0600);
        struct stat status = {};
        const bool isSized = file >= 0 && (size == 0 || ::ftruncate(file, size) == 0);
        if (isSized && ::fstat(file, &status) == 0) {
            const int rights = flags & O_RDWR ? PROT_READ | PROT_WRITE : PROT_READ;
            m_size = qsizetype(status.st_size);
            void* const mapped = ::mmap(nullptr, size_t(m_size), rights, MAP_SHARED, file, 0);
            m_data = mapped == MAP_FAILED ? nullptr : mapped;
        }
        m_error = m_data ? QString() : qt_error_string(errno);
        if (file >= 0) {
            ::close(file);
        }
        return m_data != nullptr;
    }
    bool close()
    {
        const bool wasOpen = m_data && ::munmap(m_data, size_t(m_size)) == 0;
        m_data = nullptr;
        return wasOpen;
    }

    QByteArray m_posix; ///< the name of the POSIX object; empty for keys that QSharedMemory supports
    void* m_data = nullptr;
    qsizetype m_size = 0;
    QString m_error;
};

#define QSharedMemory NativeSharedMemory
