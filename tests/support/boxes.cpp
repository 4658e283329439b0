#include "tests/support/boxes.h"

#include <unistd.h>

namespace shmpix::test {

namespace {

/// Runs in a separate mount namespace, so that the machine sees nothing of the mount.
Finished runMounted(const QString& options, const QString& folder, const QString& program,
                    const QStringList& arguments)
{
    QStringList words = {QStringLiteral("--mount")};
    if (::geteuid() != 0) {
        words += {QStringLiteral("--user"), QStringLiteral("--map-root-user")};
    }
    words +=
        {QStringLiteral("sh"), QStringLiteral("-c"),
         QStringLiteral("mount -t tmpfs -o %1 tmpfs \"$0\" && exec \"$@\"").arg(options), folder, program};
    return runToEnd(QStringLiteral("unshare"), words + arguments);
}

} // namespace

Finished runAfter(const QString& shell, const QString& program, const QStringList& arguments)
{
    const QStringList words = {QStringLiteral("-c"), shell + QStringLiteral("; exec \"$@\""),
                               QStringLiteral("sh"), program};
    return runToEnd(QStringLiteral("bash"), words + arguments);
}

Finished runBoxed(Box box, const QString& folder, const QString& program, const QStringList& arguments)
{
    switch (box) {
    case Box::OtherUser:
        if (::geteuid() == 0) {
            const QStringList words = {QStringLiteral("--reuid"),        QStringLiteral("65534"),
                                       QStringLiteral("--regid"),        QStringLiteral("65534"),
                                       QStringLiteral("--clear-groups"), program};
            return runToEnd(QStringLiteral("setpriv"), words + arguments);
        }
        break;
    case Box::ReadOnly:
        return runMounted(QStringLiteral("ro"), folder, program, arguments);
    case Box::Full:
        return runMounted(QStringLiteral("size=16k"), folder, program, arguments);
    case Box::SmallFiles:
        return runAfter(QStringLiteral("ulimit -f 4"), program, arguments);
    case Box::RemovedFolder:
        return runAfter(
            QStringLiteral("mkdir '%1/removed' && cd '%1/removed' && rmdir '%1/removed'").arg(folder),
            program, arguments);
    case Box::None:
        break;
    }
    return runToEnd(program, arguments);
}

} // namespace shmpix::test
