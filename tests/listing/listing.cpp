#include "tests/listing/listing.h"

namespace shmpix::test {

std::optional<ListedSegment> listed(SegmentLister& lister, const QString& address)
{
    auto segments = lister.list();
    lister.lookCloser(segments);
    for (const ListedSegment& segment : segments) {
        if (segment.address && segment.address->toString() == address) {
            return segment;
        }
    }
    return std::nullopt;
}

std::optional<ListedSegment> listedMemory(SegmentLister& lister, qint64 id)
{
    auto segments = lister.list();
    lister.lookCloser(segments);
    for (const ListedSegment& segment : segments) {
        if (segment.kind == ListedSegment::Kind::SystemV && segment.id == id) {
            return segment;
        }
    }
    return std::nullopt;
}

QByteArray wholeOf(SegmentLister& lister, const ListedSegment& segment)
{
    const auto source = lister.open(segment);
    QByteArray bytes(segment.bytes, '\0');
    const bool read =
        source && (*source)->read(0, std::as_writable_bytes(std::span(bytes.data(), bytes.size())));
    return read ? bytes : QByteArray();
}

} // namespace shmpix::test
