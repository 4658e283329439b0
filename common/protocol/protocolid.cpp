#include "common/protocol/protocolid.h"

#include "common/protocol/protocoltable.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>

namespace shmpix {

namespace {

constexpr const char* context = "Protocol";

const ProtocolRow& rowOf(ProtocolId id)
{
    const auto rows = protocolTable();
    const auto row =
        std::find_if(rows.begin(), rows.end(), [id](const ProtocolRow& one) { return one.id == id; });
    Q_ASSERT(row != rows.end());
    return *row;
}

template <class Choose>
std::vector<ProtocolId> protocolsThat(Choose choose)
{
    std::vector<ProtocolId> ids;
    for (const ProtocolRow& row : protocolTable()) {
        if (choose(row)) {
            ids.push_back(row.id);
        }
    }
    return ids;
}

} // namespace

const std::vector<ProtocolId>& allProtocols()
{
    static const auto ids = protocolsThat([](const ProtocolRow&) { return true; });
    return ids;
}

const std::vector<ProtocolId>& codecProtocols()
{
    static const auto ids = protocolsThat([](const ProtocolRow& row) { return row.codec != nullptr; });
    return ids;
}

const std::vector<ProtocolId>& selfDescribingProtocols()
{
    static const auto ids = protocolsThat([](const ProtocolRow& row) {
        return row.recognition == Recognition::BySignature || row.recognition == Recognition::BySize;
    });
    return ids;
}

QString protocolName(ProtocolId id)
{
    return QString::fromLatin1(rowOf(id).name);
}

Result<ProtocolId> parseProtocol(const QString& name)
{
    QStringList names;
    for (ProtocolId id : allProtocols()) {
        if (protocolName(id) == name) {
            return id;
        }
        names.append(protocolName(id));
    }
    return Error{ErrorCode::Usage,
                 QCoreApplication::translate(context, "Unknown protocol “%1”. Use one of %2.")
                     .arg(name, names.join(QStringLiteral(", ")))};
}

QString protocolTitle(ProtocolId id)
{
    return QCoreApplication::translate(context, rowOf(id).title);
}

QString protocolReaders(ProtocolId id)
{
    return QCoreApplication::translate(context, rowOf(id).readers);
}

} // namespace shmpix
