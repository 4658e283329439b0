#include "tests/support/peerprocess.h"

#include <QDeadlineTimer>
#include <QStandardPaths>

namespace shmpix::test {

PeerProcess::PeerProcess(const QString& program, const QStringList& arguments,
                         const QProcessEnvironment& environment)
{
    m_process.setProcessEnvironment(environment);
    m_process.start(program, arguments);
    m_process.waitForStarted();
}

PeerProcess::~PeerProcess()
{
    kill();
}

QString PeerProcess::readLine(int milliseconds)
{
    const QDeadlineTimer deadline(milliseconds);
    m_process.setReadChannel(QProcess::StandardOutput);
    while (!m_process.canReadLine()) {
        if (!m_process.waitForReadyRead(static_cast<int>(deadline.remainingTime())) &&
            !m_process.canReadLine()) {
            return {};
        }
    }
    return QString::fromUtf8(m_process.readLine()).chopped(1);
}

QString PeerProcess::waitForLine(const QString& start, int milliseconds)
{
    const QDeadlineTimer deadline(milliseconds);
    for (;;) {
        const QString line = readLine(static_cast<int>(deadline.remainingTime()));
        if (line.isNull() || line.startsWith(start)) {
            return line;
        }
    }
}

void PeerProcess::writeLine(const QString& line)
{
    write(line.toUtf8() + '\n');
}

void PeerProcess::write(const QByteArray& bytes)
{
    m_process.write(bytes);
    while (m_process.bytesToWrite() > 0 && m_process.waitForBytesWritten()) {
    }
}

void PeerProcess::kill()
{
    if (m_process.state() != QProcess::NotRunning) {
        m_process.kill();
        m_process.waitForFinished();
    }
}

int PeerProcess::exitCode(int milliseconds)
{
    if (m_process.state() != QProcess::NotRunning && !m_process.waitForFinished(milliseconds)) {
        return -2;
    }
    return m_process.exitStatus() == QProcess::NormalExit ? m_process.exitCode() : -1;
}

QString PeerProcess::standardError()
{
    m_standardError += m_process.readAllStandardError();
    return QString::fromUtf8(m_standardError);
}

Finished runToEnd(const QString& program, const QStringList& arguments, int milliseconds,
                  const QProcessEnvironment& environment)
{
    QProcess process;
    process.setProcessEnvironment(environment);
    process.start(program, arguments);
    if (!process.waitForFinished(milliseconds)) {
        process.kill();
        process.waitForFinished();
        return {-2, process.readAllStandardOutput(), process.readAllStandardError()};
    }
    const int code = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
    return {code, process.readAllStandardOutput(), process.readAllStandardError()};
}

namespace {

QString pythonWith(const QString& modules)
{
    for (const QString& candidate : {QStringLiteral("python3"), QStringLiteral("/usr/bin/python3")}) {
        const QString path = QStandardPaths::findExecutable(candidate);
        if (!path.isEmpty() &&
            runToEnd(path, {QStringLiteral("-c"), QStringLiteral("import ") + modules}).exitCode == 0) {
            return path;
        }
    }
    return {};
}

} // namespace

QString pythonWithNumpy()
{
    static const QString found = pythonWith(QStringLiteral("numpy, PIL"));
    return found;
}

QString pythonWithOpenCv()
{
    static const QString found = pythonWith(QStringLiteral("numpy, PIL, cv2"));
    return found;
}

} // namespace shmpix::test
