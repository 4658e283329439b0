#include "common/base/memorysource.h"
#include "common/protocol/png/pngheader.h"
#include "tests/fuzz/oracle.h"
#include "tests/protocol/pngforgery.h"
#include "tests/support/codecbytes.h"

#include <QDataStream>

namespace shmpix::fuzz {

namespace {

constexpr qsizetype markerBytes = 4;

bool isQuickPng(const QByteArray& bytes)
{
    MemorySource source(test::spanOf(bytes));
    SourceReader reader(source, markerBytes);
    const auto header = readPngHeader(reader);
    return !header || isQuick(header->width, header->height);
}

void readAsQtDoes(const QByteArray& bytes)
{
    if (!isQuickPng(bytes)) {
        return;
    }
    const auto ours = test::decoded(ProtocolId::Datastream, bytes);
    requireSound(ours, bytes.size());
    if (!ours) {
        return;
    }
    QDataStream stream(bytes);
    QImage theirs;
    stream >> theirs;
    if (!theirs.isNull()) {
        requireSamePixels(ours->image, theirs, "QDataStream");
    }
}

} // namespace

/// The marker and a PNG: the result must match stock Qt if both can read them.
void fuzzDatastream(Input input)
{
    QByteArray bytes = bytesOf(input);
    readAsQtDoes(bytes);
    test::mendPngChecksums(bytes, markerBytes); // otherwise nothing after a checksum would be reached
    readAsQtDoes(bytes);
}

} // namespace shmpix::fuzz
