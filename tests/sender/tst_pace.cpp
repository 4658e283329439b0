#include "sender/stream/pace.h"
#include "tests/support/runtest.h"

#include <QtTest>

using namespace shmpix;
using namespace std::chrono_literals;

namespace {

constexpr auto period = 10ms;
const MonotonicClock::time_point start(1h);

} // namespace

class TestPace : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theFirstFrameIsDueAtOnce()
    {
        const Pace pace;
        QVERIFY(pace.due(period) <= start);
    }

    void framesAreDueOnAGridThoughEachIsALittleLate()
    {
        Pace pace;
        for (int n = 0; n < 100; ++n) {
            pace.published(period, start + n * period + 3ms * (n > 0));
        }
        QVERIFY(pace.due(period) == start + 100 * period);
    }

    void lateFramesAreLeftOutAndNotBunched()
    {
        Pace pace;
        pace.published(period, start);
        pace.published(period, start + 57ms); // was due at 10 ms
        QVERIFY(pace.due(period) == start + 60ms);
        pace.published(period, start + 60ms);
        QVERIFY(pace.due(period) == start + 70ms);
    }

    void anotherRateCountsFromTheLastFrame()
    {
        Pace pace;
        pace.published(3s, start);
        QVERIFY(pace.due(3s) == start + 3s);
        QVERIFY(pace.due(100ms) == start + 100ms);
    }

    void framesThatComeAsTheyComeAreDueAtOnce()
    {
        Pace pace;
        pace.published(0ms, start);
        QVERIFY(pace.due(0ms) == start);
        pace.published(0ms, start + 7ms);
        QVERIFY(pace.due(0ms) == start + 7ms);
    }

    void I3_afterAPauseTheNextFrameBeginsTheGridAnew()
    {
        Pace pace;
        pace.published(period, start);
        pace.restart();
        pace.published(period, start + 10'003ms);
        QVERIFY(pace.due(period) == start + 10'013ms);
    }
};

int tst_pace(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestPace>(argc, argv);
}

#include "tst_pace.moc"
