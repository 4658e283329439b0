#pragma once

#include "tests/support/peerprocess.h"

#include <QImage>
#include <QJsonObject>

#include <memory>

/// In a test function: fails with what is different.
#define COMPARE_PICTURES(actual, wanted)                                                                     \
    QVERIFY2(shmpix::test::samePixels(actual, wanted), qPrintable(shmpix::test::difference(actual, wanted)))

namespace shmpix::test {

/// A program that uses one of the kits: a request a line, its words separated by tabs, answered by a line
/// that begins with "ok" or "error" (tests/interop/peers).
class KitPeer : public PeerProcess
{
public:
    using PeerProcess::PeerProcess;

    /// The answer; what stands on standard error when there is none.
    [[nodiscard]] QString ask(const QStringList& words);
};

/// A sender that shares while this lives, and what it says about the share.
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

/// The picture at an address, by the built receiver; null, and its message in `error`, when it fails. The
/// layout is for plain pixels and may be empty.
[[nodiscard]] QImage received(const QString& address, const QString& layout, QByteArray& error);

[[nodiscard]] QString pythonKitFolder();

/// Whether NumPy, Pillow and OpenCV can be imported.
enum class Packages { Installed, Hidden };

/// A program that uses the Python kit: tests/interop/peers/pythonkit.py.
[[nodiscard]] std::unique_ptr<KitPeer> startPythonKit(Packages packages = Packages::Installed);

/// A C# program, run by Mono, perhaps by way of another program such as unshare. Leaves nothing of Mono's in
/// /dev/shm, however it ends.
[[nodiscard]] std::unique_ptr<KitPeer> startMono(const QString& program, const QStringList& before = {});

/// Compiles a C# program; gives what the compiler says against it, nothing when it is made.
[[nodiscard]] QByteArray compileCSharp(const QString& program, const QStringList& arguments);

/// Runs the Python kit as a command.
[[nodiscard]] Finished runPythonKit(const QStringList& arguments);

/// What is left of a picture on its way through a protocol of 8 bits a channel, or through all others.
[[nodiscard]] QImage throughProtocol(const QImage& image, const QString& protocol);

/// The file of a test's picture, made once.
[[nodiscard]] QString fileOfPicture(const QString& name);

/// A new file name in the test's folder.
[[nodiscard]] QString newFile(const QString& ending);

/// A new file in the test's folder that holds some words and no picture.
[[nodiscard]] QString newTextFile();

/// All bytes of a file; none when it cannot be read.
[[nodiscard]] QByteArray bytesOfFile(const QString& path);

/// The file behind an address that is one.
[[nodiscard]] QString pathOfAddress(const QString& address);

} // namespace shmpix::test
