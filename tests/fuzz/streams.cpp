#include "common/base/linux/filedescriptor.h"
#include "sender/stream/stdinsource.h"
#include "sender/stream/y4mheader.h"
#include "tests/fuzz/oracle.h"
#include "tests/support/codecbytes.h"

#include <QRegularExpression>

#include <cstring>

#include <unistd.h>

namespace shmpix::fuzz {

namespace {

/// The complete standard output of a program.
FileDescriptor pipeWith(const QByteArray& bytes)
{
    int ends[2] = {-1, -1};
    require(::pipe(ends) == 0, "no pipe");
    FileDescriptor reading(ends[0]);
    const FileDescriptor writing(ends[1]);
    require(::write(ends[1], bytes.constData(), std::size_t(bytes.size())) == bytes.size(),
            "a pipe that is full");
    return reading;
}

bool areWordsQuick(const QByteArray& bytes)
{
    static const QRegularExpression number(QStringLiteral("[0-9]{4,}"));
    return !QString::fromLatin1(bytes).contains(number);
}

/// Returns the pixels of the first frame if the stream stores them unchanged, otherwise nothing.
std::optional<QByteArray> plainPixels(const QByteArray& bytes)
{
    static const QRegularExpression pnm(QStringLiteral("^P([56])\\s([0-9]{1,3})\\s([0-9]{1,3})\\s255\\s"));
    static const QRegularExpression y4m(
        QStringLiteral("^YUV4MPEG2 W([0-9]{1,3}) H([0-9]{1,3}) Cmono\nFRAME\n"));
    const QString text = QString::fromLatin1(bytes);
    qint64 count = 0;
    auto match = pnm.match(text);
    if (match.hasMatch()) {
        count = match.captured(2).toLongLong() * match.captured(3).toLongLong() *
                (match.captured(1) == u'6' ? 3 : 1);
    } else if (match = y4m.match(text); match.hasMatch()) {
        count = match.captured(1).toLongLong() * match.captured(2).toLongLong();
    }
    const QByteArray pixels = bytes.mid(match.capturedLength(), count);
    return match.hasMatch() && count > 0 && pixels.size() == count ? std::optional(pixels) : std::nullopt;
}

void play(const QByteArray& bytes, const std::optional<PixelLayout>& layout)
{
    const FileDescriptor input = pipeWith(bytes);
    StdinSource source(input.get(), layout);
    const auto expected = layout ? std::nullopt : plainPixels(bytes);
    bool hasFrame = false;
    for (int steps = 0; steps < 200; ++steps) {
        FrameSlot slot;
        const auto step = source.next(slot, {});
        if (!step) {
            require(step.error().text.size() > 10, "no sentence for a stream that is refused");
            break;
        }
        if (step->kind == SourceStep::Kind::End) {
            break;
        }
        if (step->kind != SourceStep::Kind::Frame) {
            continue;
        }
        require(checkedExtent(slot.layout(), qint64(slot.bytes().size())).has_value(),
                "pixels outside of the slot");
        if (expected && !hasFrame) {
            require(qint64(slot.bytes().size()) == expected->size() &&
                        std::memcmp(slot.bytes().data(), expected->constData(), slot.bytes().size()) == 0,
                    "other pixels than those in the stream");
        }
        hasFrame = true;
    }
    require(!expected || hasFrame, "a whole frame does not come out");
}

} // namespace

/// Y4M, PPM and PGM on standard input, and raw frames of a layout.
void fuzzStreams(Input input)
{
    constexpr qsizetype pipeBytes = 65536;
    const QByteArray bytes = bytesOf(input).left(pipeBytes);
    if (const auto line = parseY4mHeader(bytes.left(bytes.indexOf('\n')))) {
        require(checkedExtent(line->layout()).has_value(), "a header over the limits");
    }
    if (!areWordsQuick(bytes)) {
        return; // the frames would need megabytes that are not in the input
    }
    play(bytes, std::nullopt);
    play(bytes, PixelLayout{3, 2, {ChannelOrder::Bgr, SampleType::UInt8}, 11});
}

} // namespace shmpix::fuzz
