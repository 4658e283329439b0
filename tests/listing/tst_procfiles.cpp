// The text files in which the system describes shared memory: real lines, and lines with names that anybody
// may choose.
#include "common/listing/linux/keyfiles.h"
#include "common/listing/linux/mappingtable.h"
#include "common/listing/producername.h"
#include "common/segment/posix/heldlocks.h"
#include "common/segment/systemv/systemvtable.h"
#include "tests/support/runtest.h"

#include <QTest>

using namespace shmpix;

namespace {

const QByteArray tableHeading =
    "       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid      atime"
    "      dtime      ctime                   rss                  swap\n";

} // namespace

class TestProcFiles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aLineOfTheSystemVTableIsRead();
    void theSystemVTableMayHaveMoreColumnsInAnotherOrder();
    void linesOfTheSystemVTableThatMakeNoSenseAreLeftOut_data();
    void linesOfTheSystemVTableThatMakeNoSenseAreLeftOut();
    void mappingsOfSegmentsAreFound();
    void otherMappingsAreLeftOut_data();
    void otherMappingsAreLeftOut();
    void aMillionLinesAreReadInNoTime();
    void whoHoldsALockIsFound();
    void otherLocksAreLeftOut_data();
    void otherLocksAreLeftOut();
    void aKeyIsMadeOfTheFilesNumbersAsFtokDoes();
    void theQtKeyIsFoundBehindItsHash_data();
    void theQtKeyIsFoundBehindItsHash();
    void theNameTellsTheProducer_data();
    void theNameTellsTheProducer();
};

void TestProcFiles::aLineOfTheSystemVTableIsRead()
{
    const auto rows = parseSystemVTable(
        tableHeading +
        "1358989444   76840964  1640                  3924 15190 15191      2  1000     0     0     0"
        " 1795259460 1795259461 1795259458                  4096                     0\n");
    QCOMPARE(rows.size(), std::size_t{1});
    const SystemVRow& row = rows.front();
    QCOMPARE(row.key, 0x51008884U);
    QCOMPARE(row.id, 76840964);
    QCOMPARE(row.mode, 0640U);
    QVERIFY(row.isRemoved);
    QCOMPARE(row.bytes, 3924);
    QCOMPARE(row.maker, 15190);
    QCOMPARE(row.lastUser, 15191);
    QCOMPARE(row.attached, 2);
    QCOMPARE(row.user, 1000U);
    QCOMPARE(row.attachedAt, 1795259460);
    QCOMPARE(row.detachedAt, 1795259461);
    QCOMPARE(row.changedAt, 1795259458);
    QCOMPARE(row.bytesInMemory, 4096);
}

void TestProcFiles::theSystemVTableMayHaveMoreColumnsInAnotherOrder()
{
    const auto rows =
        parseSystemVTable("shmid key news perms size cpid lpid nattch uid atime dtime ctime rss\n"
                          "7 -2147483648 x 600 8 0 0 0 0 0 0 0 0\n");
    QCOMPARE(rows.size(), std::size_t{1});
    QCOMPARE(rows.front().id, 7);
    QCOMPARE(rows.front().key, 0x80000000U); // the system prints keys as signed numbers
}

void TestProcFiles::linesOfTheSystemVTableThatMakeNoSenseAreLeftOut_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("only the heading") << tableHeading;
    QTest::newRow("no heading") << QByteArray("1 2 600 4 5 6 7 8 9 10 11 12 13 14 15 16\n");
    QTest::newRow("cut") << tableHeading + "1358989444   76840964   600                  39";
    QTest::newRow("words") << tableHeading + "a b c d e f g h i j k l m n o p\n";
    QTest::newRow("negative size") << tableHeading + "1 2 600 -4 5 6 7 8 9 10 11 12 13 14 15 16\n";
    QTest::newRow("number too long")
        << tableHeading + "1 2 600 99999999999999999999999 5 6 7 8 9 10 11 12 13 14 15 16\n";
    QTest::newRow("attached too often")
        << tableHeading + "1 2 600 4 5 6 99999999999 8 9 10 11 12 13 14 15 16\n";
    QTest::newRow("zeros") << QByteArray(4096, '\0');
}

void TestProcFiles::linesOfTheSystemVTableThatMakeNoSenseAreLeftOut()
{
    QFETCH(QByteArray, text);
    QCOMPARE(parseSystemVTable(text).size(), std::size_t{0});
}

void TestProcFiles::mappingsOfSegmentsAreFound()
{
    const auto mappings = parseMappings(
        "55d0c0a00000-55d0c0a21000 r-xp 00000000 fe:01 123                        /usr/bin/python3.11\n"
        "7f0000000000-7f0000100000 rw-s 00001000 00:17 42                         /dev/shm/a b (deleted)\n"
        "7f1000000000-7f1000002000 rw-s 00000000 00:01 7667734                    /SYSV51000001 (deleted)\n"
        "7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0                          [stack]\n",
        4711, "/dev/shm");
    const std::vector<Mapping> wanted = {
        {4711, 0x7f0000000000, 0x7f0000100000, 0x1000, 0x17, 42, false},
        {4711, 0x7f1000000000, 0x7f1000002000, 0, 1, 7667734, true},
    };
    QVERIFY(mappings == wanted);
    const MappingTable table(mappings);
    QCOMPARE(processCount(table.ofFile(0x17, 42)), 1);
    QCOMPARE(processCount(table.ofFile(0x18, 42)), 0);
    QCOMPARE(table.ofSystemV(7667734).size(), std::size_t{1});
    QCOMPARE(table.ofSystemV(42).size(), std::size_t{0});
}

void TestProcFiles::otherMappingsAreLeftOut_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("line breaks") << QByteArray("\n\n\n");
    QTest::newRow("cut in the numbers") << QByteArray("7f00000");
    QTest::newRow("cut before the path") << QByteArray("7f0000000000-7f0000100000 rw-s 00000000 00:17 42");
    QTest::newRow("no numbers") << QByteArray("x-y rw-s z 00:17 42 /dev/shm/a");
    QTest::newRow("end before start")
        << QByteArray("7f0000100000-7f0000000000 rw-s 00000000 00:17 42 /dev/shm/a");
    QTest::newRow("more than 64 bits")
        << QByteArray("7f0000000000-fffffffffffffffff rw-s 00000000 00:17 42 /dev/shm/a");
    QTest::newRow("another folder that begins so")
        << QByteArray("7f0000000000-7f0000100000 rw-s 00000000 00:17 42 /dev/shmx/a");
    QTest::newRow("the path further inside")
        << QByteArray("7f0000000000-7f0000100000 rw-s 00000000 00:17 42 /home/dev/shm/a");
}

void TestProcFiles::otherMappingsAreLeftOut()
{
    QFETCH(QByteArray, line);
    QCOMPARE(parseMappings(line, 1, "/dev/shm").size(), std::size_t{0});
}

void TestProcFiles::aMillionLinesAreReadInNoTime()
{
    const QByteArray line = "7f0000000000-7f0000100000 rw-s 00000000 00:17 42 /dev/shm/a\n";
    QCOMPARE(parseMappings(line.repeated(1'000'000), 1, "/dev/shm").size(), std::size_t{1'000'000});
}

void TestProcFiles::whoHoldsALockIsFound()
{
    const auto locks = HeldLocks::parse("1: POSIX  ADVISORY  WRITE 1 00:17:1 0 EOF\n"
                                        "2: FLOCK  ADVISORY  WRITE 4711 00:1a:1234 0 EOF\n"
                                        "2: -> FLOCK  ADVISORY  WRITE 4712 00:1a:99 0 EOF\n");
    QCOMPARE(locks.holder(0x1a, 1234), std::optional<qint64>(4711));
    QCOMPARE(locks.holder(0x17, 1), std::nullopt);  // another kind of lock
    QCOMPARE(locks.holder(0x1a, 99), std::nullopt); // only waits for the lock
}

void TestProcFiles::otherLocksAreLeftOut_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("cut") << QByteArray("2: FLOCK  ADVISORY  WRITE 4711 00:1a");
    QTest::newRow("no file") << QByteArray("2: FLOCK  ADVISORY  WRITE 4711 <none>:0 0 EOF");
    QTest::newRow("no numbers") << QByteArray("2: FLOCK  ADVISORY  WRITE x 00:1a:1234 0 EOF");
    QTest::newRow("number too long") << QByteArray(
        "2: FLOCK ADVISORY WRITE 1 00:1a:99999999999999999999999 0 EOF");
    QTest::newRow("bytes") << QByteArray(1000, '\xff');
}

void TestProcFiles::otherLocksAreLeftOut()
{
    QFETCH(QByteArray, text);
    QCOMPARE(HeldLocks::parse(text).holder(0x1a, 1234), std::nullopt);
}

void TestProcFiles::aKeyIsMadeOfTheFilesNumbersAsFtokDoes()
{
    QCOMPARE(systemVKeyOf(0xfe01, 0x123456), 0x51013456U);
    QCOMPARE(systemVKeyOf(0x1a, 0xffff'ffff'ffff'ffffULL), 0x511affffU);
}

void TestProcFiles::theQtKeyIsFoundBehindItsHash_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("key");
    // The name that QSharedMemory::setKey() makes: letters, then SHA-1.
    QTest::newRow("letters") << "qipc_sharedmemory_Shared50d0d8dd11a959484cb838e05c14b2e51b64c68d"
                             << "Shared";
    QTest::newRow("letters and a number") << "qipc_sharedmemory_frame414305d6539d5b50e7bb2dd67ce9c494996adb4e"
                                          << "frame7";
    QTest::newRow("number") << "qipc_sharedmemory_e5478af2f9231878be63438e430a6b19ebab6787"
                            << "169254";
    QTest::newRow("not letters") << "qipc_sharedmemory_44da6bbcf285cdb317aa91174217990d1b94d64d"
                                 << "";
    QTest::newRow("cut hash") << "qipc_sharedmemory_Shared68d8"
                              << "";
    QTest::newRow("another file") << "Shared"
                                  << "";
    QTest::newRow("empty") << ""
                           << "";
    QTest::newRow("key with other letters")
        << "qipc_sharedmemory_mysharememd09b13b3f933b7e388bc16ae457e89256f757d97"
        << "";
}

void TestProcFiles::theQtKeyIsFoundBehindItsHash()
{
    QFETCH(QString, file);
    QFETCH(QString, key);
    QCOMPARE(qtKeyOf(file, Effort::Thorough).value_or(QString()), key);
}

void TestProcFiles::theNameTellsTheProducer_data()
{
    QTest::addColumn<QString>("producer");
    QTest::newRow("psm_0123abcd") << "Python";
    QTest::newRow("psm_0123abcd\n") << "";
    QTest::newRow("psm_picture") << "";
    QTest::newRow("qipc_sharedmemory_x") << "Qt";
    QTest::newRow("pulse-shm-123") << "PulseAudio";
    QTest::newRow(".org.chromium.Chromium.abc") << "Chromium";
    QTest::newRow("my_share_mem") << "";
    QTest::newRow("") << "";
}

void TestProcFiles::theNameTellsTheProducer()
{
    QFETCH(QString, producer);
    QCOMPARE(producerByName(QString::fromLatin1(QTest::currentDataTag())), producer);
}

int tst_procfiles(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestProcFiles>(argc, argv);
}

#include "tst_procfiles.moc"
