#include "common/channel/segmentsampler.h"

#include "common/base/memorysource.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace shmpix {

namespace {

constexpr qint64 places = 256; ///< places in a group
constexpr qint64 placeBytes = 64;
constexpr qint64 longestMapped = qint64{256} << 20;

/// Mixes words into one value that depends on each word and its position.
class Mixture
{
public:
    void add(quint64 word) { m_value = std::rotl((m_value ^ word) * 0x9e3779b97f4a7c15U, 29); }
    [[nodiscard]] quint64 value() const { return m_value; }

private:
    quint64 m_value = 0x2545f4914f6cdd1dU;
};

std::optional<quint64> sampleOf(ByteSource* source, int group)
{
    if (!source) {
        return std::nullopt;
    }
    const qint64 size = source->size();
    // Small segments have fewer places, so that none is sampled twice.
    const qint64 distance = std::max(size / places, placeBytes * SegmentSampler::groups);
    const qint64 first = distance * group / SegmentSampler::groups / placeBytes * placeBytes;
    Mixture mixture;
    mixture.add(quint64(size));
    for (qint64 at = first; at < size; at += distance) {
        std::array<quint64, placeBytes / sizeof(quint64)> words = {};
        const qint64 count = std::min(placeBytes, size - at);
        if (!source->read(at, std::as_writable_bytes(std::span(words)).first(std::size_t(count)))) {
            return std::nullopt; // truncated in the meantime
        }
        for (const quint64 word : words) {
            mixture.add(word);
        }
    }
    return mixture.value();
}

} // namespace

SegmentSampler::SegmentSampler(const SegmentAddress& address)
    : m_address(address)
{
}

/// Segments that cannot be mapped are opened for each look, because Qt does not remove a System V segment
/// while it is attached. Their lock is not taken, because that would happen sixty times a second. Segments
/// much longer than pictures are opened for each look, too: they may consist mostly of holes, and reading a
/// hole through a mapping fills it.
std::unique_ptr<ByteSource> SegmentSampler::open()
{
    if (checkViewable(m_address) && (!m_view || !m_view->isCurrent() || m_view->isCut())) {
        auto view = viewSegment(m_address);
        m_view = view ? std::move(*view) : nullptr;
    }
    if (m_view && qint64(m_view->bytes().size()) <= longestMapped) {
        return std::make_unique<MemorySource>(m_view->bytes());
    }
    auto source = openSegment(m_address, {true});
    return source ? std::move(*source) : nullptr;
}

SegmentSampler::Samples SegmentSampler::sample()
{
    const auto source = open();
    Samples samples;
    for (int group = 0; group < groups; ++group) {
        samples[std::size_t(group)] = sampleOf(source.get(), group);
    }
    return samples;
}

bool SegmentSampler::isAsBefore(const Samples& before, int other)
{
    const auto source = open();
    return sampleOf(source.get(), 0) == before[0] &&
           sampleOf(source.get(), other) == before[std::size_t(other)];
}

} // namespace shmpix
