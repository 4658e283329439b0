#include "common/doctor/keynames.h"
#include "tests/doctor/diagnosed.h"
#include "tests/support/expect.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/stockqtpeer.h"
#include "tests/support/traces.h"
#include "tests/support/uniquekey.h"

#include <QFile>
#include <QFileInfo>
#include <QScopeGuard>

using namespace shmpix;
using namespace shmpix::test;

/// The diagnosis if nothing is under a key but something is elsewhere: where it is found, and the sentence.
class TestDiagnosis : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aQtKeyIsFoundForAPosixName();
    void aPosixNameIsFoundForAQtKey_data();
    void aPosixNameIsFoundForAQtKey();
    void aQtBuiltForPosixMemoryIsFound();
    void anotherTemporaryFolderIsFound();
    void thePrefixOfPlatformSafeKeyIsFound_data();
    void thePrefixOfPlatformSafeKeyIsFound();
    void otherCapitalsAreFound_data();
    void otherCapitalsAreFound();
    void F4_theAsciiNameOfAKeyIsFound();
    void F1_aPathIsTakenForWhatItIs_data();
    void F1_aPathIsTakenForWhatItIs();
    void aKeyFileWhereAProgramRunsIsFound();
    void aNameOfWindowsIsItsNameHere();
    void thePathOfAKeyFileIsSystemVMemory();
    void cleanup() { QCOMPARE(m_traces.takeFound(), QString()); }

private:
    void shareUnder(const QString& address)
    {
        EXPECT_SUCCESS(share(m_publisher, m_traces.watched(address), picture(QStringLiteral("odd"))));
    }

    Traces m_traces;
    Publisher m_publisher;
};

void TestDiagnosis::aQtKeyIsFoundForAPosixName()
{
    const QString key = uniqueName();
    StockQtPeer peer(key);
    m_traces.watch(peer);
    peer.writeLine(QStringLiteral("share-image ") + fileOf(picture(QStringLiteral("odd"))));
    QVERIFY(!peer.waitForLine(QStringLiteral("share-image ")).contains(QStringLiteral("failed")));
    const auto found = diagnosisOf(key);
    EXPECT_INSTEAD(found, QStringLiteral("qt:") + key);
    EXPECT_CONTAINS(found->cause, QStringLiteral("System V"));
    EXPECT_CONTAINS(found->fix, QStringLiteral("Load qt:") + key);
    EXPECT_SUCCESS(load(found->instead));
    peer.writeLine(QStringLiteral("end"));
    QCOMPARE(peer.exitCode(), 0);
}

void TestDiagnosis::aPosixNameIsFoundForAQtKey_data()
{
    QTest::addColumn<QString>("prefix");
    for (const char* prefix : {"qt:", "qt:/", "systemv:/tmp/", "file:/tmp/"}) {
        QTest::newRow(prefix) << QString::fromLatin1(prefix);
    }
}

void TestDiagnosis::aPosixNameIsFoundForAQtKey()
{
    QFETCH(QString, prefix);
    const QString key = uniqueName();
    shareUnder(QStringLiteral("posix:/") + key);
    const auto found = diagnosisOf(prefix + key);
    EXPECT_INSTEAD(found, QStringLiteral("posix:/") + key);
    EXPECT_CONTAINS(found->cause, QStringLiteral("POSIX"));
    m_publisher.stop();
}

void TestDiagnosis::aQtBuiltForPosixMemoryIsFound()
{
    const QString key = uniqueName();
    const QString native = QFileInfo(filesOf(QStringLiteral("qt:") + key).first()).fileName();
    const Foreign segment(native);
    EXPECT_INSTEAD(diagnosisOf(key), QStringLiteral("posix:/") + native);
    EXPECT_INSTEAD(diagnosisOf(QStringLiteral("qt:") + key), QStringLiteral("posix:/") + native);
}

void TestDiagnosis::anotherTemporaryFolderIsFound()
{
    const QByteArray before = qgetenv("TMPDIR");
    const QByteArray another = temporaryFolder().toLocal8Bit();
    const auto reset = qScopeGuard([&before] {
        // Other tests have their key files there.
        before.isEmpty() ? qunsetenv("TMPDIR") : qputenv("TMPDIR", before);
    });
    qunsetenv("TMPDIR");
    const QString key = uniqueName();
    shareUnder(QStringLiteral("qt:") + key);
    const QString keyFile = filesOf(QStringLiteral("qt:") + key).first();
    QVERIFY2(keyFile.startsWith(QLatin1String("/tmp/")), qPrintable(keyFile));
    qputenv("TMPDIR", another);
    const auto found = diagnosisOf(QStringLiteral("qt:") + key);
    EXPECT_INSTEAD(found, QStringLiteral("systemv:") + keyFile);
    EXPECT_CONTAINS(found->cause, QStringLiteral("temporary files"));
    m_publisher.stop();
}

void TestDiagnosis::thePrefixOfPlatformSafeKeyIsFound_data()
{
    QTest::addColumn<bool>("typedPrefix");
    QTest::newRow("forgotten") << false;
    QTest::newRow("too much") << true;
}

void TestDiagnosis::thePrefixOfPlatformSafeKeyIsFound()
{
    QFETCH(bool, typedPrefix);
    const QString plain = uniqueName();
    const QString prefixed = QStringLiteral("shm_") + plain;
    const Foreign segment(typedPrefix ? plain : prefixed);
    const auto found = diagnosisOf(typedPrefix ? prefixed : plain);
    EXPECT_INSTEAD(found, QStringLiteral("posix:/") + (typedPrefix ? plain : prefixed));
    EXPECT_CONTAINS(found->cause, QStringLiteral("platformSafeKey"));
}

void TestDiagnosis::otherCapitalsAreFound_data()
{
    QTest::addColumn<QString>("scheme");
    QTest::newRow("posix") << QStringLiteral("posix");
    QTest::newRow("file") << QStringLiteral("file");
}

void TestDiagnosis::otherCapitalsAreFound()
{
    QFETCH(QString, scheme);
    const QString address = uniqueAddress(scheme);
    shareUnder(address);
    const QString name = SegmentAddress::parse(address)->name();
    QString other = name;
    other.replace(QLatin1String("shmpix-test"), QLatin1String("Shmpix-TEST"));
    const auto found = diagnosisOf(QString(address).replace(name, other));
    EXPECT_INSTEAD(found, address);
    EXPECT_CONTAINS(found->cause, QStringLiteral("case-sensitive"));
    m_publisher.stop();
}

void TestDiagnosis::F4_theAsciiNameOfAKeyIsFound()
{
    const QString key = uniqueName() + QString::fromUtf8("-图片");
    const Foreign segment(portableName(key));
    EXPECT_INSTEAD(diagnosisOf(key), QStringLiteral("posix:/") + portableName(key));
}

void TestDiagnosis::F1_aPathIsTakenForWhatItIs_data()
{
    QTest::addColumn<QString>("scheme");
    QTest::newRow("of a POSIX object") << QStringLiteral("posix");
    QTest::newRow("of a mapped file") << QStringLiteral("file");
    QTest::newRow("of a key file") << QStringLiteral("systemv");
}

void TestDiagnosis::F1_aPathIsTakenForWhatItIs()
{
    QFETCH(QString, scheme);
    const QString address = uniqueAddress(scheme);
    shareUnder(address);
    const auto found = diagnosisOf(filesOf(address).first());
    EXPECT_INSTEAD(found,
                   scheme == QLatin1String("posix") ? SegmentAddress::parse(address)->name() : address);
    EXPECT_SUCCESS(load(found->instead));
    m_publisher.stop();
}

void TestDiagnosis::aKeyFileWhereAProgramRunsIsFound()
{
    const QString name = uniqueName();
    const QString keyFile = temporaryFolder() + QLatin1Char('/') + name;
    shareUnder(QStringLiteral("systemv:") + keyFile);
    PeerProcess program(
        QStringLiteral("/bin/sh"),
        {QStringLiteral("-c"), QStringLiteral("cd \"$0\" && echo there && exec cat"), temporaryFolder()});
    QCOMPARE(program.readLine(), QStringLiteral("there"));
    const auto found = diagnosisOf(name);
    EXPECT_INSTEAD(found, QStringLiteral("systemv:") + keyFile);
    EXPECT_CONTAINS(found->cause, QStringLiteral("setNativeKey"));
    EXPECT_CONTAINS(found->cause, QString::number(program.pid()));
    m_publisher.stop();
}

void TestDiagnosis::aNameOfWindowsIsItsNameHere()
{
    const QString key = uniqueName();
    shareUnder(QStringLiteral("posix:/") + key);
    EXPECT_INSTEAD(diagnosisOf(QStringLiteral("windows:") + key), QStringLiteral("posix:/") + key);
    m_publisher.stop();
}

void TestDiagnosis::thePathOfAKeyFileIsSystemVMemory()
{
    const QString address = uniqueAddress(QStringLiteral("systemv"));
    shareUnder(address);
    EXPECT_INSTEAD(diagnosisOf(QStringLiteral("file:") + filesOf(address).first()), address);
    m_publisher.stop();
}

int tst_diagnosis(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestDiagnosis>(argc, argv);
}

#include "tst_diagnosis.moc"
