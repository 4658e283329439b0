#include "common/channel/publisher.h"

#include "common/base/outofmemory.h"
#include "common/channel/livewriteroptions.h"
#include "common/channel/lostshare.h"
#include "common/image/layoutname.h"
#include "common/segment/segment.h"

#include <QCoreApplication>
#include <QElapsedTimer>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Publisher)
};

QString replacementNote(Replacement replacement)
{
    switch (replacement) {
    case Replacement::Whole:
        return {};
    case Replacement::WholeIfLocked:
        return Text::tr("While you share again, only a program that takes Qt's lock is safe from reading "
                        "half a picture.");
    case Replacement::MayMix:
        return Text::tr("A program that reads while you share again may get half a picture.");
    }
    return {};
}

/// Encodes the picture. Live frames are plain pixels whose layout stands beside them. They keep the picture's
/// own pixel format if possible.
Result<Encoding> encode(const ShareRequest& request)
{
    if (request.protocol != ProtocolId::Live) {
        return codecFor(request.protocol).encode(request.image, request.encode);
    }
    if (auto viewable = checkViewable(request.address); !viewable) {
        return viewable.error();
    }
    EncodeOptions options = request.encode;
    if (const auto format = pixelFormatStoredIn(request.image.format()); format && !options.layout) {
        options.layout = PixelLayout{0, 0, *format};
    }
    return codecFor(ProtocolId::Pixels).encode(request.image, options);
}

Result<void> writeSegment(SegmentWriter& writer, const Encoding& encoding)
{
    auto room = writer.reserve(encoding.bytes);
    if (!room) {
        return room.error();
    }
    encoding.write(*room);
    return writer.publish();
}

/// Writes a frame into the existing stream, or creates one.
Result<void> writeFrame(std::unique_ptr<FrameWriter>& frames, SegmentWriter& segment,
                        const Encoding& encoding)
{
    if (!frames) {
        FrameWriterOptions options = liveWriterOptions();
        options.slots = fewestSlots; // pictures come singly: memory counts more than slow readers
        frames = std::make_unique<FrameWriter>(segment, options);
    }
    auto room = frames->begin(*encoding.layout);
    if (!room) {
        return room.error();
    }
    encoding.write(*room);
    frames->publish();
    return {};
}

} // namespace

Result<Encoding> Publisher::prepare(const ShareRequest& request)
{
    return orOutOfMemory([&request] { return encode(request); });
}

Result<ShareReport> Publisher::share(const ShareRequest& request, const Encoding& encoding)
{
    return orOutOfMemory([this, &request, &encoding] { return publish(request, encoding); });
}

Result<ShareReport> Publisher::share(const ShareRequest& request)
{
    QElapsedTimer timer;
    timer.start();
    const auto encoding = prepare(request);
    if (!encoding) {
        return encoding.error();
    }
    auto report = share(request, *encoding);
    if (report) {
        report->milliseconds = double(timer.nsecsElapsed()) / 1e6;
    }
    return report;
}

Result<ShareReport> Publisher::publish(const ShareRequest& request, const Encoding& encoding)
{
    QElapsedTimer timer;
    timer.start();
    auto fresh = writerFor(request);
    if (!fresh) {
        return fresh.error();
    }
    SegmentWriter& writer = *fresh ? **fresh : *m_writer;
    std::unique_ptr<FrameWriter> frames = *fresh ? nullptr : std::move(m_frames);
    auto written = request.protocol == ProtocolId::Live ? writeFrame(frames, writer, encoding)
                                                        : writeSegment(writer, encoding);
    if (!written) {
        if (!*fresh) {
            m_frames = std::move(frames);
        }
        return written.error();
    }
    if (request.protocol != ProtocolId::Live) {
        frames.reset(); // tells readers of the ring that it is closed
    }
    m_frames = std::move(frames);
    if (*fresh) {
        m_writer = std::move(*fresh); // this removes what was shared under another address
    }
    m_shared = request;
    m_lost = false;
    ShareReport report{request.address,      request.protocol,
                       request.image.size(), layoutName(request.image),
                       encoding.bytes,       double(timer.nsecsElapsed()) / 1e6,
                       encoding.note,        {}};
    if (request.protocol != ProtocolId::Live) {
        report.pixelLayout = encoding.layout;
    }
    const QString caution = replacementNote(writer.replacement());
    report.note += (report.note.isEmpty() || caution.isEmpty() ? QString() : QStringLiteral(" ")) + caution;
    return report;
}

/// Returns a writer if the address has changed or the name must be taken back; otherwise none.
Result<std::unique_ptr<SegmentWriter>> Publisher::writerFor(const ShareRequest& request)
{
    const bool sameAddress = m_writer && m_shared && m_shared->address == request.address;
    const bool isStillOurs = sameAddress && !m_lost && m_writer->presence() == Presence::There;
    if (isStillOurs || (sameAddress && request.existing != Existing::Replace)) {
        return std::unique_ptr<SegmentWriter>();
    }
    if (sameAddress) {
        stop(); // the name was taken away and must be taken back
    }
    return makeSegmentWriter(request.address, request.existing, request.access);
}

std::optional<Result<ShareReport>> Publisher::restore()
{
    if (m_frames) {
        m_frames->beat();
    }
    const Presence presence = m_writer && !m_lost ? m_writer->presence() : Presence::There;
    if (presence == Presence::There) {
        return std::nullopt;
    }
    ShareRequest request = *m_shared;
    if (presence == Presence::Replaced) {
        m_lost = true;
        return takenBySomebody(request.address);
    }
    request.existing = Existing::Respect;
    auto renewed = m_frames ? m_frames->renew() : Result<void>();
    auto report = renewed ? share(request) : renewed.error();
    if (!report) {
        m_lost = true;
        return report;
    }
    m_writer->trim(); // nobody can open a removed segment
    const QString cause = lossText(request.address, presence);
    report->note = report->note.isEmpty() ? cause : cause + QLatin1Char(' ') + report->note;
    return report;
}

void Publisher::stop()
{
    m_frames.reset();
    m_writer.reset();
    m_shared.reset();
}

void Publisher::keep()
{
    if (m_writer) {
        m_writer->keep();
    }
}

} // namespace shmpix
