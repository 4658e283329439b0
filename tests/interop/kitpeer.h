#pragma once

#include "tests/support/peerprocess.h"

#include <QImage>
#include <QJsonObject>

#include <memory>

/// For test functions: fails and describes the difference.
#define COMPARE_PICTURES(actual, wanted)                                                                     \
    QVERIFY2(shmpix::test::samePixels(actual, wanted), qPrintable(shmpix::test::difference(actual, wanted)))

namespace shmpix::test {

/// A program that uses one of the kits. Each request is a line of words separated by tabs. The answer is a
/// line that begins with "ok" or "error" (tests/interop/peers).
class KitPeer : public PeerProcess
{
public:
    using PeerProcess::PeerProcess;

    /// Returns the answer, or the text on standard error if there is none.
    [[nodiscard]] QString ask(const QStringList& words);
};

/// A sender that shares during the lifetime of this object, and its message about the shared segment.
class JsonSender
{
public:
    explicit JsonSender(const QStringList& arguments);
    ~JsonSender();

    [[nodiscard]] QString field(const QString& name) const { return m_report.value(name).toString(); }
    [[nodiscard]] bool shares() const { return !m_report.isEmpty(); }
    [[nodiscard]] QString standardError() { return m_process.standardError(); }

private:
    PeerProcess m_process;
    QJsonObject m_report;
};

/// Loads the picture at an address with the built receiver. If this fails, returns null and puts the
/// receiver's message into `error`. The layout is for plain pixels and may be empty.
[[nodiscard]] QImage received(const QString& address, const QString& layout, QByteArray& error);

[[nodiscard]] QString pythonKitFolder();

/// Whether NumPy, Pillow and OpenCV can be imported.
enum class Packages { Installed, Hidden };

/// A program that uses the Python kit: tests/interop/peers/pythonkit.py.
[[nodiscard]] std::unique_ptr<KitPeer> startPythonKit(Packages packages = Packages::Installed);

/// A C# program, run by Mono and optionally through another program such as unshare. However it ends, no file
/// of Mono stays in /dev/shm.
[[nodiscard]] std::unique_ptr<KitPeer> startMono(const QString& program, const QStringList& before = {});

/// Compiles a C# program. Returns the error messages of the compiler, or nothing on success.
[[nodiscard]] QByteArray compileCSharp(const QString& program, const QStringList& arguments);

/// Runs the Python kit as a command.
[[nodiscard]] Finished runPythonKit(const QStringList& arguments);

/// Returns the picture after its way through a protocol with 8 bits per channel, or through the others.
[[nodiscard]] QImage throughProtocol(const QImage& image, const QString& protocol);

/// Returns the file of a test picture, which is written only once.
[[nodiscard]] QString fileOfPicture(const QString& name);

/// Returns a new file name in the folder of the test.
[[nodiscard]] QString newFile(const QString& ending);

/// Writes a new file with some words instead of a picture into the folder of the test.
[[nodiscard]] QString newTextFile();

/// Returns all bytes of a file, or none if it cannot be read.
[[nodiscard]] QByteArray bytesOfFile(const QString& path);

/// Returns the path of a file address.
[[nodiscard]] QString pathOfAddress(const QString& address);

} // namespace shmpix::test
