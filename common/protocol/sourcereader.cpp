#include "common/protocol/sourcereader.h"

#include "common/base/quantitytext.h"
#include "common/image/imagelimits.h"

#include <QCoreApplication>

#include <algorithm>
#include <cstring>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(SourceReader)
};

constexpr qint64 bufferBytes = qint64{128} * 1024;

Error endsTooSoon()
{
    return {ErrorCode::BadData, Text::tr("The picture is truncated. Use a complete copy.")};
}

} // namespace

SourceReader::SourceReader(ByteSource& source, qint64 offset)
    : m_source(source)
    , m_position(offset)
    , m_buffer(static_cast<std::size_t>(std::clamp(source.size() - offset, qint64{1}, bufferBytes)))
{
}

Result<void> SourceReader::fill(qint64 atLeast)
{
    if (buffered() >= atLeast) {
        return {};
    }
    if (atLeast > left()) {
        return endsTooSoon();
    }
    std::memmove(m_buffer.data(), m_buffer.data() + m_begin, static_cast<std::size_t>(buffered()));
    m_end = buffered();
    m_begin = 0;
    const qint64 wanted = std::min(static_cast<qint64>(m_buffer.size()) - m_end, left() - m_end);
    if (auto read =
            m_source.read(m_position + m_end, std::span(m_buffer).subspan(static_cast<std::size_t>(m_end),
                                                                          static_cast<std::size_t>(wanted)));
        !read) {
        return read;
    }
    m_end += wanted;
    return {};
}

Result<std::span<const std::byte>> SourceReader::next(qint64 most)
{
    if (auto filled = fill(1); !filled) {
        return filled.error();
    }
    return take(std::min(most, buffered()));
}

Result<std::span<const std::byte>> SourceReader::take(qint64 count)
{
    if (auto filled = fill(count); !filled) {
        return filled.error();
    }
    const auto bytes = std::span<const std::byte>(m_buffer).subspan(static_cast<std::size_t>(m_begin),
                                                                    static_cast<std::size_t>(count));
    m_begin += count;
    m_position += count;
    return bytes;
}

void SourceReader::skip(qint64 count)
{
    m_begin = std::min(m_begin + count, m_end);
    m_position += count;
}

Result<QByteArray> copyBytes(ByteSource& source, qint64 offset, qint64 count)
{
    if (!isWithin(offset, count, source.size())) {
        return endsTooSoon();
    }
    if (count > maximumImageBytes) {
        return Error{
            ErrorCode::BadData,
            Text::tr("The picture's file has %1, which exceeds the limit of %2. Share a smaller picture.")
                .arg(bytesText(count), bytesText(maximumImageBytes))};
    }
    QByteArray bytes(count, Qt::Uninitialized);
    if (auto read = source.read(offset, std::as_writable_bytes(std::span(bytes.data(), bytes.size())));
        !read) {
        return read.error();
    }
    return bytes;
}

} // namespace shmpix
