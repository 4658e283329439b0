#pragma once

#include <QProcess>
#include <QString>
#include <QStringList>

namespace shmpix::test {

/// A second process of a test. Killed with this object, so that nothing is left if a test fails.
class PeerProcess
{
public:
    explicit PeerProcess(const QString& program, const QStringList& arguments = {},
                         const QProcessEnvironment& environment = QProcessEnvironment::systemEnvironment());
    ~PeerProcess();

    /// Returns the next line of its standard output, without the line break; null if none came in time or the
    /// process ended.
    [[nodiscard]] QString readLine(int milliseconds = 20000);

    /// Reads lines until one starts with `start`, and returns it; null if none does in time.
    [[nodiscard]] QString waitForLine(const QString& start, int milliseconds = 20000);

    void writeLine(const QString& line);
    void write(const QByteArray& bytes);

    /// Closes its standard input.
    void endInput() { m_process.closeWriteChannel(); }

    /// Closes the reading end of its standard output.
    void endOutput() { m_process.closeReadChannel(QProcess::StandardOutput); }

    /// Sends SIGKILL and waits until the process is gone.
    void kill();
    void terminate() { m_process.terminate(); }

    /// Waits for its end. Returns the exit code; -1 if it crashed, -2 if it did not end in time.
    [[nodiscard]] int exitCode(int milliseconds = 60000);

    [[nodiscard]] qint64 pid() const { return m_process.processId(); }
    /// Everything that it has written so far.
    [[nodiscard]] QString standardError();

private:
    QProcess m_process;
    QByteArray m_standardError;
};

/// The result of a program that was run to its end.
struct Finished
{
    int exitCode = 0; ///< -1: it crashed, -2: it did not end
    QByteArray out;
    QByteArray err;
};
[[nodiscard]] Finished
runToEnd(const QString& program, const QStringList& arguments, int milliseconds = 60000,
         const QProcessEnvironment& environment = QProcessEnvironment::systemEnvironment());

/// A Python that can import NumPy and Pillow; the first one in PATH may be a private build that cannot.
[[nodiscard]] QString pythonWithNumpy();

/// A Python that can import OpenCV too.
[[nodiscard]] QString pythonWithOpenCv();

} // namespace shmpix::test
