#include "common/base/writeall.h"
#include "tests/support/runtest.h"

#include <QTest>

#include <array>
#include <cerrno>
#include <cstddef>
#include <span>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace shmpix;

namespace {

/// From now on, write() in this process writes nothing and does not report a failure.
bool takeNothing()
{
    std::array<sock_filter, 4> program = {{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                                           BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_write, 0, 1),
                                           BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO),
                                           BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)}};
    const sock_fprog filter = {static_cast<unsigned short>(program.size()), program.data()};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

} // namespace

class TestWriteAll : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void Z7_aWriteThatTakesNothingIsAFailure();
};

void TestWriteAll::Z7_aWriteThatTakesNothingIsAFailure()
{
    const pid_t child = ::fork();
    if (child == 0) {
        ::alarm(10);
        const std::array<std::byte, 3> bytes = {};
        ::_exit(takeNothing() ? writeAll(STDOUT_FILENO, bytes) : -1);
    }
    int status = 0;
    QCOMPARE(::waitpid(child, &status, 0), child);
    QVERIFY2(WIFEXITED(status), "it tried for ever");
    QCOMPARE(WEXITSTATUS(status), EIO);
}

int tst_writeall(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestWriteAll>(argc, argv);
}

#include "tst_writeall.moc"
