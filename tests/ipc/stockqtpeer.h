#pragma once

#include "tests/support/peerprocess.h"

#include <QImage>

namespace shmpix::test {

/// A stock Qt program (peers/stockqt.cpp) at the other end.
class StockQtPeer : public PeerProcess
{
public:
    /// Uses the segment of a qt:, systemv: or posix: address as such programs do.
    explicit StockQtPeer(const QString& address);

    /// The same, and kills itself before its Nth system call between two verbs "count".
    StockQtPeer(const QString& address, int killedAtCall);

    /// Sends the verb and gives the answer without its first word.
    [[nodiscard]] QString ask(const QString& verb, const QString& file = {});

    /// Lets it end by itself, as a program does that is closed: it takes along what Qt takes along. Gives its
    /// exit code.
    [[nodiscard]] int end();
};

/// How it writes a size.
[[nodiscard]] QString sizeText(const QImage& image);

/// The path of a picture file that does not exist yet.
[[nodiscard]] QString newPictureFile();

/// What arrives of a picture: a pixmap keeps alpha premultiplied, a PNG does not, and each way rounds. `kind`
/// is "image" or "pixmap".
[[nodiscard]] QImage asSent(const QImage& image, const QString& kind = QStringLiteral("image"));

} // namespace shmpix::test
