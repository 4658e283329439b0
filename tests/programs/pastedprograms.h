#pragma once

#include "common/channel/snippets.h"
#include "tests/support/peerprocess.h"

#include <QHash>
#include <QStringList>

#include <memory>

namespace shmpix::test {

/// The code that the key doctor offers, as programs that run. The compilers run once for all of them, and all
/// Python runs in one interpreter, so that each takes some milliseconds. Used on one thread.
class PastedPrograms
{
public:
    /// A program that was started.
    class Run
    {
    public:
        /// The line in which it says what it did; null when it ended or nothing came in time.
        [[nodiscard]] QString waitForLine(const QString& start) { return m_process->waitForLine(start); }
        /// Enter, which ends a program that shares.
        void pressEnter() { m_process->writeLine({}); }
        /// Waits for its end. Gives its exit code, another number when it did not end.
        [[nodiscard]] int exitCode();
        [[nodiscard]] QString standardError() { return m_process->standardError(); }

    private:
        friend class PastedPrograms;
        std::shared_ptr<PeerProcess> m_process;
        bool m_isFork = false; ///< of the interpreter, which tells of its end
    };

    /// Adds a program before make() and gives its number.
    [[nodiscard]] int add(const Snippet& snippet);

    /// Writes all of them into a folder and compiles them. Gives what the compilers say, nothing when all is
    /// well.
    [[nodiscard]] QByteArray make(const QString& folder);

    [[nodiscard]] Run start(int number, const QStringList& arguments);

    /// Ends the interpreter with what runs in it: after a failure, so that the next program finds a new one.
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
