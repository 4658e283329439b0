#include "tests/interop/kitpeer.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"

#include <QDir>
#include <QFileInfo>
#include <QTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace shmpix::test;

/// The C# kit with hostile arguments, bytes and files: every failure must end with a sentence of the kit. The
/// answers are those of tests/interop/peers/CSharpKitFaults.cs.
class tst_CSharpKitFaults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();

    void Z6_savingKeepsWhatIsNoFile();
    void Z6_savingReplacesAFileAndKeepsItsMode();
    void Z6_savingThatFailsKeepsTheFile();
    void Z6_anotherUsersLinkIsNotFollowed();
    void Z8_outputThatIsLostIsAFailure();
    void Z16_theCommandHasASentence_data();
    void Z16_theCommandHasASentence();
    void Z16_badArgumentsEndInASentence();
    void Z16_damagedSegmentsEndInASentence_data();
    void Z16_damagedSegmentsEndInASentence();

private:
    [[nodiscard]] Finished save(const QString& file) const;

    QString m_program;
    QString m_checkedProgram; ///< compiled so that an arithmetic overflow throws an exception
    QString m_command;
};

namespace {

constexpr uid_t nobody = 65534;
const QString ok = QStringLiteral("ok ");
const QString goldenPicture = QStringLiteral(SHMPIX_SOURCE "/tests/data/golden/0.1.0/bmp.bin");

bool isSentence(const QByteArray& error)
{
    return error.startsWith("shmpix: ") && error.endsWith(".\n") && error.count('\n') == 1;
}

} // namespace

void tst_CSharpKitFaults::initTestCase()
{
    m_program = temporaryFolder() + QLatin1String("/CSharpKitFaults.exe");
    m_checkedProgram = temporaryFolder() + QLatin1String("/CSharpKitFaultsChecked.exe");
    m_command = temporaryFolder() + QLatin1String("/Shmpix.exe");
    const QString kit = QStringLiteral(SHMPIX_SOURCE "/interop/csharp/Shmpix.cs");
    const QStringList sources{kit, QStringLiteral(SHMPIX_SOURCE "/tests/interop/peers/CSharpKitFaults.cs")};
    QCOMPARE(compileCSharp(m_program, sources), QByteArray());
    QCOMPARE(compileCSharp(m_checkedProgram, QStringList{QStringLiteral("-checked+")} + sources),
             QByteArray());
    QCOMPARE(compileCSharp(m_command, {QStringLiteral("-define:SHMPIX_MAIN"), kit}), QByteArray());
}

/// Saves a small picture with the kit's command.
Finished tst_CSharpKitFaults::save(const QString& file) const
{
    return runToEnd(QStringLiteral("mono"),
                    {m_command, QStringLiteral("save"), QStringLiteral("file:") + goldenPicture, file});
}

void tst_CSharpKitFaults::Z6_savingKeepsWhatIsNoFile()
{
    QCOMPARE(save(QStringLiteral("/dev/null")).exitCode, 0);
    QVERIFY(!QFileInfo(QStringLiteral("/dev/null")).isFile());
    const QString pipe = newFile(QStringLiteral(".pipe"));
    QCOMPARE(::mkfifo(qPrintable(pipe), 0600), 0);
    const int reader = ::open(qPrintable(pipe), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    QVERIFY(reader >= 0);
    QCOMPARE(save(pipe).exitCode, 0);
    QByteArray bytes(4096, '\0');
    bytes.truncate(static_cast<int>(::read(reader, bytes.data(), static_cast<size_t>(bytes.size()))));
    ::close(reader);
    QVERIFY(bytes.startsWith("BM"));
    struct stat status = {};
    QVERIFY(::lstat(qPrintable(pipe), &status) == 0 && S_ISFIFO(status.st_mode));
}

void tst_CSharpKitFaults::Z6_savingReplacesAFileAndKeepsItsMode()
{
    const QString folder = newFolder();
    const QString path = folder + QLatin1String("/saved.bmp");
    QCOMPARE(save(path).exitCode, 0);
    QCOMPARE(::chmod(qPrintable(path), 0640), 0);
    QFile open(path); // a reader of the old file can read it to the end
    QVERIFY(open.open(QIODevice::ReadOnly));
    const QByteArray old = open.read(10);
    QCOMPARE(save(path).exitCode, 0);
    struct stat named = {};
    struct stat opened = {};
    QVERIFY(::stat(qPrintable(path), &named) == 0 && ::fstat(open.handle(), &opened) == 0);
    QVERIFY(named.st_ino != opened.st_ino);
    QCOMPARE(named.st_mode & 07777, 0640U);
    QCOMPARE(QDir(folder).entryList(QDir::Files | QDir::Hidden), QStringList(QStringLiteral("saved.bmp")));
}

void tst_CSharpKitFaults::Z6_savingThatFailsKeepsTheFile()
{
    const Finished full = save(QStringLiteral("/dev/full"));
    QCOMPARE(full.exitCode, 6);
    QVERIFY2(isSentence(full.err) && full.err.contains("/dev/full"), full.err.constData());

    const QString folder = newFolder();
    const QString path = folder + QLatin1String("/saved.bmp");
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("old") == 3);
    file.close();
    const Finished limited = runToEnd( // without the signal, which would kill the program
        QStringLiteral("sh"),
        {QStringLiteral("-c"), QStringLiteral("trap '' XFSZ; ulimit -f 0; exec \"$@\""), QStringLiteral("sh"),
         QStringLiteral("env"), QStringLiteral("MONO_DISABLE_SHARED_AREA=1"), QStringLiteral("mono"),
         m_command, QStringLiteral("save"), QStringLiteral("file:") + goldenPicture, path});
    QCOMPARE(limited.exitCode, 6);
    QVERIFY2(isSentence(limited.err) && limited.err.contains(path.toUtf8()), limited.err.constData());
    QCOMPARE(bytesOfFile(path), QByteArrayLiteral("old"));
    QCOMPARE(QDir(folder).entryList(QDir::Files | QDir::Hidden), QStringList(QStringLiteral("saved.bmp")));
}

void tst_CSharpKitFaults::Z6_anotherUsersLinkIsNotFollowed()
{
    const QString folder = newFolder();
    const QString mine = newTextFile();
    const QByteArray before = bytesOfFile(mine);
    const QString link = folder + QLatin1String("/link.bmp");
    QVERIFY(QFile::link(mine, link));
    const bool isAnothers = ::geteuid() == 0;
    QVERIFY(!isAnothers || ::lchown(qPrintable(link), nobody, nobody) == 0);
    QCOMPARE(::chmod(qPrintable(folder), 01777), 0);
    const Finished finished = save(link);
    QCOMPARE(finished.exitCode, isAnothers ? 4 : 0); // the user's own links are followed
    QVERIFY(!isAnothers || (isSentence(finished.err) && finished.err.contains("user nobody")));
    QCOMPARE(bytesOfFile(mine) == before, isAnothers);
    QVERIFY(QFileInfo(link).isSymLink());
}

void tst_CSharpKitFaults::Z8_outputThatIsLostIsAFailure()
{
    const Finished finished = runToEnd(
        QStringLiteral("sh"), {QStringLiteral("-c"), QStringLiteral("exec mono \"$@\" > /dev/full"),
                               QStringLiteral("sh"), m_command, QStringLiteral("save"),
                               QStringLiteral("file:") + goldenPicture, newFile(QStringLiteral(".bmp"))});
    QCOMPARE(finished.exitCode, 6);
    QVERIFY2(isSentence(finished.err), finished.err.constData());
}

void tst_CSharpKitFaults::Z16_theCommandHasASentence_data()
{
    QTest::addColumn<QStringList>("words");
    const QString folder = newFolder();
    const QString segment = QStringLiteral("file:") + goldenPicture;
    const auto row = [](const char* name, const QStringList& words) { QTest::newRow(name) << words; };
    row("no name to save as", {QStringLiteral("save"), segment, QString()});
    row("a folder to save as", {QStringLiteral("save"), segment, folder});
    row("a folder that is not there", {QStringLiteral("save"), segment, folder + QLatin1String("/a/b")});
    row("no key", {QStringLiteral("save"), QString(), folder + QLatin1String("/x")});
    row("no name to share",
        {QStringLiteral("share"), QStringLiteral("file:") + folder + QLatin1String("/x"), QString()});
    row("a folder to share",
        {QStringLiteral("share"), QStringLiteral("file:") + folder + QLatin1String("/x"), folder});
    row("no mode", {QStringLiteral("share"), QStringLiteral("file:") + folder + QLatin1String("/x"),
                    goldenPicture, QStringLiteral("--mode"), QStringLiteral("rw")});
    row("no group", {QStringLiteral("share"), QStringLiteral("file:") + folder + QLatin1String("/x"),
                     goldenPicture, QStringLiteral("--group"), QStringLiteral("no such group")});
}

void tst_CSharpKitFaults::Z16_theCommandHasASentence()
{
    QFETCH(QStringList, words);
    const Finished finished = runToEnd(QStringLiteral("mono"), QStringList(m_command) + words);
    QVERIFY(finished.exitCode > 1);
    QVERIFY2(isSentence(finished.err), finished.err.constData());
}

void tst_CSharpKitFaults::Z16_badArgumentsEndInASentence()
{
    for (const QString& program : {m_program, m_checkedProgram}) {
        const auto peer = startMono(program);
        peer->writeLine(QStringLiteral("bad"));
        QCOMPARE(peer->readLine(60000), ok);
    }
}

void tst_CSharpKitFaults::Z16_damagedSegmentsEndInASentence_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("layout");
    const QDir golden(QStringLiteral(SHMPIX_SOURCE "/tests/data/golden"));
    for (const char* name : {"bmp", "bmp-palette", "bmp-alpha", "rawsize", "rawsize-wide", "pixels"}) {
        const QString file = golden.filePath(QStringLiteral("0.1.0/") + QLatin1String(name));
        const QString layout = QString::fromUtf8(bytesOfFile(file + QLatin1String(".layout"))).trimmed();
        QTest::newRow(name) << file + QLatin1String(".bin") << layout;
    }
    for (const char* name : {"open", "features", "later-minor"}) {
        QTest::addRow("live %s", name)
            << golden.filePath(QStringLiteral("live-1.0/%1.bin").arg(QLatin1String(name))) << QString();
    }
}

void tst_CSharpKitFaults::Z16_damagedSegmentsEndInASentence()
{
    QFETCH(QString, file);
    QFETCH(QString, layout);
    const bool isLive = layout.isNull() && file.contains(QLatin1String("live"));
    for (const QString& program : {m_program, m_checkedProgram}) {
        const auto peer = startMono(program);
        peer->writeLine(QStringList{QStringLiteral("damage"), file, layout, QStringLiteral("20261127"),
                                    isLive ? QStringLiteral("20") : QStringLiteral("200")}
                            .join(QLatin1Char('\t')));
        QCOMPARE(peer->readLine(60000), ok);
    }
}

int tst_csharpkitfaults(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, tst_CSharpKitFaults>(argc, argv);
}

#include "tst_csharpkitfaults.moc"
