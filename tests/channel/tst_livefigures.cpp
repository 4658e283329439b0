// The counts and measurements of a live stream: rates and latencies must be valid numbers whatever the clocks
// say.
#include "common/channel/framerate.h"
#include "common/channel/latencies.h"
#include "tests/support/runtest.h"

#include <QTest>

#include <cmath>
#include <limits>

using namespace shmpix;

namespace {

constexpr qint64 second = 1'000'000'000;
constexpr qint64 most = std::numeric_limits<qint64>::max();

struct Sample
{
    quint64 count;
    qint64 time;
};

} // namespace

Q_DECLARE_METATYPE(std::vector<Sample>)

class TestLiveFigures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rateIsFramesOverTime()
    {
        FrameRate rate;
        QCOMPARE(rate.perSecond(second), 0.);
        for (int i = 0; i <= 300; ++i) {
            rate.add(quint64(i) + 1, second + i * second / 60);
        }
        const qint64 end = second + 5 * second;
        QVERIFY2(std::abs(rate.perSecond(end) - 60) < 0.1, qPrintable(QString::number(rate.perSecond(end))));
    }

    void framesThatWereLeftOutCountForTheSource()
    {
        FrameRate rate;
        rate.add(10, second);
        rate.add(130, 2 * second);
        QCOMPARE(rate.perSecond(2 * second), 120.);
    }

    void aSlowStreamHasARateAndOneThatStoppedHasNone()
    {
        FrameRate rate;
        rate.add(1, 10 * second);
        rate.add(2, 15 * second);
        QCOMPARE(rate.perSecond(15 * second), 0.2);
        QCOMPARE(rate.perSecond(25 * second), 0.2);
        QCOMPARE(rate.perSecond(31 * second), 0.);
    }

    void C11_whateverTheClocksSayTheRateIsANumber_data()
    {
        QTest::addColumn<std::vector<Sample>>("samples");
        QTest::newRow("backwards") << std::vector<Sample>{{1, 5 * second}, {2, 4 * second}};
        QTest::newRow("at once") << std::vector<Sample>{{1, second}, {2, second}, {3, second}};
        QTest::newRow("unknown") << std::vector<Sample>{{1, 0}, {2, 0}};
        QTest::newRow("negative") << std::vector<Sample>{{1, -5}, {2, -4}};
        QTest::newRow("the last time there is") << std::vector<Sample>{{1, 1}, {2, most}};
        QTest::newRow("a count that wraps") << std::vector<Sample>{{~quint64{0}, second}, {0, 2 * second}};
        QTest::newRow("a leap of the count") << std::vector<Sample>{{0, second}, {~quint64{0}, 2 * second}};
    }

    void C11_whateverTheClocksSayTheRateIsANumber()
    {
        QFETCH(std::vector<Sample>, samples);
        FrameRate rate;
        for (const Sample& sample : samples) {
            rate.add(sample.count, sample.time);
            for (const qint64 now : {qint64{0}, second, 100 * second, most}) {
                const double value = rate.perSecond(now);
                QVERIFY2(std::isfinite(value) && value >= 0, qPrintable(QString::number(value)));
            }
        }
    }

    void manyFramesAtOneMomentTakeLittleMemoryAndTime()
    {
        FrameRate rate;
        for (quint64 i = 1; i < 1'000'000; ++i) {
            rate.add(i, second + qint64(i));
        }
        QVERIFY(std::isfinite(rate.perSecond(second)));
    }

    void spreadIsOfTheLastOnes()
    {
        Latencies latencies(100);
        QVERIFY(!latencies.spread());
        for (int i = 1; i <= 250; ++i) {
            latencies.add(second, second + i);
        }
        const auto spread = latencies.spread();
        QVERIFY(spread);
        QCOMPARE(spread->count, std::size_t(100));
        QCOMPARE(spread->max, 250);
        QVERIFY2(std::abs(spread->p50 - 200) <= 1, qPrintable(QString::number(spread->p50)));
        QVERIFY2(std::abs(spread->p99 - 249) <= 1, qPrintable(QString::number(spread->p99)));
    }

    void C11_aTimeThatCannotBeIsNoLatency_data()
    {
        QTest::addColumn<qint64>("from");
        QTest::addColumn<qint64>("to");
        QTest::newRow("in the future") << 2 * second << second;
        QTest::newRow("unknown") << qint64{0} << second;
        QTest::newRow("negative") << std::numeric_limits<qint64>::min() << second;
        QTest::newRow("the last time there is") << most << second;
    }

    void C11_aTimeThatCannotBeIsNoLatency()
    {
        QFETCH(qint64, from);
        QFETCH(qint64, to);
        Latencies latencies;
        latencies.add(from, to);
        QVERIFY(!latencies.spread());
    }
};

int tst_livefigures(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestLiveFigures>(argc, argv);
}

#include "tst_livefigures.moc"
