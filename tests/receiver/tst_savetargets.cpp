#include "tests/support/boxes.h"
#include "tests/support/pictures.h"
#include "tests/support/programs.h"
#include "tests/support/runtest.h"
#include "tests/support/sleeps.h"
#include "tests/support/uniquekey.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <array>
#include <cstdlib>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <termios.h>
#include <unistd.h>

using namespace shmpix::test;

namespace {

/// One end of an object that a picture is written into. This object closes it.
class OtherEnd
{
public:
    explicit OtherEnd(int fd)
        : m_fd(fd)
    {
    }
    ~OtherEnd() { ::close(m_fd); }
    OtherEnd(const OtherEnd&) = delete;
    OtherEnd& operator=(const OtherEnd&) = delete;

    [[nodiscard]] int get() const { return m_fd; }

    /// Returns the bytes received so far.
    [[nodiscard]] QByteArray readAll() const
    {
        QByteArray all;
        std::array<char, 65536> bytes;
        for (;;) {
            const auto count = ::read(m_fd, bytes.data(), bytes.size());
            if (count <= 0) {
                return all;
            }
            all.append(bytes.data(), count);
        }
    }

private:
    int m_fd;
};

QString text(const char* utf8)
{
    return QString::fromUtf8(utf8);
}

mode_t kindOf(const QString& path)
{
    struct stat status = {};
    return ::lstat(qPrintable(path), &status) == 0 ? status.st_mode & S_IFMT : 0;
}

/// The name of a terminal to which programs write; empty if no terminal is available.
QString rawTerminal(int master)
{
    std::array<char, 64> name = {};
    termios settings = {};
    if (::grantpt(master) != 0 || ::unlockpt(master) != 0 ||
        ::ptsname_r(master, name.data(), name.size()) != 0 || ::tcgetattr(master, &settings) != 0) {
        return {};
    }
    ::cfmakeraw(&settings);
    return ::tcsetattr(master, TCSANOW, &settings) == 0 ? QString::fromLatin1(name.data()) : QString();
}

QByteArray contentOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

bool writeFile(const QString& path, const QByteArray& bytes)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
}

QStringList namesIn(const QString& folder)
{
    return QDir(folder).entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot);
}

} // namespace

/// Where --save puts a picture: regular files are replaced, everything else is written into or refused.
class TestSaveTargets : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_picture = photo(24, 16);
        const QString file = temporaryFolder() + text("/small.png");
        QVERIFY(m_picture.save(file));
        m_key = uniqueName();
        m_sender = std::make_unique<HeadlessSender>(QStringList{text("--key"), m_key, file});
        QVERIFY(!m_sender->waitForLine(text("shared ")).isNull());
    }

    void init() { m_folder = newFolder(); }

    void Z6_savingToADeviceWritesIntoIt_data() { addRuns(); }

    void Z6_savingToADeviceWritesIntoIt()
    {
        QFETCH(QStringList, words);
        const OtherEnd master(::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
        const QString terminal = rawTerminal(master.get());
        QVERIFY2(!terminal.isEmpty(), "there is no pseudo-terminal here");
        const OtherEnd keptOpen(::open(qPrintable(terminal), O_RDWR | O_NOCTTY | O_CLOEXEC));
        const Finished done = save(terminal, words);
        QVERIFY2(done.exitCode == 0, done.err.constData());
        QCOMPARE(kindOf(terminal), mode_t(S_IFCHR));
        comparePicture(master.readAll());
    }

    /// If root saved to it by replacement, the device would be gone.
    void Z6_aDeviceThatTakesEverythingStays_data() { addRuns(); }

    void Z6_aDeviceThatTakesEverythingStays()
    {
        QFETCH(QStringList, words);
        const QString device = m_folder + text("/null");
        if (::mknod(qPrintable(device), S_IFCHR | 0666, makedev(1, 3)) != 0) {
            QVERIFY2(::geteuid() != 0, "root may make no device here");
            QVERIFY(QFile::link(text("/dev/null"), device)); // only root could replace it
        }
        const mode_t before = kindOf(device);
        const Finished done = save(device, words);
        QVERIFY2(done.exitCode == 0, done.err.constData());
        QCOMPARE(kindOf(device), before);
        QCOMPARE(namesIn(m_folder), QStringList{text("null")});
    }

    void Z6_savingToAPipeGivesItsReaderThePicture_data() { addRuns(); }

    void Z6_savingToAPipeGivesItsReaderThePicture()
    {
        QFETCH(QStringList, words);
        const QString pipe = m_folder + text("/pipe");
        const QString link = m_folder + text("/link");
        QVERIFY(::mkfifo(qPrintable(pipe), 0600) == 0 && QFile::link(text("pipe"), link));
        for (const QString& path : {pipe, link}) {
            const OtherEnd reader(::open(qPrintable(pipe), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
            const Finished done = save(path, words);
            QVERIFY2(done.exitCode == 0, done.err.constData());
            QCOMPARE(kindOf(pipe), mode_t(S_IFIFO));
            comparePicture(reader.readAll());
        }
    }

    void Z6_aPipeThatNobodyReadsIsRefused_data() { addRuns(); }

    void Z6_aPipeThatNobodyReadsIsRefused()
    {
        QFETCH(QStringList, words);
        const QString pipe = m_folder + text("/pipe");
        QVERIFY(::mkfifo(qPrintable(pipe), 0600) == 0);
        const Finished done = save(pipe, words);
        QCOMPARE(done.exitCode, 7);
        QCOMPARE(done.err.count('\n'), 1);
        QVERIFY2(done.err.contains("no program reads"), done.err.constData());
        QCOMPARE(kindOf(pipe), mode_t(S_IFIFO));
    }

    void Z6_aReaderOfAPipeIsWaitedForAsLongAsThereIsTime_data() { addRuns(); }

    void Z6_aReaderOfAPipeIsWaitedForAsLongAsThereIsTime()
    {
        QFETCH(QStringList, words);
        const QString pipe = m_folder + text("/pipe");
        QVERIFY(::mkfifo(qPrintable(pipe), 0600) == 0);
        PeerProcess receiver(text(SHMPIX_BIN "/shmpix-receiver"),
                             QStringList{text("--headless"), text("--key"), m_key, text("--timeout"),
                                         text("600"), text("--save"), pipe} +
                                 words);
        QTRY_VERIFY_WITH_TIMEOUT(sleepsOf(receiver) > sleepsOfOneThatWaits, 30000);
        const OtherEnd reader(::open(qPrintable(pipe), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
        QCOMPARE(receiver.exitCode(), 0);
        comparePicture(reader.readAll());
    }

    void Z6_aReaderThatEndsIsAFailure()
    {
        const QString pipe = m_folder + text("/pipe.bmp");
        QVERIFY(::mkfifo(qPrintable(pipe), 0600) == 0);
        const QString large = temporaryFolder() + text("/large.png"); // more than a pipe holds
        QVERIFY(photo(640, 480).save(large));
        PeerProcess receiver(text(SHMPIX_BIN "/shmpix-receiver"),
                             {text("--headless"), text("--key"), text("file:") + large, text("--timeout"),
                              text("600"), text("--save"), pipe});
        {
            const OtherEnd reader(::open(qPrintable(pipe), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
            std::array<char, 16> start = {};
            QTRY_VERIFY(::read(reader.get(), start.data(), start.size()) > 0);
        }
        QCOMPARE(receiver.exitCode(), 6);
        QVERIFY2(receiver.standardError().contains(text("ended before it had read everything")),
                 qPrintable(receiver.standardError()));
    }

    void Z6_standardOutputHasThePictureAndNothingElse_data() { addRuns(); }

    void Z6_standardOutputHasThePictureAndNothingElse()
    {
        QFETCH(QStringList, words);
        const Finished done = save(text("/dev/stdout"), words);
        QVERIFY2(done.exitCode == 0, done.err.constData());
        comparePicture(done.out);
        const QString file = m_folder + text("/out.png");
        const Finished toFile = runAfter(
            text("exec >'%1'").arg(file), text(SHMPIX_BIN "/shmpix-receiver"),
            QStringList{text("--headless"), text("--key"), m_key, text("--save"), text("/dev/stdout")} +
                words);
        QVERIFY2(toFile.exitCode == 0, toFile.err.constData());
        comparePicture(contentOf(file));
    }

    void Z6_whatTakesNoPictureIsRefusedAndStays_data()
    {
        QTest::addColumn<mode_t>("kind");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("folder") << mode_t(S_IFDIR) << QByteArray("a folder");
        QTest::newRow("socket") << mode_t(S_IFSOCK) << QByteArray("a socket");
        if (::geteuid() == 0) {
            QTest::newRow("disk") << mode_t(S_IFBLK) << QByteArray("a disk");
        }
    }

    void Z6_whatTakesNoPictureIsRefusedAndStays()
    {
        QFETCH(mode_t, kind);
        QFETCH(QByteArray, says);
        const QString path = m_folder + text("/thing");
        if (kind == S_IFDIR) {
            QVERIFY(QDir().mkdir(path));
        } else { // a device number that no disk has
            QCOMPARE(::mknod(qPrintable(path), kind | 0600, makedev(240, 200)), 0);
        }
        const Finished done = save(path);
        QCOMPARE(done.exitCode, 4);
        QCOMPARE(done.err.count('\n'), 1);
        QVERIFY2(done.err.contains(says) && done.err.contains(path.toUtf8()), done.err.constData());
        QCOMPARE(kindOf(path), kind);
        QCOMPARE(namesIn(m_folder), QStringList{text("thing")});
    }

    void Z6_aFileThatIsReplacedKeepsItsModeAndGroup()
    {
        const QString path = m_folder + text("/a.png");
        QVERIFY(writeFile(path, "old"));
        const gid_t group = ::geteuid() == 0 ? 65534 : ::getegid();
        QVERIFY(::chown(qPrintable(path), uid_t(-1), group) == 0 && ::chmod(qPrintable(path), 0640) == 0);
        const Finished done = save(path);
        QVERIFY2(done.exitCode == 0, done.err.constData());
        struct stat status = {};
        QCOMPARE(::stat(qPrintable(path), &status), 0);
        QCOMPARE(status.st_mode & 07777, mode_t(0640));
        QCOMPARE(status.st_gid, group);
        comparePicture(contentOf(path));
        QCOMPARE(namesIn(m_folder), QStringList{text("a.png")});
    }

    void Z6_aNewFileHasTheModeThatTheUserChose()
    {
        const QString path = m_folder + text("/a.png");
        const Finished done = runAfter(text("umask 027"), text(SHMPIX_BIN "/shmpix-receiver"),
                                       {text("--headless"), text("--key"), m_key, text("--save"), path});
        QVERIFY2(done.exitCode == 0, done.err.constData());
        struct stat status = {};
        QCOMPARE(::stat(qPrintable(path), &status), 0);
        QCOMPARE(status.st_mode & 07777, mode_t(0640));
    }

    void Z11_aSavedFileHasTheAccessThatWasAskedFor_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<bool>("isThere");
        QTest::addColumn<mode_t>("mode");
        const QStringList mode{text("--mode"), text("0644")};
        const QStringList group{text("--group"), QString::number(::getegid())};
        for (const bool isThere : {false, true}) {
            const char* before = isThere ? "a file before" : "no file before";
            QTest::addRow("mode, %s", before) << mode << isThere << mode_t(0644);
            QTest::addRow("group, %s", before) << group << isThere << mode_t(0640);
            QTest::addRow("both, %s", before) << mode + group << isThere << mode_t(0644);
            QTest::addRow("with frames, %s", before)
                << QStringList{text("--live"), text("--count"), text("1")} + mode << isThere << mode_t(0644);
        }
    }

    void Z11_aSavedFileHasTheAccessThatWasAskedFor()
    {
        QFETCH(QStringList, words);
        QFETCH(bool, isThere);
        QFETCH(mode_t, mode);
        const QString path = m_folder + text("/a.png");
        QVERIFY(!isThere || (writeFile(path, "old") && ::chmod(qPrintable(path), 0600) == 0));
        const Finished done =
            runAfter(text("umask 077"), text(SHMPIX_BIN "/shmpix-receiver"),
                     QStringList{text("--headless"), text("--key"), m_key, text("--save"), path} + words);
        QVERIFY2(done.exitCode == 0, done.err.constData());
        struct stat status = {};
        QCOMPARE(::stat(qPrintable(path), &status), 0);
        QCOMPARE(status.st_mode & 07777, mode);
        QCOMPARE(status.st_gid, ::getegid());
        comparePicture(contentOf(path));
    }

    void Z6_aLinkOfOnesOwnLeadsToItsFile()
    {
        QVERIFY(QDir(m_folder).mkdir(text("album")));
        const QString target = m_folder + text("/album/real.png");
        const QString link = m_folder + text("/link.png");
        QVERIFY(QFile::link(text("album/../album/real.png"), link));
        for (int i = 0; i < 2; ++i) { // first a dangling link, then a link to a file
            const Finished done = save(link);
            QVERIFY2(done.exitCode == 0, done.err.constData());
            QCOMPARE(kindOf(link), mode_t(S_IFLNK));
            comparePicture(contentOf(target));
        }
        QCOMPARE(namesIn(m_folder + text("/album")), QStringList{text("real.png")});
    }

    void Z6_aFolderOfAnotherMountNamespaceIsSavedInto_data()
    {
        QTest::addColumn<QString>("link");
        QTest::newRow("root") << text("/proc/%1/root%2");
        QTest::newRow("working folder") << text("/proc/%1/cwd");
        QTest::newRow("open folder") << text("/proc/%1/fd/7");
    }

    /// The text of such a link names another folder here, or none.
    void Z6_aFolderOfAnotherMountNamespaceIsSavedInto()
    {
        QFETCH(QString, link);
        QStringList words{text("--mount")};
        if (::geteuid() != 0) {
            words += {text("--user"), text("--map-root-user")};
        }
        PeerProcess other(text("unshare"),
                          words + QStringList{text("sh"), text("-c"),
                                              text("mount -t tmpfs tmpfs \"$0\" && mkdir \"$0$0\" -p && "
                                                   "cd \"$0\" && exec 7<. && echo there && exec sleep 600"),
                                              m_folder});
        QVERIFY2(!other.waitForLine(text("there")).isNull(), qPrintable(other.standardError()));
        const QString path =
            link.replace(text("%1"), QString::number(other.pid())).replace(text("%2"), m_folder) +
            text("/a.png");
        const Finished done = save(path);
        QVERIFY2(done.exitCode == 0, done.err.constData());
        comparePicture(contentOf(path));
        QCOMPARE(namesIn(m_folder), QStringList());
    }

    /// A new file gives nobody more access than the replaced one, whose mode does not describe all of its
    /// access rights.
    void Z6_aFileThatIsReplacedKeepsItsList()
    {
        const QString path = m_folder + text("/a.png");
        QVERIFY(writeFile(path, "old"));
        // The user, user 65534, the group (which gets nothing), the mask and the others, in the kernel's
        // format.
        const QByteArray list = QByteArray::fromHex("02000000"
                                                    "01000600ffffffff"
                                                    "02000400feff0000"
                                                    "04000000ffffffff"
                                                    "10000400ffffffff"
                                                    "20000000ffffffff");
        constexpr const char* name = "system.posix_acl_access";
        QCOMPARE(::setxattr(qPrintable(path), name, list.constData(), std::size_t(list.size()), 0), 0);
        const Finished done = save(path);
        QVERIFY2(done.exitCode == 0, done.err.constData());
        QByteArray kept(list.size(), '\0');
        QCOMPARE(::getxattr(qPrintable(path), name, kept.data(), std::size_t(kept.size())), list.size());
        QCOMPARE(kept.toHex(), list.toHex());
        comparePicture(contentOf(path));
    }

    void Z6_aPathMayBeginInAFolderThatItsOwnPathDoesNotReach()
    {
        const QString folder = m_folder + text("/closed/inside");
        QVERIFY(QDir().mkpath(folder) && ::chmod(qPrintable(folder), 0777) == 0);
        const QString picture = temporaryFolder() + text("/small.png");
        const bool isRoot = ::geteuid() == 0;
        const QString program = isRoot ? text("setpriv") : text(SHMPIX_BIN "/shmpix-receiver");
        QStringList words{text("--headless"), text("--key"), text("file:") + picture, text("--save"),
                          text("a.png")};
        if (isRoot) {
            QVERIFY(::chmod(qPrintable(temporaryFolder()), 0755) == 0);
            words =
                QStringList{text("--reuid"), text("65534"),          text("--regid"),
                            text("65534"),   text("--clear-groups"), text(SHMPIX_BIN "/shmpix-receiver")} +
                words;
        }
        const Finished done = runAfter(text("cd '%1' && chmod 0 ..").arg(folder), program, words);
        QVERIFY(::chmod(qPrintable(m_folder + text("/closed")), 0700) == 0);
        QVERIFY2(done.exitCode == 0, done.err.constData());
        comparePicture(contentOf(folder + text("/a.png")));
    }

    void Z6_aStrangersLinkInAFolderOfEverybodysIsNotFollowed_data()
    {
        QTest::addColumn<QString>("path");
        QTest::newRow("to the file") << text("/file.png");
        QTest::newRow("to the folder") << text("/folder/victim.png");
    }

    void Z6_aStrangersLinkInAFolderOfEverybodysIsNotFollowed()
    {
        QFETCH(QString, path);
        const QString everybodys = m_folder + text("/everybodys");
        const QString victim = m_folder + text("/victim.png");
        QVERIFY(QDir().mkdir(everybodys) && ::chmod(qPrintable(everybodys), 01777) == 0);
        QVERIFY(writeFile(victim, "mine"));
        QVERIFY(QFile::link(victim, everybodys + text("/file.png")));
        QVERIFY(QFile::link(m_folder, everybodys + text("/folder")));
        if (::geteuid() != 0) { // only root can make links of other users; our own links are followed
            QCOMPARE(save(everybodys + path).exitCode, 0);
            return;
        }
        for (const char* link : {"/file.png", "/folder"}) {
            QCOMPARE(::lchown(qPrintable(everybodys + text(link)), 65534, 65534), 0);
        }
        const Finished done = save(everybodys + path);
        QCOMPARE(done.exitCode, 4);
        QCOMPARE(done.err.count('\n'), 1);
        QVERIFY2(done.err.contains("user nobody created the symbolic link"), done.err.constData());
        QCOMPARE(contentOf(victim), QByteArray("mine"));
        QVERIFY(::chmod(qPrintable(everybodys), 0755) == 0);
        QCOMPARE(save(everybodys + path).exitCode, 0); // now nobody else can put anything there
        comparePicture(contentOf(victim));
    }

    void Z6_whatFailsLeavesTheFileBefore()
    {
        const QString path = m_folder + text("/a.bmp");
        QVERIFY(writeFile(path, "old"));
        const QString large = temporaryFolder() + text("/large.png");
        QVERIFY(photo(640, 480).save(large));
        const Finished done =
            runBoxed(Box::SmallFiles, m_folder, text(SHMPIX_BIN "/shmpix-receiver"),
                     {text("--headless"), text("--key"), text("file:") + large, text("--save"), path});
        QCOMPARE(done.exitCode, 6);
        QCOMPARE(contentOf(path), QByteArray("old"));
        QCOMPARE(namesIn(m_folder), QStringList{text("a.bmp")});
    }

    void cleanupTestCase() { m_sender.reset(); }

private:
    static void addRuns()
    {
        QTest::addColumn<QStringList>("words");
        QTest::newRow("once") << QStringList();
        QTest::newRow("live") << QStringList{text("--live"), text("--count"), text("1")};
    }

    [[nodiscard]] Finished save(const QString& path, const QStringList& more = {}) const
    {
        return runReceiver(QStringList{text("--key"), m_key, text("--save"), path} + more);
    }

    void comparePicture(const QByteArray& file) const
    {
        const QImage saved = QImage::fromData(file);
        QVERIFY2(samePixels(saved, m_picture), qPrintable(difference(saved, m_picture)));
        QVERIFY(file.endsWith(QByteArrayLiteral("IEND\xae\x42\x60\x82"))); // and nothing after it
    }

    QImage m_picture;
    QString m_key;
    QString m_folder;
    std::unique_ptr<HeadlessSender> m_sender;
};

int tst_savetargets(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestSaveTargets>(argc, argv);
}

#include "tst_savetargets.moc"
