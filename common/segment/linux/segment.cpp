#include "common/segment/segment.h"

#include "common/segment/posix/filesegmentreader.h"
#include "common/segment/posix/filesegmentview.h"
#include "common/segment/posix/filesegmentwriter.h"
#include "common/segment/posix/segmentpath.h"
#include "common/segment/systemv/systemvreader.h"
#include "common/segment/systemv/systemvwriter.h"

#include <QCoreApplication>

namespace shmpix {

namespace {

Error notOnThisSystem(const SegmentAddress& address)
{
    return {ErrorCode::Usage, QCoreApplication::translate(
                                  "Segment", "This system does not support addresses such as %1. Use a plain "
                                             "name, which stands for the system's own kind of shared memory.")
                                  .arg(address.toString())};
}

template <class Base, class Made>
Result<std::unique_ptr<Base>> asBase(Result<std::unique_ptr<Made>> made)
{
    if (!made) {
        return made.error();
    }
    return std::unique_ptr<Base>(std::move(*made));
}

} // namespace

Result<std::unique_ptr<ByteSource>> openSegment(const SegmentAddress& address, const ReadOptions& options)
{
    switch (address.scheme()) {
    case SegmentAddress::Scheme::Posix:
    case SegmentAddress::Scheme::File:
        return asBase<ByteSource>(FileSegmentReader::open(address, options.patience));
    case SegmentAddress::Scheme::SystemV:
    case SegmentAddress::Scheme::Qt:
        return asBase<ByteSource>(SystemVReader::open(address, options));
    default:
        return notOnThisSystem(address);
    }
}

Result<std::unique_ptr<SegmentWriter>> makeSegmentWriter(const SegmentAddress& address, Existing existing,
                                                         const AccessRights& access)
{
    switch (address.scheme()) {
    case SegmentAddress::Scheme::Posix:
    case SegmentAddress::Scheme::File:
        return std::unique_ptr<SegmentWriter>(std::make_unique<FileSegmentWriter>(address, existing, access));
    case SegmentAddress::Scheme::SystemV:
    case SegmentAddress::Scheme::Qt:
        return std::unique_ptr<SegmentWriter>(std::make_unique<SystemVWriter>(address, access));
    default:
        return notOnThisSystem(address);
    }
}

Result<void> checkViewable(const SegmentAddress& address)
{
    switch (address.scheme()) {
    case SegmentAddress::Scheme::Posix:
    case SegmentAddress::Scheme::File:
        return {};
    default:
        return Error{
            ErrorCode::Usage,
            QCoreApplication::translate(
                "Segment",
                "Live frames cannot be shared under %1. Use a plain name or file:/PATH, or another protocol.")
                .arg(address.toString())};
    }
}

Result<std::unique_ptr<ReadableMemory>> viewSegment(const SegmentAddress& address)
{
    if (auto viewable = checkViewable(address); !viewable) {
        return viewable.error();
    }
    return asBase<ReadableMemory>(FileSegmentView::open(address));
}

QByteArray segmentFile(const SegmentAddress& address)
{
    return checkViewable(address) ? SegmentPath(address).file : QByteArray();
}

} // namespace shmpix
