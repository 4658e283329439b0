#pragma once

#include "common/live/framewriter.h"

#include <QByteArray>
#include <QString>

#include <vector>

namespace shmpix::test {

/// The recipe for a segment of tests/data/golden/live-VERSION, so that it can be made again. See README.md
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

/// The rings of version 1.0 that a FrameWriter makes.
[[nodiscard]] std::vector<GoldenRing> goldenRings();

/// The bytes that today's writer produces for the ring.
[[nodiscard]] QByteArray written(const GoldenRing& golden);

/// A ring of minor version 9, with a larger table, larger entries and unknown flags, made by hand.
[[nodiscard]] QByteArray ringOfALaterMinorVersion();

/// The frames in a ring, oldest first, as FrameReader reads them, one line each: "SERIAL NUMBER CAPTURED
/// CRC-32 LAYOUT TEXT". If a frame cannot be read, the line is the error's text.
[[nodiscard]] QByteArray frameLines(const QByteArray& ring);

/// Sets the times and the fields that depend on them to zero: created, the header's checksum, heartbeat,
/// published.
[[nodiscard]] QByteArray withoutTimes(QByteArray ring);

} // namespace shmpix::test
