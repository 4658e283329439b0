#include "tests/interop/kitpeer.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFileInfo>
#include <QTest>

#include <csignal>
#include <memory>

#include <sys/stat.h>
#include <unistd.h>

using namespace shmpix::test;

/// The C# kit with other users, other namespaces, and owners that are dead or whose records were removed. The
/// answers are those of tests/interop/peers/CSharpKitFaults.cs.
class tst_CSharpKitOwners : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();

    void Z11_whatTheUserGaveIsKept_data() { addWays(); }
    void Z11_whatTheUserGaveIsKept();
    void Z11_aTakenOverSegmentKeepsItsMode();
    void Z11_anotherGroupDoesNotGetTheBitsOfTheFirst();
    void Z11_modeAndGroupAreGiven_data() { addWays(); }
    void Z11_modeAndGroupAreGiven();
    void Z11_aReaderThatMayNotFollowSaysSo();
    void Z12_theRecordNamesItsNamespace_data();
    void Z12_theRecordNamesItsNamespace();
    void Z13_aBlockedNameIsPassedOver_data();
    void Z13_aBlockedNameIsPassedOver();
    void Z13_whatCannotBePassedOverIsNamed_data();
    void Z13_whatCannotBePassedOverIsNamed();
    void Z13_twoDeadOwnersLeaveOneRecord();
    void Z14_anEndingWriterLeavesItsSuccessorAlone_data() { addWays(); }
    void Z14_anEndingWriterLeavesItsSuccessorAlone();
    void Z14_aRemovedRecordIsMadeAgain();

private:
    static void addWays();
    /// Starts a program that uses the kit, optionally through another program such as unshare.
    [[nodiscard]] std::unique_ptr<KitPeer> kit(const QStringList& before = {}) const;

    QString m_program;
};

namespace {

constexpr uid_t nobody = 65534;

bool isRoot()
{
    return ::geteuid() == 0;
}

/// Returns the words of a request. The last ones may be omitted.
QStringList request(const QString& what, const QString& key, int side, const QString& mode = QString(),
                    const QString& group = QString())
{
    return {what, key, QString::number(side), mode, group};
}

/// Returns the hidden file of our user beside a segment in a folder of ours.
QString hiddenOf(const QString& key, const QString& ending)
{
    const QFileInfo file(pathOfAddress(key));
    const QByteArray hash =
        QCryptographicHash::hash(file.fileName().toUtf8(), QCryptographicHash::Sha1).toHex().left(16);
    return QStringLiteral("%1/.shmpix.%2.%3%4")
        .arg(file.path())
        .arg(::getuid())
        .arg(QString::fromLatin1(hash), ending);
}

QString newKey(int folderMode = 01777)
{
    const QString folder = newFolder();
    return ::chmod(qPrintable(folder), static_cast<mode_t>(folderMode)) == 0
               ? QStringLiteral("file:%1/segment").arg(folder)
               : QString();
}

QStringList filesBeside(const QString& key)
{
    QStringList files = QDir(QFileInfo(pathOfAddress(key)).path())
                            .entryList(QDir::AllEntries | QDir::System | QDir::Hidden | QDir::NoDotAndDotDot);
    files.sort();
    return files;
}

struct stat statusOf(const QString& path)
{
    struct stat status = {};
    return ::lstat(qPrintable(path), &status) == 0 ? status : decltype(status){};
}

int modeOf(const QString& key)
{
    return static_cast<int>(statusOf(pathOfAddress(key)).st_mode & 07777);
}

/// Returns the command that runs a program as another user, if this is permitted.
QStringList asNobody()
{
    return isRoot() ? QStringList{QStringLiteral("setpriv"), QStringLiteral("--reuid=65534"),
                                  QStringLiteral("--regid=65534"), QStringLiteral("--clear-groups")}
                    : QStringList();
}

/// Creates an object with the name that is no file of ours.
bool block(const QString& path, const QString& with)
{
    if (with == QLatin1String("folder")) {
        return QDir().mkdir(path);
    }
    if (with == QLatin1String("link")) {
        return QFile::link(QStringLiteral("/dev/null"), path);
    }
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && ::fchown(file.handle(), nobody, nobody) == 0;
}

const QString ok = QStringLiteral("ok ");

} // namespace

#define VERIFY_ANSWER(answer, begin)                                                                         \
    do {                                                                                                     \
        const QString& given = (answer);                                                                     \
        QVERIFY2(given.startsWith(QLatin1String(begin)), qPrintable(given));                                 \
    } while (false)

void tst_CSharpKitOwners::initTestCase()
{
    QCOMPARE(::chmod(qPrintable(temporaryFolder()), 0711), 0); // another user runs the program, too
    m_program = temporaryFolder() + QLatin1String("/CSharpKitFaults.exe");
    const QStringList sources{QStringLiteral(SHMPIX_SOURCE "/interop/csharp/Shmpix.cs"),
                              QStringLiteral(SHMPIX_SOURCE "/tests/interop/peers/CSharpKitFaults.cs")};
    QCOMPARE(compileCSharp(m_program, sources), QByteArray());
}

void tst_CSharpKitOwners::addWays()
{
    QTest::addColumn<QString>("way");
    QTest::newRow("pictures") << QStringLiteral("share");
    QTest::newRow("live frames") << QStringLiteral("frame");
}

std::unique_ptr<KitPeer> tst_CSharpKitOwners::kit(const QStringList& before) const
{
    return startMono(m_program, before);
}

void tst_CSharpKitOwners::Z11_whatTheUserGaveIsKept()
{
    QFETCH(QString, way);
    const QString key = newKey();
    const auto writer = kit();
    VERIFY_ANSWER(writer->ask(request(way, key, 9)), "ok ");
    QCOMPARE(modeOf(key), 0600);
    const QString path = pathOfAddress(key);
    const ino_t first = statusOf(path).st_ino;
    const gid_t group = isRoot() ? nobody : ::getegid();
    QCOMPARE(::chown(qPrintable(path), static_cast<uid_t>(-1), group), 0);
    QCOMPARE(::chmod(qPrintable(path), 0644), 0);
    VERIFY_ANSWER(writer->ask(request(way, key, 700)), "ok ");
    const struct stat next = statusOf(path);
    QVERIFY(next.st_ino != first);
    QCOMPARE(static_cast<int>(next.st_mode & 07777), 0644);
    QCOMPARE(next.st_gid, group);
    QCOMPARE(statusOf(hiddenOf(key, QStringLiteral(".owner"))).st_mode & 07777, 0600U);

    QVERIFY(QFile::remove(path)); // a segment that is shared again keeps the access, too
    VERIFY_ANSWER(writer->ask(request(way, key, 9)), "ok ");
    QCOMPARE(modeOf(key), 0644);
    QCOMPARE(writer->ask({QStringLiteral("end"), key}), ok);
    QCOMPARE(filesBeside(key), QStringList());
}

void tst_CSharpKitOwners::Z11_aTakenOverSegmentKeepsItsMode()
{
    const QString key = newKey();
    const auto killed = kit();
    VERIFY_ANSWER(killed->ask(request(QStringLiteral("share"), key, 9)), "ok ");
    killed->kill();
    QCOMPARE(::chmod(qPrintable(pathOfAddress(key)), 0640), 0);
    const auto writer = kit();
    VERIFY_ANSWER(writer->ask(request(QStringLiteral("share"), key, 8)), "ok ");
    QCOMPARE(modeOf(key), 0640);
}

/// The owner is not a member of the group that his segment was given to.
void tst_CSharpKitOwners::Z11_anotherGroupDoesNotGetTheBitsOfTheFirst()
{
    const QString key = newKey();
    const auto writer = kit(asNobody());
    VERIFY_ANSWER(writer->ask(request(QStringLiteral("frame"), key, 9)), "ok ");
    const bool isAnothers =
        isRoot() && ::chown(qPrintable(pathOfAddress(key)), static_cast<uid_t>(-1), 0) == 0;
    QCOMPARE(::chmod(qPrintable(pathOfAddress(key)), 0664), 0);
    VERIFY_ANSWER(writer->ask(request(QStringLiteral("frame"), key, 700)), "ok ");
    QCOMPARE(modeOf(key), isAnothers ? 0604 : 0664);
    if (isAnothers) {
        VERIFY_ANSWER(writer->ask(request(QStringLiteral("share"), newKey(), 9, QStringLiteral("0640"),
                                          QStringLiteral("root"))),
                      "error 4 ");
    }
}

void tst_CSharpKitOwners::Z11_modeAndGroupAreGiven()
{
    QFETCH(QString, way);
    const QString key = newKey();
    const gid_t group = isRoot() ? nobody : ::getegid();
    const auto writer = kit();
    VERIFY_ANSWER(writer->ask(request(way, key, 9, QStringLiteral("0640"), QString::number(group))), "ok ");
    QCOMPARE(modeOf(key), 0640);
    QCOMPARE(statusOf(pathOfAddress(key)).st_gid, group);
    QCOMPARE(::chmod(qPrintable(pathOfAddress(key)), 0600), 0); // the last change of the user counts
    VERIFY_ANSWER(writer->ask(request(way, key, 700)), "ok ");
    QCOMPARE(modeOf(key), 0600);
}

void tst_CSharpKitOwners::Z11_aReaderThatMayNotFollowSaysSo()
{
    const QString key = newKey();
    const auto writer = kit();
    VERIFY_ANSWER(writer->ask(request(QStringLiteral("frame"), key, 9, QStringLiteral("0644"))), "ok ");
    const auto reader = kit(asNobody());
    const QStringList next{QStringLiteral("next"), key, QStringLiteral("20000")};
    QCOMPARE(reader->ask(next), QStringLiteral("ok 9x9"));
    VERIFY_ANSWER(writer->ask(request(QStringLiteral("frame"), key, 700)), "ok ");
    QCOMPARE(reader->ask(next), QStringLiteral("ok 700x700")); // it may

    QCOMPARE(writer->ask({QStringLiteral("end"), key}), ok);
    VERIFY_ANSWER(writer->ask(request(QStringLiteral("frame"), key, 9, QStringLiteral("0000"))), "ok ");
    const QString answer = reader->ask(next);
    VERIFY_ANSWER(answer, "error 4 ");
    for (const char* words :
         {"cannot be opened", "belongs to user", "(mode 0000)", "--mode 0644", "--group"}) {
        QVERIFY2(answer.contains(QLatin1String(words)), qPrintable(answer));
    }
    QCOMPARE(reader->ask({QStringLiteral("leave"), key}), ok);
}

void tst_CSharpKitOwners::Z12_theRecordNamesItsNamespace_data()
{
    QTest::addColumn<QStringList>("before");
    QTest::addColumn<bool>("isOurs");
    QTest::newRow("ours") << QStringList() << true;
    if (isRoot()) {
        const QStringList apart{QStringLiteral("unshare"), QStringLiteral("--pid"), QStringLiteral("--fork"),
                                QStringLiteral("--kill-child")};
        QTest::newRow("another") << apart + QStringList{QStringLiteral("--mount-proc")} << false;
        QTest::newRow("another, which sees our /proc") << apart << false;
    }
}

void tst_CSharpKitOwners::Z12_theRecordNamesItsNamespace()
{
    QFETCH(QStringList, before);
    QFETCH(bool, isOurs);
    const QString key = newKey();
    const auto writer = kit(before);
    VERIFY_ANSWER(writer->ask(request(QStringLiteral("frame"), key, 9)), "ok ");
    const QStringList lines =
        QString::fromLatin1(bytesOfFile(hiddenOf(key, QStringLiteral(".owner")))).split(QLatin1Char('\n'));
    QVERIFY(lines[0].startsWith(QLatin1String("pid ")));
    struct stat ours = {};
    QCOMPARE(::stat("/proc/self/ns/pid", &ours), 0);
    const QString line = QStringLiteral("namespace %1").arg(ours.st_ino);
    QVERIFY(lines[1].startsWith(QLatin1String("namespace ")));
    QCOMPARE(lines[1] == line, isOurs);

    const auto other = kit(); // it lives, wherever it is
    VERIFY_ANSWER(other->ask(request(QStringLiteral("share"), key, 9)),
                  qPrintable(QStringLiteral("error 4 %1 is in use").arg(key)));
    QCOMPARE(other->ask({QStringLiteral("read"), key}), QStringLiteral("ok 9x9"));
    QCOMPARE(writer->ask({QStringLiteral("end"), key}), ok);
    QCOMPARE(filesBeside(key), QStringList());
}

void tst_CSharpKitOwners::Z13_aBlockedNameIsPassedOver_data()
{
    QTest::addColumn<QString>("ending");
    QTest::addColumn<QString>("with");
    QTest::addColumn<int>("folderMode");
    for (const char* ending : {".owner", ".spare"}) {
        for (const char* with : {"folder", "link", "file"}) {
            if (isRoot() || QLatin1String(with) != QLatin1String("file")) {
                QTest::addRow("%s: a %s", ending, with)
                    << QString::fromLatin1(ending) << QString::fromLatin1(with) << 01777;
            }
        }
    }
    QTest::newRow("a folder that is ours alone")
        << QStringLiteral(".owner") << QStringLiteral("folder") << 0755;
}

void tst_CSharpKitOwners::Z13_aBlockedNameIsPassedOver()
{
    QFETCH(QString, ending);
    QFETCH(QString, with);
    QFETCH(int, folderMode);
    const QString key = newKey(folderMode);
    const QString blocked = hiddenOf(key, ending);
    QVERIFY(block(blocked, with));
    const auto writer = kit();
    for (const char* way : {"share", "frame"}) {
        for (const int side : {9, 700}) {
            QCOMPARE(writer->ask(request(QLatin1String(way), key, side)).left(3), ok);
        }
        const auto other = kit();
        QCOMPARE(other->ask({QStringLiteral("read"), key}), QStringLiteral("ok 700x700"));
        VERIFY_ANSWER(other->ask(request(QStringLiteral("share"), key, 9)),
                      qPrintable(QStringLiteral("error 4 %1 is in use").arg(key)));
        QCOMPARE(filesBeside(key).contains(QFileInfo(hiddenOf(key, QStringLiteral(".2.owner"))).fileName()),
                 ending == QLatin1String(".owner"));
        QCOMPARE(writer->ask({QStringLiteral("end"), key}), ok);
        QCOMPARE(filesBeside(key), QStringList(QFileInfo(blocked).fileName()));
    }
}

void tst_CSharpKitOwners::Z13_whatCannotBePassedOverIsNamed_data()
{
    QTest::addColumn<QString>("ending");
    QTest::addColumn<int>("names");
    QTest::addColumn<int>("folderMode");
    for (const char* ending : {".owner", ".spare"}) {
        QTest::addRow("%s: all names", ending) << QString::fromLatin1(ending) << 9 << 01777;
        QTest::addRow("%s: a folder where anybody may replace files", ending)
            << QString::fromLatin1(ending) << 1 << 0777;
    }
}

void tst_CSharpKitOwners::Z13_whatCannotBePassedOverIsNamed()
{
    QFETCH(QString, ending);
    QFETCH(int, names);
    QFETCH(int, folderMode);
    const QString key = newKey(folderMode);
    for (int i = 1; i <= names; ++i) {
        const QString number = i == 1 ? QString() : QStringLiteral(".%1").arg(i);
        QVERIFY(block(hiddenOf(key, number + ending),
                      isRoot() ? QStringLiteral("file") : QStringLiteral("folder")));
    }
    const auto writer = kit();
    for (const char* way : {"share", "frame"}) {
        const QString answer = writer->ask(request(QLatin1String(way), key, 9));
        VERIFY_ANSWER(answer, "error 4 ");
        QVERIFY2(answer.contains(hiddenOf(key, ending) + QLatin1String(", which Shmpix reserves")),
                 qPrintable(answer));
        QVERIFY2(answer.contains(isRoot() ? QLatin1String("belongs to user nobody")
                                          : QLatin1String("is a folder")),
                 qPrintable(answer));
    }
    QCOMPARE(filesBeside(key).size(), names);
}

/// Each was killed when another name was blocked.
void tst_CSharpKitOwners::Z13_twoDeadOwnersLeaveOneRecord()
{
    const QString key = newKey();
    const auto killed = kit();
    VERIFY_ANSWER(killed->ask(request(QStringLiteral("share"), key, 9)), "ok ");
    killed->kill();
    const QString record = hiddenOf(key, QStringLiteral(".owner"));
    QVERIFY(QFile::rename(record, hiddenOf(key, QStringLiteral(".3.owner")))); // the record lists the segment
    QFile other(record);
    QVERIFY(other.open(QIODevice::WriteOnly) && other.write("pid 1\n1 2 3\n") > 0);
    other.close();
    const auto writer = kit();
    VERIFY_ANSWER(writer->ask(request(QStringLiteral("share"), key, 8)), "ok ");
    QCOMPARE(filesBeside(key), (QStringList{QFileInfo(record).fileName(), QStringLiteral("segment")}));
    QCOMPARE(writer->ask({QStringLiteral("end"), key}), ok);
    QCOMPARE(filesBeside(key), QStringList());
}

void tst_CSharpKitOwners::Z14_anEndingWriterLeavesItsSuccessorAlone()
{
    QFETCH(QString, way);
    const QString key = newKey();
    const auto first = kit();
    VERIFY_ANSWER(first->ask(request(way, key, 9)), "ok ");
    QCOMPARE(::kill(static_cast<pid_t>(first->pid()), SIGSTOP), 0); // so that it does not share again
    QVERIFY(QFile::remove(pathOfAddress(key)) && QFile::remove(hiddenOf(key, QStringLiteral(".owner"))));
    const auto second = kit();
    VERIFY_ANSWER(second->ask(request(way, key, 8)), "ok ");
    const QStringList files = filesBeside(key);
    QCOMPARE(::kill(static_cast<pid_t>(first->pid()), SIGCONT), 0);
    QCOMPARE(first->ask({QStringLiteral("end"), key}), ok);
    QCOMPARE(filesBeside(key), files);
    VERIFY_ANSWER(first->ask(request(way, key, 9)),
                  qPrintable(QStringLiteral("error 4 %1 is in use").arg(key)));
    QCOMPARE(first->ask({QStringLiteral("read"), key}), QStringLiteral("ok 8x8"));
    QCOMPARE(second->ask({QStringLiteral("end"), key}), ok);
    QCOMPARE(filesBeside(key), QStringList());
}

/// Otherwise others would consider a living writer dead.
void tst_CSharpKitOwners::Z14_aRemovedRecordIsMadeAgain()
{
    const QString key = newKey();
    const auto writer = kit();
    VERIFY_ANSWER(writer->ask(request(QStringLiteral("share"), key, 9)), "ok ");
    QVERIFY(QFile::remove(hiddenOf(key, QStringLiteral(".owner"))));
    VERIFY_ANSWER(writer->ask(request(QStringLiteral("share"), key, 8)), "ok ");
    VERIFY_ANSWER(kit()->ask(request(QStringLiteral("share"), key, 7)),
                  qPrintable(QStringLiteral("error 4 %1 is in use").arg(key)));
    QCOMPARE(writer->ask({QStringLiteral("end"), key}), ok);
    QCOMPARE(filesBeside(key), QStringList());
}

int tst_csharpkitowners(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, tst_CSharpKitOwners>(argc, argv);
}

#include "tst_csharpkitowners.moc"
