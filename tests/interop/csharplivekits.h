#pragma once

#include "tests/interop/kitpeer.h"

#include <QFile>

#include <memory>

namespace shmpix::test {

/// The C# kit in a program that writes live frames and in another one that reads them. The answers are those
/// of tests/interop/peers/CSharpKit.cs.
class CSharpLiveKits
{
public:
    /// Compiles and starts the programs. Fails with a sentence.
    [[nodiscard]] QString start();

    /// Ends the programs. Whether both ended without an error.
    [[nodiscard]] bool stop();

    /// Writes frames with the layout. Each frame is the pattern of its number, for which "#" stands in the
    /// text.
    [[nodiscard]] QString frames(const QString& key, const QString& layout, int number, int count = 1,
                                 const QString& text = QStringLiteral("#"), bool checksums = false);

    /// Returns the newest frame that was not read yet.
    [[nodiscard]] QString frame(const QString& key, int milliseconds = 10000);

    /// Closes the writer or the reader of a key.
    [[nodiscard]] QString end(const QString& key);
    QString leave(const QString& key);

    /// Returns another program, which start() does not start.
    [[nodiscard]] std::unique_ptr<KitPeer> another() const;

    [[nodiscard]] KitPeer& writer() { return *m_writer; }
    [[nodiscard]] KitPeer& reader() { return *m_reader; }

private:
    QString m_program;
    std::unique_ptr<KitPeer> m_writer;
    std::unique_ptr<KitPeer> m_reader;
};

/// The program at the other end: our library (tests/peers/livepeer.cpp) or the Python kit
/// (tests/interop/peers/livepython.py). Both print the same lines.
enum class Other { Library, PythonKit };

/// This object ends the program, so that it removes its segments.
class OtherWriter : public PeerProcess
{
public:
    OtherWriter(const QString& key, double fps, const QStringList& layouts, Other who = Other::Library);
    ~OtherWriter();
};

[[nodiscard]] std::unique_ptr<PeerProcess> otherReader(const QString& key, int count,
                                                       Other who = Other::Library);

/// Returns the file of a key that is a plain name.
[[nodiscard]] QString pathOf(const QString& key);

/// Offsets in a ring that the tests look at.
constexpr qint64 flagsAt = 104;
constexpr qint64 stateAt = 128;
constexpr qint64 wakeAt = 132;

/// Returns a number of four bytes in a file, or all ones if the file does not contain it.
[[nodiscard]] quint32 numberAt(QFile& file, qint64 at);

} // namespace shmpix::test
