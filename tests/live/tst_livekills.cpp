#include "tests/support/peerprocess.h"
#include "tests/support/runtest.h"
#include "tests/support/traces.h"

#include <QTest>

#include <algorithm>
#include <map>
#include <memory>
#include <vector>

using namespace shmpix;
using namespace shmpix::test;

/// Live frames whose writers and readers are killed at random moments, and a million frames at full speed.
/// Readers check every byte of every frame that they get (tests/live/knownframes.h).
///
/// SHMPIX_KILLS: how many writers are killed (default: 1000).
class TestLiveKills : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void B4_C1_writersKilledAtAnyInstant();
    void C7_readersKilledAtAnyInstant();
    void C4_aMillionFramesFlatOut();
    void cleanup() { QCOMPARE(m_traces.takeFound(), QString()); }

private:
    Traces m_traces;
};

namespace {

const QString torture = QStringLiteral(SHMPIX_PEERS "/livetorture");

/// The figures of a line "NAME NUMBER NAME NUMBER ..."; none if there is no such line.
std::map<QString, qint64> figuresOf(const QString& line)
{
    std::map<QString, qint64> figures;
    const QStringList words = line.split(QLatin1Char(' '));
    for (qsizetype i = 0; i + 1 < words.size(); i += 2) {
        figures[words[i]] = words[i + 1].toLongLong();
    }
    return figures;
}

/// Adds the numbers of a line "NAME NUMBER NUMBER ..."; returns whether the line is one.
bool appendTimes(std::vector<qint64>& times, const QString& line, const QString& name)
{
    const QStringList words = line.split(QLatin1Char(' '));
    for (const QString& word : words.mid(1)) {
        times.push_back(word.toLongLong());
    }
    if (words[0] != name) {
        qWarning("%s", qPrintable(line));
    }
    return words[0] == name;
}

/// Sorts the times and describes them.
QString described(std::vector<qint64>& times)
{
    std::sort(times.begin(), times.end());
    return QStringLiteral("%1 times, median %2 ms, p99 %3, worst %4; %5 over a second")
        .arg(times.size())
        .arg(times[times.size() / 2])
        .arg(times[times.size() * 99 / 100])
        .arg(times.back())
        .arg(times.end() - std::upper_bound(times.begin(), times.end(), 1000));
}

} // namespace

void TestLiveKills::B4_C1_writersKilledAtAnyInstant()
{
    constexpr int streams =
        16; // at a time, because a reader needs half a second to see that its writer is gone for good
    bool isGiven = false;
    const int given = qEnvironmentVariableIntValue("SHMPIX_KILLS", &isGiven);
    const int killsEach = ((isGiven ? given : 1000) + streams - 1) / streams;
    std::vector<std::unique_ptr<PeerProcess>> peers;
    for (int i = 0; i < streams; ++i) {
        const QStringList arguments = {QStringLiteral("kill-writers"),
                                       m_traces.newAddress(QStringLiteral("posix")),
                                       QString::number(killsEach), QString::number(i + 1)};
        peers.push_back(std::make_unique<PeerProcess>(torture, arguments));
    }
    std::vector<qint64> takeovers;
    std::vector<qint64> firstFrames;
    std::map<QString, qint64> sums;
    for (const auto& peer : peers) {
        QVERIFY(
            appendTimes(takeovers, peer->readLine(60000 + killsEach * 2000), QStringLiteral("takeovers")));
        QVERIFY(appendTimes(firstFrames, peer->readLine(), QStringLiteral("first-frames")));
        const QString line = peer->readLine();
        for (const auto& [name, figure] : figuresOf(line)) {
            sums[name] += figure;
        }
        QVERIFY2(peer->exitCode() == 0, qPrintable(line));
    }
    qInfo("%lld writers killed, %lld frames read, %lld torn and read again, %lld violations",
          sums[QStringLiteral("kills")], sums[QStringLiteral("frames")], sums[QStringLiteral("torn")],
          sums[QStringLiteral("violations")]);
    qInfo("from a kill to the next writer's first frame: %s", qPrintable(described(firstFrames)));
    qInfo("from a kill until both readers have one: %s", qPrintable(described(takeovers)));
    QCOMPARE(sums[QStringLiteral("kills")], qint64(killsEach) * streams);
    QCOMPARE(sums[QStringLiteral("violations")], 0);
    QCOMPARE(sums[QStringLiteral("readers-failed")], 0);
    // Every takeover is that fast on an idle machine, but a busy machine delays some, so only the median
    // counts.
    QVERIFY(takeovers[takeovers.size() / 2] <= 1000);
}

void TestLiveKills::C7_readersKilledAtAnyInstant()
{
    constexpr int kills = 1000;
    PeerProcess peer(torture, {QStringLiteral("kill-readers"), m_traces.newAddress(QStringLiteral("posix")),
                               QString::number(kills), QStringLiteral("1")});
    std::map<QString, qint64> figures;
    for (int line = 0; line < 3; ++line) {
        const QString text = peer.readLine(120000);
        qInfo("%s", qPrintable(text));
        figures.merge(figuresOf(text));
    }
    QCOMPARE(peer.exitCode(), 0);
    QCOMPARE(figures[QStringLiteral("kills")], kills);
    QCOMPARE(figures[QStringLiteral("writer")], 0);
    QCOMPARE(figures[QStringLiteral("witness")], 0);
    QCOMPARE(figures[QStringLiteral("sessions")], 0);
    QCOMPARE(figures[QStringLiteral("violations")], 0);
    QCOMPARE(figures[QStringLiteral("files")], figures[QStringLiteral("files-before")]);
    QCOMPARE(figures[QStringLiteral("mappings")], figures[QStringLiteral("mappings-before")]);
    QVERIFY(figures[QStringLiteral("read-before-death")] > kills);
    // A process that waits for another gives up the processor; the writer may do so only for a page or a lock
    // of the system.
    QVERIFY(figures[QStringLiteral("waits")] < kills / 10);
    // Frames per second of the writer's processor time.
    QVERIFY(figures[QStringLiteral("per-second")] > figures[QStringLiteral("per-second-before")] / 2);
}

void TestLiveKills::C4_aMillionFramesFlatOut()
{
    constexpr int frames = 1'000'000;
    PeerProcess peer(torture, {QStringLiteral("flood"), m_traces.newAddress(QStringLiteral("posix")),
                               QString::number(frames)});
    for (int reader = 0; reader < 4; ++reader) {
        const QString line = peer.readLine(120000);
        qInfo("%s", qPrintable(line));
        QVERIFY2(line.startsWith(QLatin1String("reader frames ")), qPrintable(line));
        QVERIFY(figuresOf(line.mid(7))[QStringLiteral("frames")] > 1);
    }
    const QString line = peer.readLine();
    auto figures = figuresOf(line);
    qInfo("%s", qPrintable(line));
    QCOMPARE(peer.exitCode(), 0);
    QCOMPARE(figures[QStringLiteral("written")], frames);
    QCOMPARE(figures[QStringLiteral("violations")], 0);
    QCOMPARE(figures[QStringLiteral("failed")], 0);
    QCOMPARE(figures[QStringLiteral("all-have-the-last")], 1);
}

int tst_livekills(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestLiveKills>(argc, argv);
}

#include "tst_livekills.moc"
