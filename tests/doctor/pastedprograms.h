#pragma once

#include "common/doctor/snippets.h"
#include "tests/support/peerprocess.h"

#include <QHash>
#include <QStringList>

#include <memory>

namespace shmpix::test {

/// Runs the code that the key doctor offers. Each compiler runs once for all programs, and all Python
/// programs run in one interpreter, so that each takes a few milliseconds. Used on one thread.
class PastedPrograms
{
public:
    /// A running program.
    class Run
    {
    public:
        /// Returns the line in which the program reports what it did; null if it ended or printed nothing in
        /// time.
        [[nodiscard]] QString waitForLine(const QString& start) { return m_process->waitForLine(start); }
        /// Presses Enter, which ends a program that shares.
        void pressEnter() { m_process->writeLine({}); }
        /// Waits for the program to end. Returns its exit code, or another number if it did not end.
        [[nodiscard]] int exitCode();
        [[nodiscard]] QString standardError() { return m_process->standardError(); }

    private:
        friend class PastedPrograms;
        std::shared_ptr<PeerProcess> m_process;
        bool m_isFork = false; ///< a fork of the interpreter, which reports the end
    };

    /// Adds a program and returns its number. Must be called before make().
    [[nodiscard]] int add(const Snippet& snippet);

    /// Writes all programs into a folder and compiles them. Returns the error messages of the compilers, or
    /// nothing on success.
    [[nodiscard]] QByteArray make(const QString& folder);

    [[nodiscard]] Run start(int number, const QStringList& arguments);

    /// Ends the interpreter and its programs after a failure, so that the next program starts a new one.
    void reset() { m_python.reset(); }

private:
    enum class Language { Cpp, CSharp, Python };
    struct Program
    {
        Language language;
        QString code;
    };

    [[nodiscard]] static Language languageOf(Peer peer);
    [[nodiscard]] QByteArray makePython();
    [[nodiscard]] QByteArray makeCSharp();
    [[nodiscard]] QByteArray makeCpp();
    [[nodiscard]] QString scriptOf(int number) const;

    QString m_folder;
    std::vector<Program> m_programs;
    std::shared_ptr<PeerProcess> m_python;
};

} // namespace shmpix::test
