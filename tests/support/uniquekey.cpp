#include "tests/support/uniquekey.h"

#include <QCoreApplication>
#include <QDir>
#include <QTemporaryDir>

#include <atomic>

namespace shmpix::test {

QString uniqueName()
{
    static std::atomic<int> count = 0;
    return QStringLiteral("shmpix-test-%1-%2").arg(QCoreApplication::applicationPid()).arg(++count);
}

QString temporaryFolder()
{
    static const QTemporaryDir folder;
    return folder.path();
}

QString newFolder()
{
    const QString path = temporaryFolder() + QLatin1Char('/') + uniqueName();
    QDir().mkpath(path);
    return path;
}

QString uniqueAddress(const QString& scheme)
{
    const QString name = uniqueName();
    if (scheme == QLatin1String("posix")) {
        return QStringLiteral("posix:/") + name;
    }
    if (scheme == QLatin1String("qt")) {
        return QStringLiteral("qt:") + name;
    }
    return scheme + QLatin1Char(':') + temporaryFolder() + QLatin1Char('/') + name;
}

} // namespace shmpix::test
