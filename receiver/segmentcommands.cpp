#include "receiver/segmentcommands.h"

#include "common/app/console.h"
#include "common/base/limiterror.h"
#include "common/base/quantitytext.h"
#include "common/listing/deadsegments.h"
#include "receiver/segmenttext.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QFile>
#include <QJsonArray>

#include <algorithm>
#include <array>
#include <cerrno>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(SegmentCommands)
};

QString octal(quint32 mode)
{
    return QStringLiteral("%1").arg(mode, 4, 8, QLatin1Char('0'));
}

std::vector<SurveyedSegment> surveyAll()
{
    SegmentSurvey survey(SegmentSurvey::Glance::Protocol);
    static_cast<void>(survey.list());
    std::vector<SurveyedSegment> rows = survey.lookCloser();
    while (survey.hasNext()) {
        const auto seen = survey.lookAtNext();
        const auto row = std::find_if(rows.begin(), rows.end(), [&seen](const SurveyedSegment& candidate) {
            return seen && candidate.segment.identity() == seen->segment.identity();
        });
        if (row != rows.end()) {
            *row = *seen;
        }
    }
    return rows;
}

QJsonObject toJson(const SurveyedSegment& row)
{
    const ListedSegment& segment = row.segment;
    const auto orNull = [](bool known, const QJsonValue& value) { return known ? value : QJsonValue(); };
    const bool hasProtocol = row.look && row.look->protocol;
    const bool isPosix = segment.kind == ListedSegment::Kind::Posix;
    return {
        {QStringLiteral("address"),
         orNull(segment.address.has_value(), segment.address ? segment.address->toString() : QString())},
        {QStringLiteral("name"), segment.name},
        {QStringLiteral("kind"), isPosix ? QStringLiteral("posix") : QStringLiteral("systemv")},
        {QStringLiteral("id"), segment.id},
        {QStringLiteral("bytes"), segment.bytes},
        {QStringLiteral("user"), segment.userName},
        {QStringLiteral("uid"), qint64{segment.user}},
        {QStringLiteral("mode"), octal(segment.mode)},
        {QStringLiteral("maker"), livenessWord(segment.maker)},
        {QStringLiteral("process"), orNull(segment.process > 0, segment.process)},
        {QStringLiteral("processName"), orNull(!segment.processName.isEmpty(), segment.processName)},
        {QStringLiteral("shmpix"), segment.isOurs},
        {QStringLiteral("attached"), orNull(segment.attached >= 0, segment.attached)},
        {QStringLiteral("made"), QDateTime::fromSecsSinceEpoch(segment.made).toUTC().toString(Qt::ISODate)},
        {QStringLiteral("ageSeconds"), ageOf(segment)},
        {QStringLiteral("producer"), producerText(segment)},
        {QStringLiteral("protocol"),
         orNull(hasProtocol, hasProtocol ? protocolName(*row.look->protocol) : QString())},
        {QStringLiteral("remark"), row.look ? row.look->remark : QString()},
    };
}

using Cells = std::array<QString, 9>;

/// Columns as wide as their content, for people and for awk alike: no cell is empty.
Result<void> printTable(const std::vector<Cells>& lines)
{
    Cells::size_type last = std::tuple_size_v<Cells> - 1;
    std::array<qsizetype, std::tuple_size_v<Cells>> widths = {};
    for (const Cells& cells : lines) {
        for (Cells::size_type i = 0; i < cells.size(); ++i) {
            widths[i] = std::max(widths[i], cells[i].size());
        }
    }
    for (const Cells& cells : lines) {
        QString line;
        for (Cells::size_type i = 0; i < last; ++i) {
            line += cells[i].leftJustified(widths[i] + 2);
        }
        if (auto printed = printLine(line + cells[last]); !printed) {
            return printed;
        }
    }
    return {};
}

QString orDash(const QString& text)
{
    return text.isEmpty() ? QStringLiteral("-") : text;
}

Cells cellsOf(const SurveyedSegment& row)
{
    const ListedSegment& segment = row.segment;
    const bool hasProtocol = row.look && row.look->protocol;
    const QString maker = livenessWord(segment.maker);
    return {addressText(segment),
            QString::number(segment.bytes),
            hasProtocol ? protocolName(*row.look->protocol) : QStringLiteral("-"),
            orDash(segment.userName),
            octal(segment.mode),
            segment.process > 0 ? QStringLiteral("%1:%2").arg(maker).arg(segment.process) : maker,
            segment.attached < 0 ? QStringLiteral("-") : QString::number(segment.attached),
            QStringLiteral("%1s").arg(ageOf(segment)),
            orDash(producerText(segment))};
}

QString nameOf(const DeadSegment::File& file)
{
    return QFile::decodeName(file.path);
}

QString partWord(DeadSegment::File::Part part)
{
    switch (part) {
    case DeadSegment::File::Part::Spare:
        return QStringLiteral("spare");
    case DeadSegment::File::Part::Record:
        return QStringLiteral("record");
    case DeadSegment::File::Part::Segment:
        break;
    }
    return QStringLiteral("segment");
}

qint64 ageOf(const DeadSegment& dead)
{
    return std::max<qint64>(0, QDateTime::currentSecsSinceEpoch() - dead.written);
}

QJsonObject toJson(const DeadSegment& dead)
{
    QJsonArray files;
    for (const DeadSegment::File& file : dead.files) {
        files.append(QJsonObject{{QStringLiteral("file"), nameOf(file)},
                                 {QStringLiteral("part"), partWord(file.part)},
                                 {QStringLiteral("bytes"), file.bytes}});
    }
    return {{QStringLiteral("files"), files},
            {QStringLiteral("user"), dead.userName},
            {QStringLiteral("process"), dead.process},
            {QStringLiteral("maker"), livenessWord(dead.maker)},
            {QStringLiteral("ageSeconds"), ageOf(dead)},
            {QStringLiteral("removed"), dead.isRemoved}};
}

Result<void> print(const DeadSegment& dead, bool dryRun)
{
    const QString word = dryRun           ? QStringLiteral("would remove")
                         : dead.isRemoved ? QStringLiteral("removed")
                                          : QStringLiteral("could not remove");
    const QString state = dead.maker == Liveness::Dead
                              ? QStringLiteral("which is dead")
                              : QStringLiteral("and whether that process has ended is unknown");
    const QString maker = dead.process > 0 ? QStringLiteral("process %1").arg(dead.process)
                                           : QStringLiteral("a process that its record does not name");
    for (const DeadSegment::File& file : dead.files) {
        const QString line = QStringLiteral("%1 %2 %3: %4 bytes, of %5, shared %6 s ago by %7, %8")
                                 .arg(word, partWord(file.part), nameOf(file))
                                 .arg(file.bytes)
                                 .arg(dead.userName)
                                 .arg(ageOf(dead))
                                 .arg(maker)
                                 .arg(state);
        if (auto printed = printLine(line); !printed) {
            return printed;
        }
    }
    return {};
}

Result<void> print(const std::vector<DeadSegment>& dead, bool dryRun, bool json)
{
    if (json) {
        QJsonArray array;
        std::transform(dead.begin(), dead.end(), std::back_inserter(array),
                       [](const DeadSegment& one) { return toJson(one); });
        return printJson(array);
    }
    if (dead.empty()) {
        return printLine(Text::tr("No segments of dead senders were found."));
    }
    for (const DeadSegment& one : dead) {
        if (auto printed = print(one, dryRun); !printed) {
            return printed;
        }
    }
    return {};
}

} // namespace

Result<void> printSegments(bool json)
{
    const std::vector<SurveyedSegment> rows = surveyAll();
    if (rows.empty()) {
        if (auto listable = checkListable(Text::tr("The shared memory of this machine could not be listed"));
            !listable) {
            return listable;
        }
    }
    if (json) {
        QJsonArray array;
        for (const SurveyedSegment& row : rows) {
            array.append(toJson(row));
        }
        return printJson(array);
    }
    if (rows.empty()) {
        return printLine(nothingListedText());
    }
    std::vector<Cells> lines = {{QStringLiteral("ADDRESS"), QStringLiteral("BYTES"),
                                 QStringLiteral("PROTOCOL"), QStringLiteral("USER"), QStringLiteral("MODE"),
                                 QStringLiteral("MAKER"), QStringLiteral("ATTACHED"), QStringLiteral("AGE"),
                                 QStringLiteral("PRODUCER")}};
    std::transform(rows.begin(), rows.end(), std::back_inserter(lines), cellsOf);
    return printTable(lines);
}

Result<void> cleanSegments(bool dryRun, bool json)
{
    const std::vector<DeadSegment> dead =
        cleanDeadSegments(posixFolder(), dryRun ? Cleaning::DryRun : Cleaning::Remove);
    if (dead.empty()) {
        if (auto listable = checkListable(Text::tr("Segments of dead senders could not be looked for"));
            !listable) {
            return listable;
        }
    }
    if (auto printed = print(dead, dryRun, json); !printed) {
        return printed;
    }
    const bool isDone =
        dryRun || std::all_of(dead.begin(), dead.end(), [](const DeadSegment& one) { return one.isRemoved; });
    if (!isDone) {
        return Error{ErrorCode::NotPermitted, Text::tr("Some segments could not be removed. Check whether "
                                                       "you have permission to remove files in %1.")
                                                  .arg(QFile::decodeName(posixFolder()))};
    }
    return {};
}

} // namespace shmpix
