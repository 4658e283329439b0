#pragma once

#include <QSize>
#include <QString>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>

namespace shmpix::bench {

/// The size of an RGBA frame in bytes.
[[nodiscard]] constexpr std::size_t frameBytes(QSize size)
{
    return std::size_t(size.width()) * std::size_t(size.height()) * 4;
}

/// The writer's end. All frames have the same size.
class FrameOutlet
{
public:
    virtual ~FrameOutlet() = default;

    using Fill = std::function<void(std::span<std::byte>)>;

    /// Lets the frame be filled where the transport wants it, and sends it. False: nobody took it for a tenth
    /// of a second.
    [[nodiscard]] virtual bool fill(const Fill& fill) = 0;

    /// Sends a copy of a frame in private memory of the writer.
    [[nodiscard]] virtual bool send(std::span<const std::byte> frame);
};

/// The reader's end.
class FrameInlet
{
public:
    virtual ~FrameInlet() = default;

    using Look = std::function<void(std::span<const std::byte>)>;

    /// Lets the next frame be read where it has arrived; the result counts only if this returns true. False:
    /// none came for a tenth of a second.
    [[nodiscard]] virtual bool look(const Look& look) = 0;

    /// Copies the next frame into private memory of the reader.
    [[nodiscard]] virtual bool copy(std::span<std::byte> frame);

    /// When the reader that waited for the last frame was running again, in nanoseconds of the monotonic
    /// clock; nothing: when look() called.
    [[nodiscard]] virtual std::optional<qint64> arrival() const { return std::nullopt; }
};

/// A way of moving frames from one process to another.
struct Transport
{
    QString name;  ///< on the command line
    QString title; ///< in tables
    /// `folder` is an empty folder in /dev/shm, removed afterwards. Null: not available on this machine.
    std::function<std::unique_ptr<FrameOutlet>(const QString& folder, QSize size)> outlet;
    /// Null: not there yet, try again.
    std::function<std::unique_ptr<FrameInlet>(const QString& folder, QSize size)> inlet;
};

} // namespace shmpix::bench
