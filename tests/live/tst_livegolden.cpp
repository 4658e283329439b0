#include "tests/live/goldenrings.h"
#include "tests/support/codecbytes.h"
#include "tests/support/peerprocess.h"
#include "tests/support/runtest.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <cstdio>

using namespace shmpix;
using namespace shmpix::test;

namespace {

const QString goldenFolder = QStringLiteral(SHMPIX_SOURCE "/tests/data/golden");
const QString laterRing = QStringLiteral("later-minor");

QByteArray bytesOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QString beside(const QString& ring)
{
    return ring.chopped(3) + QStringLiteral("frames");
}

bool save(const QString& path, const QByteArray& bytes)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly | QIODevice::NewOnly) && file.write(bytes) == bytes.size();
}

/// Makes the segments of a version once. Existing files are not changed.
int make(const QString& folder)
{
    bool isMade = QDir().mkpath(folder);
    const auto add = [&](const QString& name, const QByteArray& ring) {
        const QString path = folder + QLatin1Char('/') + name + QLatin1String(".bin");
        isMade &= save(path, ring) && save(beside(path), frameLines(ring));
    };
    for (const GoldenRing& golden : goldenRings()) {
        add(golden.name, written(golden));
    }
    add(laterRing, ringOfALaterMinorVersion());
    std::puts(isMade ? "made" : "not made: the segments of a version are made once");
    return isMade ? 0 : 1;
}

} // namespace

/// H5, H6: the bytes of a ring are an agreement with other machines, versions and languages.
class TestLiveGolden : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void H6_ringsOfEveryVersionAreRead_data() { addRings(); }
    void H6_ringsOfEveryVersionAreRead();
    void H6_earlierVersionsReadWhatIsWrittenToday_data();
    void H6_earlierVersionsReadWhatIsWrittenToday();
    void H6_laterMinorVersionIsMadeAsItWas();
    void H6_pythonReadsRingsOfEveryVersion_data() { addRings(); }
    void H6_pythonReadsRingsOfEveryVersion();

private:
    static void addRings();
};

void TestLiveGolden::addRings()
{
    QTest::addColumn<QString>("path");
    const QDir root(goldenFolder);
    for (const QString& version : root.entryList({QStringLiteral("live-*")}, QDir::Dirs)) {
        const QDir folder(root.filePath(version));
        for (const QFileInfo& file : folder.entryInfoList({QStringLiteral("*.bin")}, QDir::Files)) {
            QTest::addRow("%s %s", qPrintable(version), qPrintable(file.baseName())) << file.filePath();
        }
    }
}

void TestLiveGolden::H6_ringsOfEveryVersionAreRead()
{
    QFETCH(QString, path);
    const QByteArray wanted = bytesOf(beside(path));
    QVERIFY2(wanted.count('\n') >= 2, qPrintable(beside(path)));
    QCOMPARE(QString::fromUtf8(frameLines(bytesOf(path))), QString::fromUtf8(wanted));
}

void TestLiveGolden::H6_earlierVersionsReadWhatIsWrittenToday_data()
{
    QTest::addColumn<int>("index");
    const auto all = goldenRings();
    for (int i = 0; i < int(all.size()); ++i) {
        QTest::addRow("%s", qPrintable(all[std::size_t(i)].name)) << i;
    }
}

/// The bytes are those of version 1.0, except for the times.
void TestLiveGolden::H6_earlierVersionsReadWhatIsWrittenToday()
{
    QFETCH(int, index);
    const GoldenRing golden = goldenRings().at(std::size_t(index));
    const QByteArray then = withoutTimes(
        bytesOf(goldenFolder + QLatin1String("/live-1.0/") + golden.name + QLatin1String(".bin")));
    const QByteArray today = withoutTimes(written(golden));
    QCOMPARE(today.size(), then.size());
    for (qsizetype at = 0; at < then.size(); at += 16) {
        QVERIFY2(today.mid(at, 16) == then.mid(at, 16),
                 (QByteArray::number(at) + ": " + today.mid(at, 16).toHex(' ') + ", was " +
                  then.mid(at, 16).toHex(' '))
                     .constData());
    }
}

void TestLiveGolden::H6_laterMinorVersionIsMadeAsItWas()
{
    QVERIFY(bytesOf(goldenFolder + QLatin1String("/live-1.0/") + laterRing + QLatin1String(".bin")) ==
            ringOfALaterMinorVersion());
}

/// With a reader made from FORMAT.md alone, and with the kit.
void TestLiveGolden::H6_pythonReadsRingsOfEveryVersion()
{
    QFETCH(QString, path);
    const Finished read =
        runToEnd(pythonWithNumpy(), {QStringLiteral(SHMPIX_SOURCE "/tests/live/goldenrings.py"), path});
    QVERIFY2(read.exitCode == 0, read.err.constData());
    QCOMPARE(QString::fromUtf8(read.out), QString::fromUtf8(bytesOf(beside(path))));
}

int tst_livegolden(int argc, char** argv)
{
    if (argc == 3 && qstrcmp(argv[1], "make") == 0) {
        return make(QString::fromLocal8Bit(argv[2]));
    }
    return shmpix::test::runTest<QCoreApplication, TestLiveGolden>(argc, argv);
}

#include "tst_livegolden.moc"
