#pragma once

#include "common/base/result.h"
#include "common/base/timelimit.h"

#include <QImage>

#include <optional>
#include <vector>

namespace shmpix {

/// How frames go out one behind the other, for programs that read them from a pipe.
enum class StreamFormat {
    Y4m, ///< YUV4MPEG2: grey pictures as they are, others with full colour resolution (C444), without alpha
    Raw, ///< RGBA, 8 bits each, rows without padding and nothing else
};

/// Writes frames to a file descriptor. The first one fixes the size. Used by one thread.
class FrameStream
{
public:
    FrameStream(int fd, StreamFormat format)
        : m_fd(fd)
        , m_format(format)
    {
    }

    /// What a file of frames says of their rate; before the first frame.
    void setRate(int framesPerSecond) { m_rate = framesPerSecond; }

    enum class Written { Yes, OtherSize, NobodyReads };

    /// Blocks until the other side has taken it, or it has stopped reading and the time is over, which is
    /// TimedOut. Fails as writing does.
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
    std::vector<unsigned char> m_bytes; ///< of one frame with what stands before it
};

} // namespace shmpix
