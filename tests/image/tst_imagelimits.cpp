#include "common/image/imagelimits.h"
#include "tests/support/runtest.h"

#include <QtTest>

#include <limits>

using shmpix::checkedImageBytes;
using shmpix::maximumImageBytes;
using shmpix::maximumSide;

namespace {

constexpr qint64 int32Most = std::numeric_limits<qint32>::max();
constexpr qint64 int32Least = std::numeric_limits<qint32>::min();
constexpr qint64 uint32Most = std::numeric_limits<quint32>::max();
constexpr qint64 int64Most = std::numeric_limits<qint64>::max();
constexpr qint64 int64Least = std::numeric_limits<qint64>::min();

} // namespace

class TestImageLimits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void bytesOfAPictureWithinTheLimits_data();
    void bytesOfAPictureWithinTheLimits();
    void pictureBeyondTheLimitsIsBadData_data();
    void pictureBeyondTheLimitsIsBadData();
    void refusalNamesTheNumbers();
};

void TestImageLimits::bytesOfAPictureWithinTheLimits_data()
{
    QTest::addColumn<qint64>("width");
    QTest::addColumn<qint64>("height");
    QTest::addColumn<qint64>("bits");
    QTest::addColumn<qint64>("bytes");

    QTest::newRow("one pixel") << qint64{1} << qint64{1} << qint64{32} << qint64{4};
    QTest::newRow("one bit is a byte") << qint64{1} << qint64{1} << qint64{1} << qint64{1};
    QTest::newRow("each row rounded up") << qint64{9} << qint64{5} << qint64{1} << qint64{10};
    QTest::newRow("full HD, RGB") << qint64{1920} << qint64{1080} << qint64{24} << qint64{6220800};
    QTest::newRow("8K, RGBA") << qint64{7680} << qint64{4320} << qint64{32} << qint64{132710400};
    QTest::newRow("16K, RGBA") << qint64{15360} << qint64{8640} << qint64{32} << qint64{530841600};
    QTest::newRow("widest") << maximumSide << qint64{1} << qint64{32} << maximumSide * 4;
    QTest::newRow("highest") << qint64{1} << maximumSide << qint64{64} << maximumSide * 8;
    QTest::newRow("exactly the limit") << qint64{16384} << qint64{16384} << qint64{32} << maximumImageBytes;
    QTest::newRow("most pixels at one bit")
        << maximumSide << maximumSide << qint64{1} << qint64{8192} * 65535;
}

void TestImageLimits::bytesOfAPictureWithinTheLimits()
{
    QFETCH(qint64, width);
    QFETCH(qint64, height);
    QFETCH(qint64, bits);
    const auto result = checkedImageBytes(width, height, bits);
    QVERIFY2(result.has_value(), qPrintable(result ? QString() : result.error().text));
    QTEST(*result, "bytes");
}

void TestImageLimits::pictureBeyondTheLimitsIsBadData_data()
{
    QTest::addColumn<qint64>("width");
    QTest::addColumn<qint64>("height");
    QTest::addColumn<qint64>("bits");

    const auto row = [](const char* name, qint64 width, qint64 height, qint64 bits = 32) {
        QTest::newRow(name) << width << height << bits;
    };
    row("no width", 0, 10);
    row("no height", 10, 0);
    row("nothing", 0, 0);
    row("negative width", -1, 10);
    row("negative height", 10, -1);
    row("both negative, product positive", -100, -100);
    row("least 32-bit width", int32Least, 1);
    row("least 32-bit height", 1, int32Least);
    row("least 64-bit width", int64Least, 1);
    row("least 64-bit height", 1, int64Least);
    row("least 64-bit both", int64Least, int64Least);
    row("side of 65536", maximumSide + 1, 1);
    row("height of 65536", 1, maximumSide + 1);
    row("product wraps to 0 in 32 bits", 65536, 65536, 8);
    row("bytes wrap to 0 in 32 bits", 32768, 32768);
    row("bytes wrap to 4 in 32 bits", 1, 1073741825);
    row("32-bit most width", int32Most, 1);
    row("32-bit most both", int32Most, int32Most);
    row("unsigned 32-bit most both", uint32Most, uint32Most);
    row("bytes wrap to 0 in 64 bits", qint64{1} << 31, qint64{1} << 31);
    row("64-bit most width", int64Most, 1);
    row("64-bit most height", 1, int64Most);
    row("64-bit most both", int64Most, int64Most);
    row("one row over the limit", 16384, 16385);
    row("over the limit by depth", 16384, 16384, 64);
    row("both sides allowed, too many bytes", maximumSide, maximumSide);
    row("no bits", 10, 10, 0);
    row("negative bits", 10, 10, -32);
    row("least 64-bit bits", 10, 10, int64Least);
    row("bits that overflow", maximumSide, 1, int64Most / 2);
    row("64-bit most bits", 1, 1, int64Most);
}

void TestImageLimits::pictureBeyondTheLimitsIsBadData()
{
    QFETCH(qint64, width);
    QFETCH(qint64, height);
    QFETCH(qint64, bits);
    const auto result = checkedImageBytes(width, height, bits);
    QVERIFY2(!result, qPrintable(result ? QString::number(*result) : QString()));
    QCOMPARE(result.error().code, shmpix::ErrorCode::BadData);
    QVERIFY2(result.error().text.endsWith(QLatin1Char('.')), qPrintable(result.error().text));
}

void TestImageLimits::refusalNamesTheNumbers()
{
    const QString empty = checkedImageBytes(0, -7, 32).error().text;
    QVERIFY2(empty.contains(QStringLiteral("0 × -7")), qPrintable(empty));
    const QString side = checkedImageBytes(70000, 20, 32).error().text;
    QVERIFY2(side.contains(QStringLiteral("70000 × 20")) && side.contains(QStringLiteral("65535")),
             qPrintable(side));
    const QString bytes = checkedImageBytes(60000, 50000, 32).error().text;
    QVERIFY2(bytes.contains(QStringLiteral("60000 × 50000")) && bytes.contains(QStringLiteral("12.0 GB")),
             qPrintable(bytes));
}

int tst_imagelimits(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestImageLimits>(argc, argv);
}

#include "tst_imagelimits.moc"
