#include "common/base/memorysource.h"
#include "common/protocol/png/pngheader.h"
#include "common/protocol/png/storedpngreader.h"
#include "tests/fuzz/oracle.h"
#include "tests/protocol/pngforgery.h"
#include "tests/support/codecbytes.h"

namespace shmpix::fuzz {

namespace {

/// Writes the picture, then reads it again with our reader and with Qt.
void writeAndReadAgain(const QImage& image)
{
    const QByteArray written = test::encoded(ProtocolId::Png, image);
    require(!written.isEmpty(), "a picture out of a PNG cannot be written as one");
    const auto back = test::decoded(ProtocolId::Png, written);
    require(back.has_value() && back->bytes == written.size(), "our own PNG is refused");
    requireSamePixels(back->image, image, "those that were written");
    requireSamePixels(QImage::fromData(written, "png"), image, "those that were written, read by Qt");
}

void readAsQtDoes(const QByteArray& bytes)
{
    MemorySource source(test::spanOf(bytes));
    SourceReader reader(source);
    const auto header = readPngHeader(reader);
    const auto length = pngFileBytes(source, 0);
    require(header.has_value() || !length, "a length without a header");
    require(!length || (*length > 0 && *length <= source.size()), "a length beyond the segment");
    if (header && !isQuick(header->width, header->height)) {
        return;
    }
    const auto ours = test::decoded(ProtocolId::Png, bytes);
    requireSound(ours, bytes.size());
    const auto stored = readStoredPng(source, 0);
    require(!stored || !*stored || ours, "the straight reader takes what the codec refuses");
    if (!ours) {
        return;
    }
    require(length && ours->bytes == *length, "the picture is longer or shorter than its file");
    require(header && ours->image.size() == QSize(header->width, header->height),
            "another size than the header's");
    const QImage theirs = QImage::fromData(bytes.first(*length), "png");
    if (!theirs.isNull()) {
        requireSamePixels(ours->image, theirs, "Qt's reader");
    }
    writeAndReadAgain(ours->image);
}

} // namespace

/// The walk over the chunks, the direct reader of stored data, and the codec: the result must match Qt if
/// both can read the file.
void fuzzPng(Input input)
{
    QByteArray bytes = bytesOf(input);
    readAsQtDoes(bytes);
    test::mendPngChecksums(bytes, 0); // otherwise nothing after a checksum would be reached
    readAsQtDoes(bytes);
}

} // namespace shmpix::fuzz
