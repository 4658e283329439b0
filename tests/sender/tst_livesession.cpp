#include "sender/stream/livesession.h"

#include "common/channel/livememory.h"
#include "common/image/testpattern.h"
#include "common/live/framereader.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QtTest>

using namespace shmpix;
using State = LiveSession::State;

namespace {

StreamRequest patternRequest(const QString& key)
{
    StreamRequest request{*SegmentAddress::parse(key)};
    request.source.kind = LiveSource::Kind::Pattern;
    request.source.size = {64, 16};
    request.fps = 200;
    return request;
}

int openFiles()
{
    return int(QDir(QStringLiteral("/proc/self/fd")).entryList(QDir::AllEntries | QDir::System).size());
}

} // namespace

/// A stream as the window sees it, without the window.
class tst_LiveSession : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = QStringLiteral("/dev/shm/") + test::uniqueName(); // in memory, because frames are large
        QVERIFY(QDir().mkpath(m_folder));
        m_key = QStringLiteral("file:") + m_folder + QStringLiteral("/s");
    }

    void cleanup()
    {
        QVERIFY2(QDir(m_folder).isEmpty(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot),
                 "something was left behind");
        QVERIFY(QDir().rmdir(m_folder));
    }

    void runsAndEnds()
    {
        LiveSession session;
        QCOMPARE(session.state(), State::Idle);
        session.start(patternRequest(m_key));
        QCOMPARE(session.state(), State::Starting);
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), State::Running, 20000);
        QCOMPARE(session.message().kind, Message::Kind::Success);
        QTRY_VERIFY_WITH_TIMEOUT(session.figures().fps > 0, 20000);
        session.stop();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), State::Idle, 20000);
        QVERIFY(!session.error());
    }

    void pauseHoldsAndStepGivesOneFrame()
    {
        LiveSession session;
        session.start(patternRequest(m_key));
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), State::Running, 20000);
        session.setPaused(true);
        FrameReader reader(readableMemory(*SegmentAddress::parse(m_key)));
        std::vector<std::byte> bytes;
        quint64 serial = 0;
        const auto isNew = [&] {
            const bool came = reader.wait(std::chrono::steady_clock::now() + std::chrono::milliseconds(10));
            const auto frame = came ? reader.copy(bytes) : Result<std::optional<FrameInfo>>(std::nullopt);
            serial = frame && *frame ? (*frame)->serial : serial;
            return frame && *frame;
        };
        const auto beats = [&] { // afterwards, everything that was on its way has arrived
            const qint64 beat = reader.heartbeat();
            return QTest::qWaitFor([&] { return reader.heartbeat() > beat; }, 20000);
        };
        QVERIFY(QTest::qWaitFor([&] { return isNew(); }, 20000));
        QVERIFY(QTest::qWaitFor([&] { return !isNew(); }, 20000));
        QVERIFY(beats());
        QVERIFY(!isNew());
        const quint64 held = serial;
        session.step();
        QVERIFY(QTest::qWaitFor([&] { return isNew(); }, 20000));
        QCOMPARE(serial, held + 1);
        QVERIFY(beats());
        QVERIFY(!isNew());
        session.setPaused(false);
        QVERIFY(QTest::qWaitFor(
            [&] {
                isNew();
                return serial > held + 1;
            },
            20000));
    }

    void aHigherRateIsTakenWhileALongFrameStands()
    {
        LiveSession session;
        StreamRequest request = patternRequest(m_key);
        request.fps = 0.001;
        session.start(request);
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), State::Running, 20000);
        session.setRate(100);
        QTRY_VERIFY_WITH_TIMEOUT(session.figures().frames > 5, 20000);
    }

    void anotherStreamTakesThePlaceOfTheOneThatRuns()
    {
        LiveSession session;
        QSignalSpy ended(&session, &LiveSession::ended);
        session.start(patternRequest(m_key));
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), State::Running, 20000);
        StreamRequest larger = patternRequest(m_key);
        larger.source.size = {128, 32};
        session.start(larger);
        QTRY_VERIFY_WITH_TIMEOUT(session.state() == State::Running && session.figures().layout.width == 128,
                                 20000);
        QCOMPARE(ended.count(), 1);
    }

    void previewsAreOfWholeFrames()
    {
        LiveSession session;
        QSignalSpy previewed(&session, &LiveSession::previewed);
        StreamRequest request = patternRequest(m_key);
        request.source.size = {640, 480};
        request.previewSide = 960;
        session.start(request);
        QTRY_VERIFY_WITH_TIMEOUT(previewed.count() >= 3, 20000);
        const auto check = checkTestPattern(previewed.last().first().value<QImage>());
        QVERIFY(check);
        QVERIFY(check->isWhole);
    }

    void I1_largeFramesArePreviewedSmall()
    {
        LiveSession session;
        QSignalSpy previewed(&session, &LiveSession::previewed);
        StreamRequest request = patternRequest(m_key);
        request.source.size = {3840, 2160};
        request.fps = 20;
        request.previewSide = 960;
        session.start(request);
        QTRY_VERIFY_WITH_TIMEOUT(previewed.count() >= 1, 20000);
        QCOMPARE(previewed.last().first().value<QImage>().size(), QSize(960, 540));
    }

    void B10_theMessageOffersToTakeOver()
    {
        LiveSession first;
        first.start(patternRequest(m_key));
        QTRY_COMPARE_WITH_TIMEOUT(first.state(), State::Running, 20000);
        LiveSession second;
        second.start(patternRequest(m_key));
        QTRY_COMPARE_WITH_TIMEOUT(second.state(), State::Idle, 20000);
        QVERIFY(second.error());
        QCOMPARE(second.error()->code, ErrorCode::InUse);
        QCOMPARE(second.action(), LiveSession::Action::TakeOver);
        second.act(); // the owner is this process, which must not end itself
        QTRY_VERIFY_WITH_TIMEOUT(second.error() && second.error()->code == ErrorCode::NotPermitted, 20000);
        QCOMPARE(first.state(), State::Running);
    }

    void I4_aHundredRapidStartsAndStopsLeaveNothing()
    {
        {
            LiveSession warm; // Qt keeps some files open after the first use
            warm.start(patternRequest(m_key));
            QTRY_COMPARE_WITH_TIMEOUT(warm.state(), State::Running, 20000);
        }
        const int before = openFiles();
        {
            LiveSession session;
            for (int n = 0; n < 100; ++n) {
                session.start(patternRequest(m_key));
                if (n % 3 == 0) {
                    QCoreApplication::processEvents();
                }
                session.stop();
                if (n % 7 == 0) {
                    QTRY_COMPARE_WITH_TIMEOUT(session.state(), State::Idle, 20000);
                }
            }
            QTRY_COMPARE_WITH_TIMEOUT(session.state(), State::Idle, 20000);
            session.start(patternRequest(m_key));
            QTRY_COMPARE_WITH_TIMEOUT(session.state(), State::Running, 20000);
        }
        QCOMPARE(openFiles(), before);
    }

    void I4_theEndOfTheSessionEndsTheStream()
    {
        LiveSession session;
        session.start(patternRequest(m_key)); // and is destroyed at once
    }

private:
    QString m_folder;
    QString m_key;
};

int tst_livesession(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, tst_LiveSession>(argc, argv);
}

#include "tst_livesession.moc"
