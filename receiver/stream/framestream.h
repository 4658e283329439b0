#pragma once

#include "common/base/result.h"
#include "common/base/timelimit.h"

#include <QImage>

#include <optional>
#include <vector>

namespace shmpix {

/// The format in which frames are written one after another, for programs that read them from a pipe.
enum class StreamFormat {
    Y4m, ///< YUV4MPEG2: grey pictures as they are, others with full colour resolution (C444), without alpha
    Raw, ///< RGBA, 8 bits each, rows without padding and nothing else
};

/// Writes frames to a file descriptor. The first frame fixes the size. Used by one thread.
class FrameStream
{
public:
    FrameStream(int fd, StreamFormat format)
        : m_fd(fd)
        , m_format(format)
    {
    }

    /// Sets the rate that a file of frames states. Call it before the first frame.
    void setRate(int framesPerSecond) { m_rate = framesPerSecond; }

    enum class Written { Yes, OtherSize, NobodyReads };

    /// Blocks until the other side has taken the frame. Fails with TimedOut if the other side stops reading
    /// and the time is over, and like writing.
    [[nodiscard]] Result<Written> write(const QImage& image, const TimeLimit& limit = {});

private:
    [[nodiscard]] QByteArray header() const;
    void appendY4m(const QImage& image);
    void appendRaw(const QImage& image);

    int m_fd;
    StreamFormat m_format;
    int m_rate = 25;
    QSize m_size;
    bool m_isGray = false;
    std::vector<unsigned char> m_bytes; ///< one frame with the bytes that precede it
};

} // namespace shmpix
