// A program reports a failure in one line, whatever libraries, names and limits contribute.
#include "tests/support/boxes.h"
#include "tests/support/pictures.h"
#include "tests/support/programs.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"

#include <QBuffer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QScopeGuard>
#include <QTest>

using namespace shmpix::test;

namespace {

QString text(const char* utf8)
{
    return QString::fromUtf8(utf8);
}

const QString receiverProgram = QStringLiteral(SHMPIX_BIN "/shmpix-receiver");
const QString senderProgram = QStringLiteral(SHMPIX_BIN "/shmpix-sender");

/// Runs in a shell. Files that the parent of the tests has left open do not count.
const QString limitOpenFiles = QStringLiteral("exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-; ulimit -n %1");

QByteArray fileOf(const QImage& image, const char* format)
{
    QBuffer buffer;
    image.save(&buffer, format);
    return buffer.data();
}

/// Changes some bytes in the middle.
QByteArray damaged(QByteArray bytes, qsizetype count)
{
    for (qsizetype i = 0; i < count; ++i) {
        bytes[bytes.size() / 2 + i] = char(0x55 + i);
    }
    return bytes;
}

/// Returns the environment without XDG_RUNTIME_DIR. Libraries print a message if this is not set.
QProcessEnvironment bareEnvironment()
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.remove(text("XDG_RUNTIME_DIR"));
    return environment;
}

bool writeFile(const QString& path, const QByteArray& bytes)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
}

/// Invisible characters, and characters that change how others look.
const QString marks = QString::fromUtf8("\u202e\u2066\u200f\u200b\ufeff\u2028\U000e0041\u00ad");

bool hasMark(const QByteArray& bytes)
{
    const QString all = QString::fromUtf8(bytes);
    return std::any_of(marks.begin(), marks.end(),
                       [&all](QChar letter) { return !letter.isHighSurrogate() && all.contains(letter); });
}

} // namespace

class TestOneLine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_file = temporaryFolder() + text("/picture.png");
        QVERIFY(photo(64, 48).save(m_file));
    }

    void Z15_aDamagedPictureIsToldInOneLine_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        const QImage image = photo(64, 48);
        for (const char* format : {"png", "jpg", "bmp", "gif", "ppm"}) {
            QByteArray whole = fileOf(image, format);
            if (qstrcmp(format, "gif") == 0) { // Qt cannot write GIF
                whole = QByteArray::fromHex("474946383961020002008000000000ffffffff2c0000000002000200000203"
                                            "4c7e05003b");
            }
            QTest::newRow((QByteArray("damaged ") + format).constData()) << damaged(whole, 8);
            QTest::newRow((QByteArray("cut ") + format).constData()) << whole.first(whole.size() * 2 / 3);
            QTest::newRow((QByteArray("start of ") + format).constData()) << whole.first(16);
        }
        QByteArray checksum = fileOf(image, "png");
        checksum[checksum.indexOf("IHDR") + 17] = 0; // the checksum of the header
        QTest::newRow("checksum of a PNG") << checksum;
        QByteArray profile = fileOf(image, "png");
        profile.insert(profile.indexOf("IDAT") - 4, QByteArray::fromHex("00000004694343500001020300000000"));
        QTest::newRow("profile of a PNG") << profile;
    }

    void Z15_aDamagedPictureIsToldInOneLine()
    {
        QFETCH(QByteArray, bytes);
        const QString path = temporaryFolder() + text("/damaged");
        QVERIFY(writeFile(path, bytes));
        const QStringList share = {text("--headless"), text("--key"), uniqueName(),
                                   text("--for"),      text("0"),     path};
        expectOneLine(runToEnd(senderProgram, share, 60000, bareEnvironment()));
        expectOneLine(
            runToEnd(senderProgram, share + QStringList{text("--fps"), text("5")}, 60000, bareEnvironment()));
        const QStringList load = {text("--headless"), text("--key"), text("file:") + path};
        expectOneLine(runToEnd(receiverProgram, load, 60000, bareEnvironment()));
        const QStringList live = {text("--live"), text("--count"), text("1"), text("--timeout"), text("0.5")};
        expectOneLine(runToEnd(receiverProgram, load + live, 60000, bareEnvironment()));
    }

    void Z15_whatEndsTheProgramIsStillSaid()
    {
        // Not even the event loop can be created.
        const Finished done = runAfter(limitOpenFiles.arg(4), receiverProgram,
                                       {text("--headless"), text("--key"), text("file:") + m_file,
                                        text("--live"), text("--count"), text("1")});
        QVERIFY(done.exitCode > 0);
        expectOneLine(done);
    }

    void Z17_listedNamesShowTheirMarks()
    {
        const QString name = uniqueName() + QLatin1Char('a') + marks + QLatin1Char('b');
        QVERIFY(writeFile(shmPath(name), "x"));
        const Finished list = runToEnd(receiverProgram, {text("--list")});
        const Finished json = runToEnd(receiverProgram, {text("--list"), text("--json")});
        QVERIFY(QFile::remove(shmPath(name)));
        QCOMPARE(list.exitCode, 0);
        QVERIFY2(!hasMark(list.out), list.out.constData());
        const QString shown = QLatin1Char('a') + QString(8, QChar::ReplacementCharacter) + QLatin1Char('b');
        QVERIFY2(QString::fromUtf8(list.out).contains(shown), list.out.constData());
        QVERIFY2(!hasMark(json.out) && json.out.contains("\\u202e"), json.out.constData());
        bool isListed = false; // programs that read the list get the real name
        for (const QJsonValue& row : QJsonDocument::fromJson(json.out).array()) {
            isListed |= row.toObject().value(text("address")).toString() == text("posix:/") + name;
        }
        QVERIFY2(isListed, json.out.constData());
    }

    void Z17_sentencesShowTheMarksOfNames_data()
    {
        QTest::addColumn<QString>("program");
        QTest::addColumn<QStringList>("words");
        const QString name = uniqueName() + marks;
        QTest::newRow("load") << receiverProgram << QStringList{text("--headless"), text("--key"), name};
        QTest::newRow("live") << receiverProgram
                              << QStringList{text("--headless"), text("--live"), text("--timeout"),
                                             text("0.1"),        text("--key"),  name};
        QTest::newRow("doctor") << receiverProgram << QStringList{text("--doctor"), name};
        QTest::newRow("doctor, object")
            << senderProgram << QStringList{text("--doctor"), name, text("--json")};
        QTest::newRow("open") << senderProgram << QStringList{text("--headless"), name + text(".png")};
        QTest::newRow("save") << receiverProgram
                              << QStringList{text("--headless"), text("--key"), text("file:") + m_file,
                                             text("--save"), temporaryFolder() + QLatin1Char('/') + name};
        QTest::newRow("save in no folder")
            << receiverProgram
            << QStringList{text("--headless"), text("--key"), text("file:") + m_file, text("--save"),
                           text("/none/") + name};
        QTest::newRow("share") << senderProgram << QStringList{text("--headless"), text("--for"), text("0"),
                                                               text("--key"),      name,          m_file};
    }

    void Z17_sentencesShowTheMarksOfNames()
    {
        QFETCH(QString, program);
        QFETCH(QStringList, words);
        const Finished done = runToEnd(program, words);
        QVERIFY2(!hasMark(done.out) && !hasMark(done.err), (done.out + done.err).constData());
        QVERIFY(!(done.out + done.err).isEmpty());
    }

    void Z17_tooManyOpenFilesHaveARemedyOfTheirOwn_data()
    {
        QTest::addColumn<QString>("program");
        QTest::addColumn<QStringList>("words");
        const QStringList load = {text("--headless"), text("--key"), text("file:") + m_file};
        const QStringList save = {text("--save"), temporaryFolder() + text("/saved.jpg")};
        const QStringList count = {text("--live"), text("--count"), text("1"), text("--timeout"), text("3")};
        QTest::newRow("list") << receiverProgram << QStringList{text("--list")};
        QTest::newRow("clean") << receiverProgram << QStringList{text("--clean"), text("--dry-run")};
        QTest::newRow("load") << receiverProgram << load;
        QTest::newRow("save") << receiverProgram << load + save;
        QTest::newRow("live") << receiverProgram << load + count;
        QTest::newRow("live, save") << receiverProgram << load + count + save;
        for (const char* scheme : {"posix", "file", "qt", "systemv"}) {
            const QStringList share = {text("--headless"),          text("--for"), text("0"),
                                       text("--protocol"),          text("png"),   text("--key"),
                                       uniqueAddress(text(scheme)), m_file};
            QTest::newRow(scheme) << senderProgram << share;
        }
        QTest::newRow("share live") << senderProgram
                                    << QStringList{text("--headless"), text("--for"), text("0"),
                                                   text("--fps"),      text("5"),     text("--key"),
                                                   uniqueName(),       m_file};
    }

    /// Tries each limit, from one that allows nothing to one that is enough.
    void Z17_tooManyOpenFilesHaveARemedyOfTheirOwn()
    {
        QFETCH(QString, program);
        QFETCH(QStringList, words);
        QFile listed(shmPath(uniqueName()));
        QVERIFY(listed.open(QIODevice::WriteOnly));
        const auto removed = qScopeGuard([&listed] { listed.remove(); });
        int named = 0;
        int limit = 4; // the dynamic linker needs that many
        for (; limit < 40; ++limit) {
            const Finished done = runAfter(limitOpenFiles.arg(limit), program, words);
            if (done.exitCode == 0) {
                break;
            }
            QVERIFY2(done.exitCode > 0, done.err.constData());
            QCOMPARE(done.err.count('\n'), 1);
            QVERIFY2(done.err.contains("Start it with a larger limit (ulimit -n)."),
                     (QByteArray::number(limit) + ": " + done.err).constData());
            QVERIFY2(!done.err.contains("key") && !done.err.contains("Load again"), done.err.constData());
            ++named;
        }
        QVERIFY(named > 0 && limit < 40);
    }

    void Z17_noSpaceForTheHiddenFileIsNoLackOfRoom_data()
    {
        QTest::addColumn<QString>("scheme");
        QTest::newRow("posix") << text("posix");
        QTest::newRow("file") << text("file");
    }

    /// Not even the few bytes of the owner record may be written.
    void Z17_noSpaceForTheHiddenFileIsNoLackOfRoom()
    {
        QFETCH(QString, scheme);
        const QStringList share = {text("--headless"), text("--for"),         text("0"),
                                   text("--key"),      uniqueAddress(scheme), m_file};
        const Finished done = runAfter(text("ulimit -f 0"), senderProgram, share);
        expectOneLine(done);
        QCOMPARE(done.exitCode, 6);
        QVERIFY2(done.err.contains("Start it with a larger limit (ulimit -f)."), done.err.constData());
        QVERIFY2(!done.err.contains("Free some space"), done.err.constData());
    }

private:
    static void expectOneLine(const Finished& done)
    {
        QVERIFY2(done.exitCode >= 0, done.err.constData());
        QVERIFY2(done.err.count('\n') == (done.exitCode == 0 ? 0 : 1), done.err.constData());
        QVERIFY2(done.err.isEmpty() || done.err.startsWith("shmpix-"), done.err.constData());
    }

    QString m_file;
};

int tst_oneline(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestOneLine>(argc, argv);
}

#include "tst_oneline.moc"
