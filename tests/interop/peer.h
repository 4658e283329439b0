#pragma once

#include <QString>
#include <QStringList>

#include <memory>
#include <vector>

namespace shmpix::test {

/// One side of the matrix of tst_peers: a program that writes pictures into shared memory and reads them.
/// Failures are sentences; an empty one is success.
class Peer
{
public:
    virtual ~Peer() = default;

    [[nodiscard]] virtual QString title() const = 0; ///< for the table
    [[nodiscard]] virtual QStringList protocols() const = 0;

    /// posix, qt: the kinds of keys that it reaches.
    [[nodiscard]] virtual QStringList schemes() const = 0;

    /// Shares a BMP file; the layout is WxH:FORMAT, for plain pixels, else empty.
    [[nodiscard]] virtual QString write(const QString& key, const QString& protocol, const QString& file,
                                        const QString& layout) = 0;

    /// Stops sharing, and removes what it shared.
    [[nodiscard]] virtual QString close(const QString& key) = 0;

    /// Saves what is shared as BMP.
    [[nodiscard]] virtual QString read(const QString& key, const QString& protocol, const QString& layout,
                                       const QString& file) = 0;
};

/// All peers of this machine. Null entries do not occur; compiles the C# kit into `folder`. Fails with a
/// sentence.
[[nodiscard]] QString startPeers(const QString& folder, std::vector<std::unique_ptr<Peer>>& peers);

} // namespace shmpix::test
