#pragma once

#include "tests/interop/kitpeer.h"

#include <QFile>

#include <memory>

namespace shmpix::test {

/// The kit of C# as a program that writes live frames and as another that reads them; answers are those of
/// tests/interop/peers/CSharpKit.cs.
class CSharpLiveKits
{
public:
    /// Compiles and starts them. Fails with a sentence.
    [[nodiscard]] QString start();

    /// Ends them; whether both ended well.
    [[nodiscard]] bool stop();

    /// Writes frames of that layout, each the pattern of its number; "#" is the number.
    [[nodiscard]] QString frames(const QString& key, const QString& layout, int number, int count = 1,
                                 const QString& text = QStringLiteral("#"), bool checksums = false);

    /// The newest frame that was not read yet.
    [[nodiscard]] QString frame(const QString& key, int milliseconds = 10000);

    /// Ends the writing under a key, or the reading.
    [[nodiscard]] QString end(const QString& key);
    QString leave(const QString& key);

    /// One more, not started by start().
    [[nodiscard]] std::unique_ptr<KitPeer> another() const;

    [[nodiscard]] KitPeer& writer() { return *m_writer; }
    [[nodiscard]] KitPeer& reader() { return *m_reader; }

private:
    QString m_program;
    std::unique_ptr<KitPeer> m_writer;
    std::unique_ptr<KitPeer> m_reader;
};

/// Who is at the other end: our own library (tests/peers/livepeer.cpp), or the Python kit
/// (tests/interop/peers/livepython.py), which print the same lines.
enum class Other { Library, PythonKit };

/// Ended with this object, so that it removes what it shared.
class OtherWriter : public PeerProcess
{
public:
    OtherWriter(const QString& key, double fps, const QStringList& layouts, Other who = Other::Library);
    ~OtherWriter();
};

[[nodiscard]] std::unique_ptr<PeerProcess> otherReader(const QString& key, int count,
                                                       Other who = Other::Library);

/// The file of a key that is a plain name.
[[nodiscard]] QString pathOf(const QString& key);

/// Where a ring has what the tests look at.
constexpr qint64 flagsAt = 104;
constexpr qint64 stateAt = 128;
constexpr qint64 wakeAt = 132;

/// A number of four bytes in a file; all ones when there is none.
[[nodiscard]] quint32 numberAt(QFile& file, qint64 at);

} // namespace shmpix::test
