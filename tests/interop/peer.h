#pragma once

#include <QString>
#include <QStringList>

#include <memory>
#include <vector>

namespace shmpix::test {

/// One side of the matrix in tst_peers: a program that writes pictures to shared memory and reads them.
/// Functions return a sentence on failure and an empty string on success.
class Peer
{
public:
    virtual ~Peer() = default;

    [[nodiscard]] virtual QString title() const = 0; ///< for the table
    [[nodiscard]] virtual QStringList protocols() const = 0;

    /// The kinds of keys that the program supports: posix, qt.
    [[nodiscard]] virtual QStringList schemes() const = 0;

    /// Shares a BMP file. The layout is WxH:FORMAT for plain pixels, otherwise empty.
    [[nodiscard]] virtual QString write(const QString& key, const QString& protocol, const QString& file,
                                        const QString& layout) = 0;

    /// Stops sharing and removes the segment.
    [[nodiscard]] virtual QString close(const QString& key) = 0;

    /// Saves the shared picture as BMP.
    [[nodiscard]] virtual QString read(const QString& key, const QString& protocol, const QString& layout,
                                       const QString& file) = 0;
};

/// Returns all peers on this machine, none of them null. Compiles the C# kit into `folder`. Fails with a
/// sentence.
[[nodiscard]] QString startPeers(const QString& folder, std::vector<std::unique_ptr<Peer>>& peers);

} // namespace shmpix::test
