#include "common/doctor/keydoctor.h"

#include "common/app/console.h"
#include "common/base/onelinetext.h"
#include "common/base/quantitytext.h"
#include "common/channel/segmentpicture.h"
#include "common/segment/segment.h"

#include <QCoreApplication>
#include <QJsonArray>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(KeyDoctor)
};

/// The result of a first look at the segment.
struct Glance
{
    qint64 bytes = 0;
    std::optional<ProtocolId> protocol; ///< nothing: no known protocol
};

/// Checks that the segment can be opened and is not empty, as loading does.
Result<Glance> glanceAt(const QString& key)
{
    const auto address = SegmentAddress::parse(key);
    if (!address) {
        return address.error();
    }
    ReadOptions options;
    options.withoutLock = true; // torn content is merely not recognised
    const auto segment = openSegment(*address, options);
    if (!segment) {
        return segment.error();
    }
    if ((*segment)->size() == 0) {
        return Error{ErrorCode::BadData,
                     Text::tr("%1 is empty. Share a picture there.").arg(address->toString())};
    }
    const auto protocol = detectSegment(**segment);
    return Glance{(*segment)->size(), protocol ? std::optional(*protocol) : std::nullopt};
}

QString stateOf(const Glance& glance, const QString& address)
{
    const QString size = bytesText(glance.bytes);
    return glance.protocol ? Text::tr("%2 is a segment of %1, shared as %3.")
                                 .arg(size, address, protocolName(*glance.protocol))
                           : Text::tr("%2 is a segment of %1.").arg(size, address);
}

QString reachWord(Reach reach)
{
    switch (reach) {
    case Reach::Same:
        return QStringLiteral("same");
    case Reach::Other:
        return QStringLiteral("other");
    case Reach::Nothing:
        break;
    }
    return QStringLiteral("nothing");
}

QString roleWord(Snippet::Role role)
{
    return role == Snippet::Role::Share ? QStringLiteral("share") : QStringLiteral("read");
}

const PeerName& nameOf(const KeyReport& report, const Snippet& snippet)
{
    return report.names.names.at(static_cast<std::size_t>(snippet.peer));
}

QJsonArray namesToJson(const KeyReport& report)
{
    QJsonArray rows;
    for (const PeerName& row : report.names.names) {
        rows.append(
            QJsonObject{{QStringLiteral("peer"), row.id},
                        {QStringLiteral("title"), row.title},
                        {QStringLiteral("name"), row.name},
                        {QStringLiteral("code"), row.code},
                        {QStringLiteral("memory"), reachWord(row.reach)},
                        {QStringLiteral("address"), row.address ? row.address->toString() : QString()},
                        {QStringLiteral("note"), row.note}});
    }
    return rows;
}

QJsonArray snippetsToJson(const KeyReport& report)
{
    QJsonArray programs;
    for (const Snippet& snippet : report.snippets) {
        const ShareForm instead = snippet.instead.value_or(ShareForm());
        programs.append(QJsonObject{{QStringLiteral("peer"), nameOf(report, snippet).id},
                                    {QStringLiteral("role"), roleWord(snippet.role)},
                                    {QStringLiteral("protocol"), snippet.protocol},
                                    {QStringLiteral("note"), snippet.note},
                                    {QStringLiteral("code"), snippet.code},
                                    {QStringLiteral("kit"), snippet.kit},
                                    {QStringLiteral("insteadKey"), instead.key},
                                    {QStringLiteral("insteadProtocol"), instead.protocol}});
    }
    return programs;
}

} // namespace

KeyReport examineKey(const QString& key, std::optional<ProtocolId> protocol)
{
    KeyReport report;
    report.names = keyNames(key);
    const auto glance = glanceAt(key);
    report.isThere = glance.has_value();
    KnownProtocol known;
    if (protocol) {
        known.chosen = protocolName(*protocol);
    }
    if (glance) {
        report.state = stateOf(*glance, report.names.address->toString());
        known.found = glance->protocol ? protocolName(*glance->protocol) : QString();
    } else {
        report.state = glance.error().text;
        report.diagnosis = diagnose(key, glance.error());
    }
    report.snippets = snippets(report.names, known);
    return report;
}

QJsonObject toJson(const KeyReport& report)
{
    const Diagnosis diagnosis = report.diagnosis.value_or(Diagnosis());
    return {{QStringLiteral("key"), report.names.key},
            {QStringLiteral("address"), report.names.address ? report.names.address->toString() : QString()},
            {QStringLiteral("problem"), report.names.problem},
            {QStringLiteral("proposal"), report.names.proposal},
            {QStringLiteral("there"), report.isThere},
            {QStringLiteral("state"), report.state},
            {QStringLiteral("cause"), diagnosis.cause},
            {QStringLiteral("fix"), diagnosis.fix},
            {QStringLiteral("instead"), diagnosis.instead},
            {QStringLiteral("names"), namesToJson(report)},
            {QStringLiteral("programs"), snippetsToJson(report)}};
}

QString toText(const KeyReport& report)
{
    QStringList lines = {onOneLine(report.diagnosis ? report.diagnosis->text() : report.state)};
    if (!report.names.proposal.isEmpty()) {
        lines.append(Text::tr("A name that every program accepts: %1").arg(report.names.proposal));
    }
    lines.append(QString());
    qsizetype width = 0;
    for (const PeerName& row : report.names.names) {
        width = std::max(width, row.title.size());
    }
    for (const PeerName& row : report.names.names) {
        lines.append(onOneLine(row.title.leftJustified(width + 2) +
                               (row.code.isEmpty() ? QStringLiteral("–") : row.code)));
        if (!row.note.isEmpty()) {
            lines.append(onOneLine(QString(width + 2, QLatin1Char(' ')) + row.note));
        }
    }
    for (const Snippet& snippet : report.snippets) {
        lines.append(QString());
        lines.append(QStringLiteral("--- %1: %2, %3")
                         .arg(nameOf(report, snippet).title,
                              snippet.role == Snippet::Role::Share ? Text::tr("share") : Text::tr("read"),
                              snippet.protocol));
        if (!snippet.note.isEmpty()) {
            lines.append(onOneLine(snippet.note));
        }
        if (!snippet.code.isEmpty()) {
            lines.append(snippet.code.trimmed());
        }
    }
    return lines.join(QLatin1Char('\n'));
}

Result<void> runDoctor(const QString& key, std::optional<ProtocolId> protocol, bool asJson)
{
    const KeyReport report = examineKey(key, protocol);
    return asJson ? printJson(toJson(report)) : printText(toText(report));
}

} // namespace shmpix
