#include "common/base/memorysource.h"
#include "tests/support/runtest.h"

#include <QtTest>

#include <array>
#include <limits>

using shmpix::isWithin;
using shmpix::MemorySource;

namespace {

constexpr qint64 most = std::numeric_limits<qint64>::max();
constexpr qint64 least = std::numeric_limits<qint64>::min();

} // namespace

class TestMemorySource : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rangeIsWithinItsBytes_data();
    void rangeIsWithinItsBytes();
    void readGivesTheBytesAsked();
    void readBeyondTheEndIsBadData_data();
    void readBeyondTheEndIsBadData();
    void emptySourceHasNothingButNothingToRead();
};

void TestMemorySource::rangeIsWithinItsBytes_data()
{
    QTest::addColumn<qint64>("offset");
    QTest::addColumn<qint64>("count");
    QTest::addColumn<qint64>("size");
    QTest::addColumn<bool>("within");

    QTest::newRow("all of it") << qint64{0} << qint64{10} << qint64{10} << true;
    QTest::newRow("the last byte") << qint64{9} << qint64{1} << qint64{10} << true;
    QTest::newRow("nothing, at the end") << qint64{10} << qint64{0} << qint64{10} << true;
    QTest::newRow("nothing, behind the end") << qint64{11} << qint64{0} << qint64{10} << false;
    QTest::newRow("one too many") << qint64{0} << qint64{11} << qint64{10} << false;
    QTest::newRow("one behind the end") << qint64{10} << qint64{1} << qint64{10} << false;
    QTest::newRow("negative offset") << qint64{-1} << qint64{1} << qint64{10} << false;
    QTest::newRow("negative count") << qint64{1} << qint64{-1} << qint64{10} << false;
    QTest::newRow("sum overflows") << most << most << most << false;
    QTest::newRow("sum overflows by one") << qint64{1} << most << most << false;
    QTest::newRow("largest of all") << qint64{0} << most << most << true;
    QTest::newRow("least offset") << least << qint64{0} << qint64{10} << false;
    QTest::newRow("least count") << qint64{0} << least << qint64{10} << false;
    QTest::newRow("least both") << least << least << qint64{10} << false;
}

void TestMemorySource::rangeIsWithinItsBytes()
{
    QFETCH(qint64, offset);
    QFETCH(qint64, count);
    QFETCH(qint64, size);
    QTEST(isWithin(offset, count, size), "within");
}

void TestMemorySource::readGivesTheBytesAsked()
{
    const QByteArray bytes("abcdef");
    MemorySource source(std::as_bytes(std::span(bytes.constData(), 6)));
    QCOMPARE(source.size(), 6);
    QByteArray out(4, '.');
    QVERIFY(source.read(2, std::as_writable_bytes(std::span(out.data(), 3))));
    QCOMPARE(out, QByteArray("cde."));
}

void TestMemorySource::readBeyondTheEndIsBadData_data()
{
    QTest::addColumn<qint64>("offset");

    QTest::newRow("last byte missing") << qint64{4};
    QTest::newRow("at the end") << qint64{6};
    QTest::newRow("behind the end") << qint64{7};
    QTest::newRow("before the beginning") << qint64{-1};
    QTest::newRow("2^63 - 1") << most;
    QTest::newRow("-2^63") << least;
}

void TestMemorySource::readBeyondTheEndIsBadData()
{
    QFETCH(qint64, offset);
    const std::array<std::byte, 6> bytes = {};
    std::array<std::byte, 3> out = {};
    MemorySource source(bytes);
    const auto result = source.read(offset, out);
    QVERIFY(!result);
    QCOMPARE(result.error().code, shmpix::ErrorCode::BadData);
    QVERIFY(!result.error().text.isEmpty());
}

void TestMemorySource::emptySourceHasNothingButNothingToRead()
{
    MemorySource source({});
    QCOMPARE(source.size(), 0);
    QVERIFY(source.read(0, {}));
    std::array<std::byte, 1> one = {};
    QVERIFY(!source.read(0, one));
}

int tst_memorysource(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestMemorySource>(argc, argv);
}

#include "tst_memorysource.moc"
