#include "common/channel/publisher.h"

#include "common/base/outofmemory.h"
#include "common/channel/lostshare.h"
#include "common/image/layoutname.h"

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
        return Text::tr(
            "Only a program that takes Qt's lock is safe from seeing half a picture while you share again.");
    case Replacement::MayMix:
        return Text::tr("A program that reads at the moment when you share again may see half a picture.");
    }
    return {};
}

} // namespace

Result<ShareReport> Publisher::share(const ShareRequest& request)
{
    return orOutOfMemory([this, &request] { return publish(request); });
}

Result<ShareReport> Publisher::publish(const ShareRequest& request)
{
    QElapsedTimer timer;
    timer.start();
    auto encoding = codecFor(request.protocol).encode(request.image, request.encode);
    if (!encoding) {
        return encoding.error();
    }
    const bool sameAddress = m_writer && m_shared && m_shared->address == request.address;
    std::unique_ptr<SegmentWriter> fresh;
    if (!sameAddress || request.existing == Existing::Replace) {
        if (sameAddress) {
            stop(); // the name it had was taken away, and is to be taken back
        }
        auto made = makeSegmentWriter(request.address, request.existing);
        if (!made) {
            return made.error();
        }
        fresh = std::move(*made);
    }
    SegmentWriter& writer = fresh ? *fresh : *m_writer;
    auto room = writer.reserve(encoding->bytes);
    if (!room) {
        return room.error();
    }
    encoding->write(*room);
    if (auto published = writer.publish(); !published) {
        return published.error();
    }
    if (fresh) {
        m_writer = std::move(fresh); // and what was shared under another address goes
    }
    m_shared = request;
    m_lost = false;
    ShareReport report{request.address,      request.protocol,
                       request.image.size(), layoutName(request.image),
                       encoding->bytes,      double(timer.nsecsElapsed()) / 1e6,
                       encoding->note,       encoding->layout};
    const QString caution = replacementNote(writer.replacement());
    report.note += (report.note.isEmpty() || caution.isEmpty() ? QString() : QStringLiteral(" ")) + caution;
    return report;
}

std::optional<Result<ShareReport>> Publisher::restore()
{
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
    auto report = share(request);
    if (!report) {
        m_lost = true;
        return report;
    }
    m_writer->trim(); // nobody finds what was removed
    const QString cause = lossText(request.address, presence);
    report->note = report->note.isEmpty() ? cause : cause + QLatin1Char(' ') + report->note;
    return report;
}

void Publisher::stop()
{
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
