#include "tests/support/expect.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/traces.h"

#include <QRandomGenerator>
#include <QThread>

#include <optional>

using namespace shmpix;
using namespace shmpix::test;

/// The sender is killed at each of its steps and at any moment. The next sender under the same key works
/// without any cleanup, and until then a reader gets the old picture, the new one or a sentence, but nothing
/// else.
class TestTakeover : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void senderKilledAtAStep_data();
    void senderKilledAtAStep();
    void senderKilledBeforeEverySystemCall_data();
    void senderKilledBeforeEverySystemCall();
    void sendersKilledAtAnyMoment_data();
    void sendersKilledAtAnyMoment();
    void cleanup() { QCOMPARE(m_traces.takeFound(), QString()); }

private:
    [[nodiscard]] QString visible(const QString& address, std::optional<QImage> mustBe = {}) const;
    [[nodiscard]] QString takeOver(const QString& address) const;

    Traces m_traces;
    QImage m_a;
    QImage m_b;      // of a different size
    QImage m_bLikeA; // of the same size
    QImage m_next;
    QString m_fileA;
    QString m_fileB;
    QString m_fileBLikeA;
};

namespace {

/// Whether the old picture stays whole until the new one is. System V memory does not: it is filled in place,
/// and created again under the same key for another size.
bool isAlwaysWhole(const QString& address)
{
    return address.startsWith(QLatin1String("posix")) || address.startsWith(QLatin1String("file"));
}

const QStringList& allSchemes()
{
    static const QStringList schemes = {QStringLiteral("posix"), QStringLiteral("file"), QStringLiteral("qt"),
                                        QStringLiteral("systemv")};
    return schemes;
}

} // namespace

void TestTakeover::initTestCase()
{
    m_a = photo(160, 120);
    m_b = photo(100, 77);
    m_bLikeA = photo(160, 120);
    m_b.invertPixels();
    m_bLikeA.invertPixels();
    m_next = picture(QStringLiteral("odd"));
    m_fileA = fileOf(m_a);
    m_fileB = fileOf(m_b);
    m_fileBLikeA = fileOf(m_bLikeA);
}

/// Describes what is wrong with a reader's current result; empty if nothing is.
QString TestTakeover::visible(const QString& address, std::optional<QImage> mustBe) const
{
    const auto loaded = load(address);
    if (!loaded) {
        const ErrorCode code = loaded.error().code;
        const bool expected = !mustBe && (code == ErrorCode::NotFound ||
                                          (code == ErrorCode::BadData && !isAlwaysWhole(address)));
        return expected ? QString() : described(loaded);
    }
    if (mustBe) {
        return samePixels(loaded->image, *mustBe) ? QString() : difference(loaded->image, *mustBe);
    }
    for (const QImage& picture : {m_a, m_b, m_bLikeA}) {
        if (samePixels(loaded->image, picture)) {
            return {};
        }
    }
    return QStringLiteral("neither picture: ") + difference(loaded->image, m_a);
}

/// Starts a new sender at once, and a reader; returns what is wrong, if anything.
QString TestTakeover::takeOver(const QString& address) const
{
    Publisher publisher;
    const auto shared = share(publisher, address, m_next);
    return shared ? visible(address, m_next) : described(shared);
}

void TestTakeover::senderKilledAtAStep_data()
{
    QTest::addColumn<QString>("scheme");
    QTest::addColumn<QString>("step");
    QTest::addColumn<bool>("sameSize");
    for (const QString& scheme : allSchemes()) {
        for (const char* share : {"first", "second"}) {
            for (const char* step : {"reserved", "half", "filled", "published"}) {
                for (const bool sameSize : {true, false}) {
                    QTest::addRow("%s, %s share %s, %s", qPrintable(scheme), share, step,
                                  sameSize ? "same size" : "other size")
                        << scheme << QStringLiteral("%1-%2").arg(QLatin1String(share), QLatin1String(step))
                        << sameSize;
                }
            }
        }
    }
}

void TestTakeover::senderKilledAtAStep()
{
    QFETCH(QString, scheme);
    QFETCH(QString, step);
    QFETCH(bool, sameSize);
    const QString address = m_traces.newAddress(scheme);
    PeerProcess peer(channelPeer(), {QStringLiteral("crash"), address, QStringLiteral("datastream"), m_fileA,
                                     sameSize ? m_fileBLikeA : m_fileB, step});
    m_traces.watch(peer);
    QCOMPARE(peer.waitForLine(QStringLiteral("at")), QStringLiteral("at ") + step);
    QCOMPARE(peer.exitCode(), -1);
    const bool published = step == QLatin1String("second-published");
    const bool old = step.startsWith(QLatin1String("second")) && isAlwaysWhole(address);
    if (published) {
        QCOMPARE(visible(address, sameSize ? m_bLikeA : m_b), QString());
    } else if (old || step == QLatin1String("first-published")) {
        QCOMPARE(visible(address, m_a), QString());
    } else {
        QCOMPARE(visible(address), QString());
    }
    QCOMPARE(takeOver(address), QString());
    QCOMPARE(m_traces.found(), QString());
}

void TestTakeover::senderKilledBeforeEverySystemCall_data()
{
    QTest::addColumn<QString>("scheme");
    QTest::addColumn<bool>("sameSize");
    for (const QString& scheme : allSchemes()) {
        for (const bool sameSize : {true, false}) {
            QTest::addRow("%s, %s", qPrintable(scheme), sameSize ? "same size" : "other size")
                << scheme << sameSize;
        }
    }
}

void TestTakeover::senderKilledBeforeEverySystemCall()
{
    QFETCH(QString, scheme);
    QFETCH(bool, sameSize);
    const QString address = m_traces.newAddress(scheme);
    constexpr int mostCalls = 500;
    for (int call = 1; call < mostCalls; ++call) {
        const auto result =
            runToEnd(channelPeer(), {QStringLiteral("crash-at-call"), address, QStringLiteral("datastream"),
                                     m_fileA, sameSize ? m_fileBLikeA : m_fileB, QString::number(call)});
        const QStringList words = QString::fromUtf8(result.out).trimmed().split(QLatin1Char(' '));
        const QString where = QStringLiteral("before call %1: ").arg(call);
        QVERIFY2(words.size() > 1, qPrintable(where + words.join(QLatin1Char(' '))));
        m_traces.watch(words.last().toLongLong());
        if (words[0] == QLatin1String("ended")) {
            QCOMPARE(words[1], QStringLiteral("0"));
            QVERIFY2(call > 5,
                     qPrintable(where + QLatin1String("the sender made too few calls for a share")));
            EXPECT_FAILURE(load(address), ErrorCode::NotFound);
            return;
        }
        const QString seen = visible(address);
        QVERIFY2(seen.isEmpty(), qPrintable(where + seen));
        if (call % 2 == 0) { // otherwise the next peer takes over the remains of this one
            const QString taken = takeOver(address);
            QVERIFY2(taken.isEmpty(), qPrintable(where + taken));
            QVERIFY2(m_traces.found().isEmpty(), qPrintable(where + m_traces.found()));
        }
    }
    QFAIL("the sender never came to its end");
}

void TestTakeover::sendersKilledAtAnyMoment_data()
{
    QTest::addColumn<QString>("scheme");
    QTest::addColumn<int>("rounds");
    QTest::newRow("posix") << QStringLiteral("posix") << 200;
    QTest::newRow("file") << QStringLiteral("file") << 50;
    QTest::newRow("qt") << QStringLiteral("qt") << 50;
    QTest::newRow("systemv") << QStringLiteral("systemv") << 50;
}

void TestTakeover::sendersKilledAtAnyMoment()
{
    QFETCH(QString, scheme);
    QFETCH(int, rounds);
    const QString address = m_traces.newAddress(scheme);
    QRandomGenerator random(1); // the moments differ from run to run anyway
    int nothing = 0;
    for (int round = 0; round < rounds; ++round) {
        PeerProcess peer(channelPeer(), {QStringLiteral("alternate"), address, QStringLiteral("rawsize"),
                                         m_fileA, m_fileBLikeA, round % 2 == 0 ? m_fileA : m_fileB});
        m_traces.watch(peer);
        QCOMPARE(peer.waitForLine(QStringLiteral("starting")), QStringLiteral("starting"));
        // This does not wait for an event: it varies the moment of death.
        QThread::usleep(random.bounded(8000));
        peer.kill();
        const QString where = QStringLiteral("round %1: ").arg(round);
        const QString seen = visible(address);
        QVERIFY2(seen.isEmpty(), qPrintable(where + seen));
        nothing += contents(address) ? 0 : 1;
        if (round % 4 == 3) { // otherwise the next peer takes over
            const QString taken = takeOver(address);
            QVERIFY2(taken.isEmpty(), qPrintable(where + taken));
        }
    }
    QVERIFY2(nothing < rounds / 2,
             qPrintable(QStringLiteral("nothing shared in %1 of %2").arg(nothing).arg(rounds)));
    QCOMPARE(takeOver(address), QString());
}

int tst_takeover(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestTakeover>(argc, argv);
}

#include "tst_takeover.moc"
