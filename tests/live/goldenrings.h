#pragma once

#include "common/live/framewriter.h"

#include <QByteArray>
#include <QString>

#include <vector>

namespace shmpix::test {

/// A segment of tests/data/golden/live-VERSION: how it is made, so that it can be made again. README.md
/// there.
struct GoldenRing
{
    struct Frame
    {
        QString layout;
        FrameNote note; ///< the pixels are the pattern of its number (tests/support/framepattern.h)
    };

    QString name;
    FrameWriterOptions options;
    std::vector<Frame> frames;
    bool isClosed = false;
};

/// Those of version 1.0 that a FrameWriter makes.
[[nodiscard]] std::vector<GoldenRing> goldenRings();

/// The bytes that today's writer makes for it.
[[nodiscard]] QByteArray written(const GoldenRing& golden);

/// One of minor version 9, with a larger table, larger entries and flags that nobody knows, made by hand.
[[nodiscard]] QByteArray ringOfALaterMinorVersion();

/// The frames that are still in a ring, oldest first, read by FrameReader, a line each:
/// "SERIAL NUMBER CAPTURED CRC-32 LAYOUT TEXT". An error's text where one cannot be read.
[[nodiscard]] QByteArray frameLines(const QByteArray& ring);

/// With zeros where the time and its consequences lie: created, the header's checksum, heartbeat, published.
[[nodiscard]] QByteArray withoutTimes(QByteArray ring);

} // namespace shmpix::test
