#include "tests/live/ringplace.h"

#include <algorithm>
#include <new>
#include <utility>

namespace shmpix::test {

namespace {

constexpr std::align_val_t page{4096};

} // namespace

RingBytes::RingBytes(qint64 bytes)
    : m_size(std::size_t(bytes))
    , m_begin(static_cast<std::byte*>(::operator new(m_size, page)))
{
    std::fill_n(m_begin.get(), m_size, std::byte{0xa5});
}

void RingBytes::Free::operator()(std::byte* begin) const
{
    ::operator delete(begin, page);
}

class RingPlace::Writer final : public WritableMemory
{
public:
    explicit Writer(RingPlace& place)
        : m_place(place)
    {
    }

    [[nodiscard]] Result<std::span<std::byte>> reserveInParts(qint64 bytes) override
    {
        m_made = std::make_shared<RingBytes>(bytes);
        return m_made->span();
    }
    [[nodiscard]] Result<void> reservePart(std::span<const std::byte> part) override
    {
        if (m_place.isFull) {
            return Error{ErrorCode::NoSpace, QStringLiteral("There is no room.")};
        }
        m_place.reservedBytes += qint64(part.size());
        return {};
    }
    [[nodiscard]] Result<void> publish() override
    {
        if (m_place.isTaken) {
            return Error{ErrorCode::NotOurs, QStringLiteral("Somebody else is there.")};
        }
        m_place.put(m_made);
        m_replaced = std::exchange(m_published, std::move(m_made));
        return {};
    }
    [[nodiscard]] bool isCut() const override { return m_published && m_published->isCut; }
    void trim() override { m_replaced.reset(); }

private:
    RingPlace& m_place;
    std::shared_ptr<RingBytes> m_made;
    std::shared_ptr<RingBytes> m_published;
    std::shared_ptr<RingBytes> m_replaced;
};

class RingPlace::Reader final : public ReadableMemory
{
public:
    Reader(const RingPlace& place, std::shared_ptr<RingBytes> bytes)
        : m_place(place)
        , m_bytes(std::move(bytes))
    {
    }

    [[nodiscard]] std::span<const std::byte> bytes() const override { return m_bytes->span(); }
    [[nodiscard]] bool isCut() const override { return m_bytes->isCut; }
    [[nodiscard]] bool isCurrent() const override { return m_place.current() == m_bytes; }

private:
    const RingPlace& m_place;
    std::shared_ptr<RingBytes> m_bytes;
};

RingPlace::RingPlace() = default;

RingPlace::~RingPlace() = default;

WritableMemory& RingPlace::writer()
{
    const std::lock_guard lock(m_mutex);
    return *m_writers.emplace_back(std::make_unique<Writer>(*this));
}

OpenMemory RingPlace::reader()
{
    return [this]() -> Result<std::unique_ptr<ReadableMemory>> {
        ++openings;
        auto bytes = current();
        if (!bytes) {
            return Error{ErrorCode::NotFound, QStringLiteral("There is nothing.")};
        }
        return std::unique_ptr<ReadableMemory>(std::make_unique<Reader>(*this, std::move(bytes)));
    };
}

std::shared_ptr<RingBytes> RingPlace::current() const
{
    const std::lock_guard lock(m_mutex);
    return m_current;
}

void RingPlace::put(std::shared_ptr<RingBytes> bytes)
{
    const std::lock_guard lock(m_mutex);
    m_current = std::move(bytes);
}

} // namespace shmpix::test
