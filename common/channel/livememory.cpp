#include "common/channel/livememory.h"

#include "common/segment/segmentview.h"
#ifdef Q_OS_UNIX
#include "common/segment/posix/processinfo.h"
#endif

#include <QCoreApplication>

namespace shmpix {

namespace {

class SegmentToWrite final : public WritableMemory
{
public:
    explicit SegmentToWrite(SegmentWriter& segment)
        : m_segment(segment)
    {
    }

    [[nodiscard]] Result<std::span<std::byte>> make(qint64 bytes) override
    {
        return m_segment.reserveInParts(bytes);
    }
    [[nodiscard]] Result<void> reserve(std::span<const std::byte> part) override
    {
        return m_segment.reservePart(part);
    }
    [[nodiscard]] Result<void> publish() override { return m_segment.publish(); }
    [[nodiscard]] bool isCut() const override { return m_segment.isCut(); }
    void retire() override { m_segment.trim(); }

private:
    SegmentWriter& m_segment;
};

class SegmentToRead final : public ReadableMemory
{
public:
    explicit SegmentToRead(std::unique_ptr<SegmentView> view)
        : m_view(std::move(view))
    {
    }

    [[nodiscard]] std::span<const std::byte> bytes() const override { return m_view->bytes(); }
    [[nodiscard]] bool isCut() const override { return m_view->isCut(); }
    [[nodiscard]] bool isCurrent() const override { return m_view->isCurrent(); }

private:
    std::unique_ptr<SegmentView> m_view;
};

} // namespace

std::unique_ptr<WritableMemory> writableMemory(SegmentWriter& segment)
{
    return std::make_unique<SegmentToWrite>(segment);
}

OpenMemory readableMemory(const SegmentAddress& address)
{
    return [address]() -> Result<std::unique_ptr<ReadableMemory>> {
        auto view = viewSegment(address);
        if (!view) {
            return view.error();
        }
        return std::unique_ptr<ReadableMemory>(std::make_unique<SegmentToRead>(std::move(*view)));
    };
}

FrameWriterOptions liveWriterOptions()
{
    FrameWriterOptions options;
    options.process = quint64(QCoreApplication::applicationPid());
#ifdef Q_OS_UNIX
    options.processStarted = startTicks(pid_t(options.process)).value_or(0);
#endif
    return options;
}

} // namespace shmpix
