#pragma once

#include <QSize>
#include <QString>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>

namespace shmpix::bench {

/// The bytes of an RGBA frame.
[[nodiscard]] constexpr std::size_t frameBytes(QSize size)
{
    return std::size_t(size.width()) * std::size_t(size.height()) * 4;
}

/// Where a writer process puts its frames, which all have one size.
class FrameOutlet
{
public:
    virtual ~FrameOutlet() = default;

    using Fill = std::function<void(std::span<std::byte>)>;

    /// Lets the frame be made where this way of sending wants to have it, and sends it. False: nobody took it
    /// for a tenth of a second.
    [[nodiscard]] virtual bool fill(const Fill& fill) = 0;

    /// Sends a copy of a frame that lies in memory of the writer's own.
    [[nodiscard]] virtual bool send(std::span<const std::byte> frame);
};

/// Where a reader process gets them.
class FrameInlet
{
public:
    virtual ~FrameInlet() = default;

    using Look = std::function<void(std::span<const std::byte>)>;

    /// Lets the next frame be looked at where it has arrived; what was seen counts only when this gives true.
    /// False: none came for a tenth of a second.
    [[nodiscard]] virtual bool look(const Look& look) = 0;

    /// The next frame, in memory of the reader's own.
    [[nodiscard]] virtual bool copy(std::span<std::byte> frame);

    /// When the reader was running again that had waited for the last frame, nanoseconds of the monotonic
    /// clock; nothing: when look() called.
    [[nodiscard]] virtual std::optional<qint64> arrival() const { return std::nullopt; }
};

/// A way of getting frames from one process into another.
struct Transport
{
    QString name;  ///< on the command line
    QString title; ///< in tables
    /// `folder` is an empty folder in /dev/shm, removed afterwards. Null: it cannot be used on this machine.
    std::function<std::unique_ptr<FrameOutlet>(const QString& folder, QSize size)> outlet;
    /// Null: not there yet, try again.
    std::function<std::unique_ptr<FrameInlet>(const QString& folder, QSize size)> inlet;
};

} // namespace shmpix::bench
