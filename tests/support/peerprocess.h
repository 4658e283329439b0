#pragma once

#include <QProcess>
#include <QString>
#include <QStringList>

namespace shmpix::test {

/// A second process of a test. Killed with this object, so that nothing is left when a test fails.
class PeerProcess
{
public:
    explicit PeerProcess(const QString& program, const QStringList& arguments = {},
                         const QProcessEnvironment& environment = QProcessEnvironment::systemEnvironment());
    ~PeerProcess();

    /// The next line of its standard output, without the line break; null when none came in time or it ended.
    [[nodiscard]] QString readLine(int milliseconds = 20000);

    /// Reads lines until one starts so and gives it; null when none does in time.
    [[nodiscard]] QString waitForLine(const QString& start, int milliseconds = 20000);

    void writeLine(const QString& line);
    void write(const QByteArray& bytes);

    /// Its standard input ends.
    void endInput() { m_process.closeWriteChannel(); }

    /// Nobody reads its standard output any more.
    void endOutput() { m_process.closeReadChannel(QProcess::StandardOutput); }

    /// SIGKILL, and waits until the process is gone.
    void kill();
    void terminate() { m_process.terminate(); }

    /// Waits for its end. Gives the exit code; -1 when it crashed, -2 when it did not end in time.
    [[nodiscard]] int exitCode(int milliseconds = 60000);

    [[nodiscard]] qint64 pid() const { return m_process.processId(); }
    /// All of it until now.
    [[nodiscard]] QString standardError();

private:
    QProcess m_process;
    QByteArray m_standardError;
};

/// Runs a program to its end.
struct Finished
{
    int exitCode = 0; ///< -1 crashed, -2 did not end
    QByteArray out;
    QByteArray err;
};
[[nodiscard]] Finished
runToEnd(const QString& program, const QStringList& arguments, int milliseconds = 60000,
         const QProcessEnvironment& environment = QProcessEnvironment::systemEnvironment());

/// A Python that can import NumPy and Pillow; the first one in PATH may be a private build that cannot.
[[nodiscard]] QString pythonWithNumpy();

/// One that can import OpenCV too.
[[nodiscard]] QString pythonWithOpenCv();

} // namespace shmpix::test
