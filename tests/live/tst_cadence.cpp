#include "common/live/cadence.h"
#include "tests/support/runtest.h"

#include <QtTest>

using shmpix::Cadence;

class TestCadence : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void regularFramesAreExpected();
    void framesInBetweenThatWereMissedCount();
    void aLittleJitterIsRegular();
    void whatIsNotRegularIsNotExpected_data();
    void whatIsNotRegularIsNotExpected();
    void aChangedRateIsLearntAnew();
};

namespace {

constexpr qint64 second = 1'000'000'000;
constexpr qint64 millisecond = 1'000'000;

} // namespace

void TestCadence::regularFramesAreExpected()
{
    Cadence cadence;
    for (quint64 n = 1; n <= 10; ++n) {
        cadence.saw(n, second + qint64(n) * 16 * millisecond);
    }
    QVERIFY(cadence.next().has_value());
    QCOMPARE(*cadence.next(), second + 11 * 16 * millisecond);
}

void TestCadence::framesInBetweenThatWereMissedCount()
{
    Cadence cadence;
    for (const quint64 n : {1, 3, 4, 9, 10, 12, 15}) {
        cadence.saw(n, second + qint64(n) * 10 * millisecond);
    }
    QVERIFY(cadence.next().has_value());
    QCOMPARE(*cadence.next(), second + 16 * 10 * millisecond);
}

void TestCadence::aLittleJitterIsRegular()
{
    Cadence cadence;
    for (quint64 n = 1; n <= 20; ++n) {
        cadence.saw(n, second + qint64(n) * 16 * millisecond + (n % 2 == 0 ? 100'000 : 0));
    }
    QVERIFY(cadence.next().has_value());
    QVERIFY2(qAbs(*cadence.next() - (second + 21 * 16 * millisecond)) < millisecond,
             qPrintable(QString::number(*cadence.next())));
}

void TestCadence::whatIsNotRegularIsNotExpected_data()
{
    QTest::addColumn<QList<qint64>>("times");
    QTest::newRow("nothing") << QList<qint64>{};
    QTest::newRow("one frame") << QList<qint64>{second};
    QTest::newRow("a slideshow") << QList<qint64>{second,      4 * second,  7 * second,
                                                  10 * second, 13 * second, 16 * second};
    QList<qint64> fast;
    QList<qint64> unknown;
    QList<qint64> restless;
    QList<qint64> backwards;
    for (qint64 n = 1; n <= 12; ++n) {
        fast.append(second + n * 100'000);
        unknown.append(0);
        restless.append(second + n * n * 3 * millisecond);
        backwards.append(second - n * 16 * millisecond);
    }
    QTest::newRow("flat out") << fast;
    QTest::newRow("no times") << unknown;
    QTest::newRow("another pause each time") << restless;
    QTest::newRow("backwards") << backwards;
}

void TestCadence::whatIsNotRegularIsNotExpected()
{
    QFETCH(QList<qint64>, times);
    Cadence cadence;
    quint64 serial = 0;
    for (const qint64 time : times) {
        cadence.saw(++serial, time);
    }
    QVERIFY2(!cadence.next(), qPrintable(QString::number(cadence.next().value_or(0))));
}

void TestCadence::aChangedRateIsLearntAnew()
{
    Cadence cadence;
    quint64 serial = 0;
    qint64 time = second;
    for (const qint64 period : {16, 16, 16, 16, 16, 16, 40, 40}) {
        time += period * millisecond;
        cadence.saw(++serial, time);
    }
    QVERIFY(!cadence.next());
    for (int i = 0; i < 5; ++i) {
        time += 40 * millisecond;
        cadence.saw(++serial, time);
    }
    QVERIFY(cadence.next().has_value());
    QCOMPARE(*cadence.next(), time + 40 * millisecond);
}

int tst_cadence(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestCadence>(argc, argv);
}

#include "tst_cadence.moc"
