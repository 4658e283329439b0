#include "common/base/checksums.h"

#include "tests/support/codecbytes.h"
#include "tests/support/runtest.h"

using shmpix::test::spanOf;

class TestChecksums : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sumsAreTheStandards_data();
    void sumsAreTheStandards();
    void sumsAreTheSameInPieces();
};

void TestChecksums::sumsAreTheStandards_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<quint32>("crc");
    QTest::addColumn<quint32>("adler");

    QTest::newRow("nothing") << QByteArray() << 0U << 1U;
    QTest::newRow("check value of CRC-32") << QByteArray("123456789") << 0xcbf43926U << 0x091e01deU;
    QTest::newRow("IEND of every PNG") << QByteArray("IEND") << 0xae426082U << 0x02d70121U;
    QTest::newRow("Wikipedia") << QByteArray("Wikipedia") << 0xadaac02eU << 0x11e60398U;
}

void TestChecksums::sumsAreTheStandards()
{
    QFETCH(QByteArray, bytes);
    QTEST(shmpix::crc32(0, spanOf(bytes)), "crc");
    QTEST(shmpix::adler32(1, spanOf(bytes)), "adler");
}

void TestChecksums::sumsAreTheSameInPieces()
{
    QByteArray bytes(70001, '\0');
    for (qsizetype i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<char>(255 - i % 253);
    }
    const auto whole = spanOf(bytes);
    const auto crc = shmpix::crc32(0, whole);
    const auto adler = shmpix::adler32(1, whole);
    for (std::size_t cut : {1, 3, 4096, 5552, 65535, 65536, 70000}) {
        QCOMPARE(shmpix::crc32(shmpix::crc32(0, whole.first(cut)), whole.subspan(cut)), crc);
        QCOMPARE(shmpix::adler32(shmpix::adler32(1, whole.first(cut)), whole.subspan(cut)), adler);
    }
}

int tst_checksums(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestChecksums>(argc, argv);
}

#include "tst_checksums.moc"
