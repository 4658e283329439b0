#include "common/segment/windows/windowssegment.h"

#include "common/base/memorysource.h"
#include "common/segment/segmenterrors.h"

#include <QCoreApplication>
#include <QLocale>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(WindowsSegment)
};

std::unique_ptr<QSharedMemory> memoryNamed(const SegmentAddress& address)
{
    auto memory = std::make_unique<QSharedMemory>();
#if QT_VERSION >= QT_VERSION_CHECK(6, 6, 0)
    memory->setNativeKey(QNativeIpcKey(address.name(), QNativeIpcKey::Type::Windows));
#else
    memory->setNativeKey(address.name());
#endif
    return memory;
}

Error failed(const QSharedMemory& memory, const SegmentAddress& address)
{
    switch (memory.error()) {
    case QSharedMemory::NotFound:
        return nothingShared(address);
    case QSharedMemory::AlreadyExists:
        return {
            ErrorCode::InUse,
            Text::tr("%1 is in use: another program has it open. Quit that program, or choose another key.")
                .arg(address.toString())};
    case QSharedMemory::PermissionDenied:
        return {ErrorCode::NotPermitted,
                Text::tr("%1 belongs to another user. Choose another key.").arg(address.toString())};
    case QSharedMemory::OutOfResources:
        return {ErrorCode::NoSpace,
                Text::tr("There is not enough memory for the picture under %1. Close other programs.")
                    .arg(address.toString())};
    default:
        return {ErrorCode::System, Text::tr("%1 cannot be used: %2. Choose another key.")
                                       .arg(address.toString(), memory.errorString())};
    }
}

} // namespace

Result<std::unique_ptr<WindowsSegmentReader>> WindowsSegmentReader::open(const SegmentAddress& address)
{
    auto memory = memoryNamed(address);
    if (!memory->attach(QSharedMemory::ReadOnly)) {
        return failed(*memory, address);
    }
    return std::unique_ptr<WindowsSegmentReader>(new WindowsSegmentReader(std::move(memory)));
}

Result<void> WindowsSegmentReader::read(qint64 offset, std::span<std::byte> out)
{
    const auto* bytes = static_cast<const std::byte*>(m_memory->constData());
    return MemorySource({bytes, static_cast<std::size_t>(m_memory->size())}).read(offset, out);
}

Result<std::span<std::byte>> WindowsSegmentWriter::reserve(qint64 bytes)
{
    constexpr qint64 page = 4096;
    const qint64 rounded = (bytes + page - 1) / page * page;
    if (!m_memory || m_memory->size() != rounded) {
        m_memory.reset();
        auto memory = memoryNamed(m_address);
        if (!memory->create(static_cast<qsizetype>(bytes))) {
            return failed(*memory, m_address);
        }
        m_memory = std::move(memory);
    }
    return std::span(static_cast<std::byte*>(m_memory->data()), static_cast<std::size_t>(bytes));
}

} // namespace shmpix
