// An error names the key or the file that failed, never the wrong one, and says what can be done.
#include "tests/support/boxes.h"
#include "tests/support/pictures.h"
#include "tests/support/programs.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace shmpix::test;

namespace {

QString text(const char* utf8)
{
    return QString::fromUtf8(utf8);
}

const QString receiverProgram = QStringLiteral(SHMPIX_BIN "/shmpix-receiver");
const QString senderProgram = QStringLiteral(SHMPIX_BIN "/shmpix-sender");

} // namespace

class TestSaveFailures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_folder = newFolder();
        QVERIFY(::chmod(qPrintable(temporaryFolder()), 0755) == 0);
        QVERIFY(photo(320, 240).save(m_folder + text("/picture.png")));
        QVERIFY(QDir(m_folder).mkdir(text("place")) && QDir(m_folder).mkdir(text("closed")));
        QFile secret(m_folder + text("/secret.png"));
        QVERIFY(QFile::copy(m_folder + text("/picture.png"), secret.fileName()));
        QVERIFY(::chmod(qPrintable(secret.fileName()), 0) == 0);
        QVERIFY(QFile::copy(m_folder + text("/picture.png"), m_folder + text("/closed/picture.png")));
        QVERIFY(QFile::copy(m_folder + text("/picture.png"), m_folder + text("/fixed.png")));
        QVERIFY(::chmod(qPrintable(m_folder + text("/fixed.png")), 0444) == 0);
        QVERIFY(::chmod(qPrintable(m_folder + text("/closed")), 0) == 0);
        QVERIFY(QDir(m_folder).mkdir(text("others")) &&
                ::chmod(qPrintable(m_folder + text("/others")), 0555) == 0);
        const QString everybodys = m_folder + text("/everybodys");
        QVERIFY(QDir().mkdir(everybodys) && ::chmod(qPrintable(everybodys), 01777) == 0);
        QVERIFY(QFile::copy(m_folder + text("/picture.png"), everybodys + text("/a.png")));
        QVERIFY(::chmod(qPrintable(everybodys + text("/a.png")), 0666) == 0);
        QVERIFY(QFile::link(text("circle"), m_folder + text("/circle")));
        m_longName = QString(300, QLatin1Char('n'));
    }

    void cleanupTestCase() { QVERIFY(::chmod(qPrintable(m_folder + text("/closed")), 0700) == 0); }

    void Z7_aFailedSaveNamesThePath_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<Box>("box");
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("no folder") << "%1/none/a.png" << Box::None << 3
                                   << QByteArray("the folder %1/none does not exist.");
        QTest::newRow("no folder above")
            << "%1/none/deep/a.png" << Box::None << 3 << QByteArray("the folder %1/none does not exist.");
        QTest::newRow("a file for a folder")
            << "%1/picture.png/a.png" << Box::None << 3 << QByteArray("%1/picture.png is not a folder");
        QTest::newRow("a folder") << "%1/place" << Box::None << 4
                                  << QByteArray("it is a folder. Add the name");
        QTest::newRow("long name") << "%1/%2.png" << Box::None << 2 << QByteArray("Choose a shorter name");
        QTest::newRow("circle") << "%1/circle" << Box::None << 3 << QByteArray("form a loop");
        QTest::newRow("unknown ending")
            << "%1/a.xyz" << Box::None << 2 << QByteArray("Use .png, .jpg or .bmp");
        QTest::newRow("folder of another user")
            << "%1/others/a.png" << Box::OtherUser << 4
            << QByteArray("you do not have permission to create files in %1/others.");
        QTest::newRow("closed folder")
            << "%1/closed/a.png" << Box::OtherUser << 4
            << QByteArray("you do not have permission to create files in %1/closed.");
        QTest::newRow("file of another user")
            << "%1/fixed.png" << Box::OtherUser << 4
            << QByteArray("you do not have permission to write to this file of user ");
        if (::geteuid() == 0) {
            QTest::newRow("file of another user in everybody's folder")
                << "%1/everybodys/a.png" << Box::OtherUser << 4
                << QByteArray("you do not have permission to replace this file of user ");
        }
        QTest::newRow("removed folder")
            << "a.png" << Box::RemovedFolder << 3 << QByteArray("its folder has been removed");
        QTest::newRow("read-only") << "%1/place/a.png" << Box::ReadOnly << 4
                                   << QByteArray("is on a read-only file system");
        QTest::newRow("full") << "%1/place/a.bmp" << Box::Full << 6 << QByteArray("there is no space left");
        QTest::newRow("large") << "%1/place/a.bmp" << Box::SmallFiles << 6 << QByteArray("(ulimit -f)");
        QTest::newRow("no files") << "/proc/a.png" << Box::None << 4
                                  << QByteArray("you do not have permission to create files in /proc.");
    }

    void Z7_aFailedSaveNamesThePath()
    {
        QFETCH(QString, path);
        const QString to = placed(path);
        for (const QStringList& run :
             {QStringList(), QStringList{text("--live"), text("--count"), text("1")}}) {
            const QStringList words = {text("--headless"), text("--key"),
                                       text("file:%1/picture.png").arg(m_folder), text("--save"), to};
            const Finished done = finish(receiverProgram, words + run);
            expectSentence(done, {to.toUtf8()}, {"chmod", "belongs to", "file:", "key"});
        }
    }

    /// The folder is not the cause, so another folder would not help.
    void Z7_rightsThatCannotBeGivenAreNamed()
    {
        const QString path = m_folder + text("/place/rights.png");
        // Root in a chroot cannot create a user namespace, and other users cannot use that group.
        const QStringList without =
            ::geteuid() == 0 ? QStringList{text("setpriv"), text("--bounding-set=-chown")}
                             : QStringList{text("unshare"), text("--user"), text("--map-root-user")};
        const QStringList save = {
            receiverProgram, text("--headless"), text("--key"),  text("file:%1/picture.png").arg(m_folder),
            text("--group"), text("4242"),       text("--save"), path};
        const Finished done = runToEnd(without.first(), without.mid(1) + save);
        QVERIFY2(done.exitCode == 4, done.err.constData());
        QCOMPARE(done.err.count('\n'), 1);
        QVERIFY2(done.err.contains(path.toUtf8()) && done.err.contains("Leave out --mode and --group"),
                 done.err.constData());
        QVERIFY(!QFile::exists(path));
    }

    void Z7_aFailedLoadNamesTheKey_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<Box>("box");
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("not there") << "file:%1/none" << Box::None << 3 << QByteArray("check the key");
        QTest::newRow("no folder") << "file:%1/none/a" << Box::None << 3 << QByteArray("check the key");
        QTest::newRow("a file for a folder")
            << "file:%1/picture.png/a" << Box::None << 3 << QByteArray("check the key");
        QTest::newRow("a folder") << "file:%1/place" << Box::None << 4 << QByteArray("is a folder");
        QTest::newRow("long name") << "file:%1/%2" << Box::None << 2
                                   << QByteArray("longer than the system allows");
        QTest::newRow("not permitted")
            << "file:%1/secret.png" << Box::OtherUser << 4 << QByteArray("(mode 0000)");
        QTest::newRow("closed folder") << "file:%1/closed/picture.png" << Box::OtherUser << 4
                                       << QByteArray("You do not have permission to open files in");
    }

    void Z7_aFailedLoadNamesTheKey()
    {
        QFETCH(QString, key);
        const QString saved = m_folder + text("/place/saved.png");
        const Finished done =
            finish(receiverProgram, {text("--headless"), text("--key"), placed(key), text("--save"), saved});
        expectSentence(done, {}, {"saved"});
        QVERIFY(!QFile::exists(saved));
    }

    void Z7_aPictureFileThatCannotBeOpenedIsNamed_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<Box>("box");
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("not there") << "%1/none.png" << Box::None << 3 << QByteArray("does not exist");
        QTest::newRow("no folder") << "%1/none/a.png" << Box::None << 3 << QByteArray("does not exist");
        QTest::newRow("a file for a folder")
            << "%1/picture.png/a.png" << Box::None << 3 << QByteArray("does not exist");
        QTest::newRow("empty folder") << "%1/place" << Box::None << 3 << QByteArray("There is no picture in");
        QTest::newRow("long name") << "%1/%2.png" << Box::None << 2
                                   << QByteArray("longer than the system allows");
        QTest::newRow("not permitted")
            << "%1/secret.png" << Box::OtherUser << 4 << QByteArray("do not have permission to read");
        QTest::newRow("closed folder")
            << "%1/closed/picture.png" << Box::OtherUser << 4 << QByteArray("do not have permission to read");
        QTest::newRow("closed folder itself")
            << "%1/closed" << Box::OtherUser << 4 << QByteArray("do not have permission to open the folder");
        QTest::newRow("device") << "/dev/tty" << Box::None << 5 << QByteArray("is not a file");
    }

    void Z7_aPictureFileThatCannotBeOpenedIsNamed()
    {
        QFETCH(QString, path);
        const QString from = placed(path);
        for (const QStringList& run :
             {QStringList(), QStringList{text("--fps"), text("5")}}) { // once, and live
            const QStringList words = {text("--headless"), text("--key"), uniqueName(), from};
            const Finished done = finish(senderProgram, words + run);
            expectSentence(done, {from.toUtf8()}, {"key", "segment", "shmpix-test"});
        }
    }

    void Z7_aFailedShareNamesTheAddress_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<Box>("box");
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("no folder") << "file:%1/none/a" << Box::None << 3
                                   << QByteArray("the folder %1/none does not exist.");
        QTest::newRow("a file for a folder")
            << "file:%1/picture.png/a" << Box::None << 3 << QByteArray("%1/picture.png is not a folder");
        QTest::newRow("a folder") << "file:%1/place" << Box::None << 4 << QByteArray("is a folder");
        QTest::newRow("folder of another user")
            << "file:%1/others/a" << Box::OtherUser << 4
            << QByteArray("you do not have permission to create files in %1/others.");
        QTest::newRow("no files") << "file:/proc/a" << Box::None << 4
                                  << QByteArray("you do not have permission to create files in /proc.");
        QTest::newRow("closed folder of a key file")
            << "systemv:%1/closed/a" << Box::OtherUser << 4
            << QByteArray("you do not have permission to create files in %1/closed.");
        QTest::newRow("no folder of a key file")
            << "systemv:%1/none/a" << Box::None << 3 << QByteArray("the folder %1/none does not exist.");
        QTest::newRow("read-only") << "file:%1/place/a" << Box::ReadOnly << 4
                                   << QByteArray("is on a read-only file system");
        QTest::newRow("full") << "file:%1/place/a" << Box::Full << 6
                              << QByteArray("There is not enough space for the picture");
        QTest::newRow("large") << "file:%1/place/a" << Box::SmallFiles << 6 << QByteArray("(ulimit -f)");
    }

    void Z7_aFailedShareNamesTheAddress()
    {
        QFETCH(QString, key);
        const Finished done = finish(
            senderProgram, {text("--headless"), text("--key"), placed(key), m_folder + text("/picture.png")});
        expectSentence(done, {}, {"picture.png was not"});
    }

private:
    [[nodiscard]] QString placed(const QString& pattern) const
    {
        return QString(pattern).replace(text("%1"), m_folder).replace(text("%2"), m_longName);
    }

    [[nodiscard]] Finished finish(const QString& program, const QStringList& words) const
    {
        QFETCH(Box, box);
        return runBoxed(box, m_folder + text("/place"), program, words);
    }

    void expectSentence(const Finished& done, const QByteArrayList& parts, const QByteArrayList& never) const
    {
        QFETCH(int, exitCode);
        QFETCH(QByteArray, says);
        QVERIFY2(done.exitCode == exitCode, done.err.constData());
        QCOMPARE(done.err.count('\n'), 1);
        QCOMPARE(done.out.count("loaded") + done.out.count("shared"), 0);
        QVERIFY2(done.err.endsWith(".\n"), done.err.constData());
        QVERIFY2(done.err.contains(placed(QString::fromUtf8(says)).toUtf8()), done.err.constData());
        for (const QByteArray& part : parts) {
            QVERIFY2(done.err.contains(part), (part + ": " + done.err).constData());
        }
        for (const QByteArray& part : never) {
            QVERIFY2(!QByteArray(done.err).replace(m_folder.toUtf8(), "").contains(part),
                     (part + ": " + done.err).constData());
        }
    }

    QString m_folder;
    QString m_longName;
};

int tst_savefailures(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestSaveFailures>(argc, argv);
}

#include "tst_savefailures.moc"
