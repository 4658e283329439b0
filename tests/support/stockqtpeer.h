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

    /// The same, but the program kills itself before its Nth system call between two verbs "count".
    StockQtPeer(const QString& address, int killedAtCall);

    /// Sends the verb and returns the answer without its first word.
    [[nodiscard]] QString ask(const QString& verb, const QString& file = {});

    /// Lets the program end normally, as if it were closed; Qt then removes what it always removes. Returns
    /// the exit code.
    [[nodiscard]] int end();
};

/// The text form of a size in the program's answers.
[[nodiscard]] QString sizeText(const QImage& image);

/// The path of a picture file that does not exist yet.
[[nodiscard]] QString newPictureFile();

/// The picture as it arrives: a pixmap keeps alpha premultiplied, a PNG does not, and each conversion rounds.
/// `kind` is "image" or "pixmap".
[[nodiscard]] QImage asSent(const QImage& image, const QString& kind = QStringLiteral("image"));

} // namespace shmpix::test
