#include "common/protocol/detection.h"

#include "common/base/quantitytext.h"
#include "common/protocol/protocoltable.h"

#include <QByteArray>
#include <QCoreApplication>

#include <algorithm>
#include <array>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Detection)
};

/// The first protocol whose codec recognises the bytes.
std::optional<ProtocolId> recognised(ByteSource& source, Recognition how)
{
    for (const ProtocolRow& row : protocolTable()) {
        if (row.recognition == how && row.codec().recognise(source)) {
            return row.id;
        }
    }
    return std::nullopt;
}

} // namespace

Result<ProtocolId> detectProtocol(ByteSource& source)
{
    if (source.size() == 0) {
        return Error{
            ErrorCode::BadData,
            Text::tr("The segment is empty: its sender has not put a picture there yet. Load again later.")};
    }
    for (const Recognition how : {Recognition::BySignature, Recognition::BySize}) {
        if (const auto id = recognised(source, how)) {
            return *id;
        }
    }
    std::array<std::byte, 16> head = {};
    const auto count = std::min<qint64>(source.size(), head.size());
    if (auto read = source.read(0, std::span(head).first(static_cast<std::size_t>(count))); !read) {
        return read.error();
    }
    const QByteArray bytes(reinterpret_cast<const char*>(head.data()), count);
    if (std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == 0; })) {
        return Error{ErrorCode::BadData,
                     Text::tr("The segment (%1) starts with zeros: its sender has not put a picture there "
                              "yet, or the picture has no header. Load again later, or choose the protocol.")
                         .arg(bytesText(source.size()))};
    }
    return Error{ErrorCode::BadData,
                 Text::tr("The segment (%1, starts with %2) does not hold a picture in a known format. "
                          "Choose the protocol if you know it.")
                     .arg(bytesText(source.size()), QString::fromLatin1(bytes.toHex(' ')))};
}

} // namespace shmpix
