#include "tests/support/peerprocess.h"
#include "tests/support/runtest.h"

#include <QTest>

using namespace shmpix::test;

/// A writer and four readers of live frames as threads of one process (tests/peers/livethreads.cpp).
class TestLiveThreads : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void noFrameIsTorn_data();
    void noFrameIsTorn();
};

void TestLiveThreads::noFrameIsTorn_data()
{
    QTest::addColumn<QString>("sizes");
    QTest::addColumn<int>("frames");
    QTest::newRow("C4_flat_out") << QStringLiteral("small") << 200000;
    QTest::newRow("B7_sizes_change_and_the_stream_moves") << QStringLiteral("changing") << 50000;
}

void TestLiveThreads::noFrameIsTorn()
{
    QFETCH(QString, sizes);
    QFETCH(int, frames);
    const auto finished =
        runToEnd(QStringLiteral(SHMPIX_PEERS "/livethreads"), {sizes, QString::number(frames)});
    qInfo("%s", finished.out.constData());
    QCOMPARE(finished.exitCode, 0);
}

int tst_livethreads(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestLiveThreads>(argc, argv);
}

#include "tst_livethreads.moc"
