#pragma once

#include "tests/support/peerprocess.h"

namespace shmpix::test {

/// The file of the segment that a plain key stands for.
[[nodiscard]] inline QString shmPath(const QString& key)
{
    return QStringLiteral("/dev/shm/") + key;
}

/// Returns the words --key KEY, followed by those of a command line.
[[nodiscard]] inline QStringList words(const QString& key, const char* rest)
{
    return QStringList{QStringLiteral("--key"), key} +
           QString::fromLatin1(rest).split(QLatin1Char(' '), Qt::SkipEmptyParts);
}

/// The built sender, headless, sharing a file. It is ready once waitForLine("shared ") has returned a line.
/// Ends with this object and removes its segment.
class HeadlessSender : public PeerProcess
{
public:
    explicit HeadlessSender(const QStringList& arguments)
        : PeerProcess(QStringLiteral(SHMPIX_BIN "/shmpix-sender"),
                      QStringList{QStringLiteral("--headless")} + arguments)
    {
    }
    ~HeadlessSender()
    {
        terminate();
        static_cast<void>(exitCode());
    }
};

/// Runs the built sender or receiver without a window to its end.
[[nodiscard]] inline Finished runSender(const QStringList& arguments)
{
    return runToEnd(QStringLiteral(SHMPIX_BIN "/shmpix-sender"),
                    QStringList{QStringLiteral("--headless")} + arguments);
}
[[nodiscard]] inline Finished runReceiver(const QStringList& arguments)
{
    return runToEnd(QStringLiteral(SHMPIX_BIN "/shmpix-receiver"),
                    QStringList{QStringLiteral("--headless")} + arguments);
}

} // namespace shmpix::test
