#include "receiver/stream/framestream.h"

#include "common/base/limiterror.h"
#include "common/base/writeall.h"
#include "common/image/rowconverter.h"

#include <QCoreApplication>

#include <libyuv/convert_from_argb.h>

#include <cerrno>
#include <cstring>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(FrameStream)
};

Error failureOf(int errorNumber)
{
    const QString start = Text::tr("The frames cannot be written to standard output");
    if (auto limit = limitError(errorNumber, start)) {
        return *limit;
    }
    if (errorNumber == ETIMEDOUT) {
        return {ErrorCode::TimedOut, Text::tr("%1: the program that reads them has stopped reading, so the "
                                              "last frame is incomplete. Let that program continue to read.")
                                         .arg(start)};
    }
    return {ErrorCode::NoSpace, Text::tr("%1: %2. Free some space there, or choose another place.")
                                    .arg(start, systemMessage(errorNumber))};
}

} // namespace

QByteArray FrameStream::header() const
{
    // Grey uses all 256 values. C444 is the format that libyuv makes and that readers assume by default:
    // BT.601, 16 to 235.
    const char* const colours = m_isGray ? "Cmono XCOLORRANGE=FULL" : "C444 XCOLORRANGE=LIMITED";
    return "YUV4MPEG2 W" + QByteArray::number(m_size.width()) + " H" + QByteArray::number(m_size.height()) +
           " F" + QByteArray::number(m_rate) + ":1 Ip A1:1 " + colours + '\n';
}

void FrameStream::appendY4m(const QImage& image)
{
    constexpr std::string_view mark = "FRAME\n";
    const auto width = std::size_t(m_size.width());
    const auto pixels = width * std::size_t(m_size.height());
    const std::size_t start = m_bytes.size() + mark.size();
    m_bytes.insert(m_bytes.end(), mark.begin(), mark.end());
    m_bytes.resize(start + (m_isGray ? pixels : 3 * pixels));
    unsigned char* const y = m_bytes.data() + start;
    if (m_isGray) {
        RowConverter(image, QImage::Format_Grayscale8).copyAll(std::as_writable_bytes(std::span(y, pixels)));
        return;
    }
    const QImage argb = image.convertToFormat(QImage::Format_RGB32); // shared if it already is
    const int stride = int(width);
    libyuv::ARGBToI444(argb.constBits(), int(argb.bytesPerLine()), y, stride, y + pixels, stride,
                       y + 2 * pixels, stride, m_size.width(), m_size.height());
}

void FrameStream::appendRaw(const QImage& image)
{
    RowConverter rows(image, QImage::Format_RGBA8888);
    const std::size_t start = m_bytes.size();
    m_bytes.resize(start + std::size_t(rows.rowBytes()) * std::size_t(image.height()));
    rows.copyAll(std::as_writable_bytes(std::span(m_bytes).subspan(start)));
}

Result<FrameStream::Written> FrameStream::write(const QImage& image, const TimeLimit& limit)
{
    const bool isFirst = m_size.isEmpty();
    m_bytes.clear();
    if (isFirst) {
        m_size = image.size();
        m_isGray = image.format() == QImage::Format_Grayscale8;
        if (m_format == StreamFormat::Y4m) {
            const QByteArray text = header();
            m_bytes.insert(m_bytes.end(), text.begin(), text.end());
        }
    }
    if (image.size() != m_size) {
        return Written::OtherSize;
    }
    if (m_format == StreamFormat::Y4m) {
        appendY4m(image);
    } else {
        appendRaw(image);
    }
    const int failed = writeAll(m_fd, std::as_bytes(std::span(m_bytes)), limit);
    if (failed == EPIPE) {
        return Written::NobodyReads;
    }
    return failed == 0 ? Result<Written>(Written::Yes) : failureOf(failed);
}

} // namespace shmpix
