#include "common/base/checksums.h"
#include "tests/interop/csharplivekits.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"

#include <QFile>
#include <QRegularExpression>
#include <QTest>
#include <QtEndian>

#include <cerrno>
#include <ctime>
#include <future>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace shmpix::test;

/// Live frames of interop/csharp/Shmpix.cs, run by Mono, exchanged with our library, the Python kit and
/// itself.
class tst_CSharpLive : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QCOMPARE(m_kits.start(), QString()); }
    void cleanupTestCase() { QVERIFY(m_kits.stop()); }

    void whatItWritesIsReadByTheLibrary_data() { addLayouts(); }
    void whatItWritesIsReadByTheLibrary();
    void whatTheLibraryWritesIsReadByIt_data() { addLayouts(); }
    void whatTheLibraryWritesIsReadByIt();
    void B7_readersFollowItsFramesToLargerSegments_data() { addOthers(); }
    void B7_readersFollowItsFramesToLargerSegments();
    void B7_itFollowsFramesToLargerSegments_data() { addOthers(); }
    void B7_itFollowsFramesToLargerSegments();
    void everyFrameOfAFloodIsWhole();
    void everyFrameOfItsFloodIsWhole();

    void B1_itsReaderMayComeFirst();
    void B3_aLoopEndsWhenTheStreamIsClosed();
    void B3_itsReadersLearnThatItHasClosed();
    void B4_itFollowsTheNextWriterAfterOneWasKilled();
    void B4_itTakesOverFromOneThatWasKilled();
    void B6_aCutSegmentDoesNotKillTheReader();
    void B8_whatSomebodyRemovedIsSharedAgain();
    void B10_aSecondWriterIsRefused();
    void itWakesWhoWaits();
    void itWaitsForAWriterThatCannotWake();

    void theGeneralLoadGivesTheNewestFrame();
    void aSegmentGoesFromLiveFramesToAPicture();

private:
    static void addLayouts();
    static void addOthers();

    CSharpLiveKits m_kits;
};

void tst_CSharpLive::addLayouts()
{
    QTest::addColumn<QString>("layout");
    for (const char* layout :
         {"1x1:gray8", "64x48:rgba8", "333x127:bgr8", "333x127:bgra8", "333x127:rgbx8", "101x51:gray16",
          "101x51:nv12", "101x51:yuyv", "33x35:rggb8", "64x48:rgb32f", "17x5:rgba16f", "17x5:gray64f",
          "333x127:bgr8,stride=1111", "333x127:bgr8,bottom-up", "333x127:rgbx8,stride=-1400,offset=176400",
          "333x127:bgra8,offset=9"}) {
        QTest::newRow(layout) << QString::fromLatin1(layout);
    }
}

void tst_CSharpLive::addOthers()
{
    QTest::addColumn<Other>("who");
    QTest::newRow("library") << Other::Library;
    QTest::newRow("Python kit") << Other::PythonKit;
}

void tst_CSharpLive::whatItWritesIsReadByTheLibrary()
{
    QFETCH(QString, layout);
    const QString key = uniqueName();
    QCOMPARE(m_kits.frames(key, layout, 41, 2), QStringLiteral("ok 2"));
    const auto reader = otherReader(key, 1);
    QCOMPARE(reader->waitForLine(QStringLiteral("frame ")), QStringLiteral("frame 2 42 ") + layout);
    QCOMPARE(reader->exitCode(), 0);
    QCOMPARE(m_kits.end(key), QStringLiteral("ok "));
    QVERIFY(!QFile::exists(pathOf(key)));
}

void tst_CSharpLive::whatTheLibraryWritesIsReadByIt()
{
    QFETCH(QString, layout);
    const QString key = uniqueName();
    OtherWriter writer(key, 50, {layout});
    QVERIFY(!writer.waitForLine(QStringLiteral("writing")).isNull());
    const QRegularExpression sound(
        QStringLiteral("^ok %1 (\\d+) \\1 \\d+ same \\1$").arg(QRegularExpression::escape(layout)));
    for (int i = 0; i < 3; ++i) {
        const QString answer = m_kits.frame(key);
        QVERIFY2(sound.match(answer).hasMatch(), qPrintable(answer));
    }
    QVERIFY(m_kits.leave(key).startsWith(QLatin1String("ok 3 ")));
}

void tst_CSharpLive::B7_readersFollowItsFramesToLargerSegments()
{
    QFETCH(Other, who);
    const QString key = uniqueName();
    const QStringList layouts{QStringLiteral("8x8:gray8"), QStringLiteral("64x64:bgr8"),
                              QStringLiteral("32x32:rgba8"), QStringLiteral("640x480:rgba16"),
                              QStringLiteral("8x8:gray8")};
    const auto reader = otherReader(key, int(layouts.size()), who);
    QFile first(pathOf(key));
    for (int i = 0; i < layouts.size(); ++i) {
        QCOMPARE(m_kits.frames(key, layouts[i], 10 + i), QStringLiteral("ok %1").arg(i + 1));
        QVERIFY(first.isOpen() || first.open(QIODevice::ReadOnly | QIODevice::Unbuffered));
        QCOMPARE(numberAt(first, stateAt), i == 0 ? 1U : 3U); // open, moved
        QCOMPARE(reader->waitForLine(QStringLiteral("frame ")),
                 QStringLiteral("frame %1 %2 %3").arg(i + 1).arg(10 + i).arg(layouts[i]));
    }
    const QString done = reader->waitForLine(QStringLiteral("done "));
    QVERIFY2(who != Other::Library ||
                 (done.contains(QLatin1String("missed 0 ")) && done.endsWith(QLatin1String("sessions 0"))),
             qPrintable(done));
    QCOMPARE(reader->exitCode(), 0);
    QCOMPARE(m_kits.end(key), QStringLiteral("ok "));
}

void tst_CSharpLive::B7_itFollowsFramesToLargerSegments()
{
    QFETCH(Other, who);
    const QString key = uniqueName();
    QStringList layouts{QStringLiteral("8x8:gray8"), QStringLiteral("64x64:bgr8"),
                        QStringLiteral("640x480:rgba16")};
    OtherWriter writer(key, 50, layouts, who);
    for (int i = 0; i < 200 && !layouts.isEmpty(); ++i) {
        const QString answer = m_kits.frame(key);
        QVERIFY2(answer.contains(QLatin1String(" same ")), qPrintable(answer));
        layouts.removeOne(answer.section(QLatin1Char(' '), 1, 1));
    }
    QCOMPARE(layouts, QStringList());
    m_kits.leave(key);
}

void tst_CSharpLive::everyFrameOfAFloodIsWhole()
{
    const QString key = uniqueName();
    OtherWriter writer(key, 0, {QStringLiteral("100x50:rgba8"), QStringLiteral("99x49:bgr8")});
    QVERIFY(!writer.waitForLine(QStringLiteral("writing")).isNull());
    QCOMPARE(m_kits.reader().ask({QStringLiteral("drink"), key, QStringLiteral("5000")}),
             QStringLiteral("ok 0"));
    const QString counts = m_kits.leave(key); // frames, torn, damaged
    QVERIFY2(counts.startsWith(QLatin1String("ok 5000 ")) && counts.endsWith(QLatin1String(" 0")),
             qPrintable(counts));
}

void tst_CSharpLive::everyFrameOfItsFloodIsWhole()
{
    const QString key = uniqueName();
    const auto reader = otherReader(key, 100);
    m_kits.reader().writeLine(QStringList{QStringLiteral("drink"), key, QStringLiteral("100")}.join(u'\t'));
    const QString written = m_kits.writer().ask(
        {QStringLiteral("flood"), key, QStringLiteral("1280x720:rgba8"), QStringLiteral("3000")});
    QCOMPARE(written, QStringLiteral("ok 3000"));
    QCOMPARE(m_kits.reader().readLine(), QStringLiteral("ok 0")); // no wrong frame
    QCOMPARE(reader->exitCode(), 0);
    m_kits.leave(key);
}

void tst_CSharpLive::B1_itsReaderMayComeFirst()
{
    const QString key = uniqueName();
    const QString missing = m_kits.frame(key, 0);
    QVERIFY2(missing.startsWith(QLatin1String("error 3 Nothing is shared under ")), qPrintable(missing));
    m_kits.reader().writeLine(QStringList{QStringLiteral("frame"), key, QStringLiteral("10000")}.join(u'\t'));
    QCOMPARE(m_kits.frames(key, QStringLiteral("9x9:bgr8"), 7, 1, QStringLiteral("Käse")),
             QStringLiteral("ok 1"));
    QCOMPARE(m_kits.reader().readLine(), QStringLiteral("ok 9x9:bgr8 7 1 0 same Käse"));
    QCOMPARE(m_kits.frame(key, 50), QStringLiteral("ok none"));
    QCOMPARE(m_kits.end(key), QStringLiteral("ok "));
    QCOMPARE(m_kits.leave(key), QStringLiteral("ok 1 0 0"));
}

void tst_CSharpLive::B3_aLoopEndsWhenTheStreamIsClosed()
{
    const QString key = uniqueName();
    OtherWriter writer(key, 50, {QStringLiteral("8x8:gray8")});
    QVERIFY(!writer.waitForLine(QStringLiteral("writing")).isNull());
    QVERIFY(m_kits.frame(key).contains(QLatin1String(" same ")));
    m_kits.reader().writeLine(
        QStringList{QStringLiteral("foreach"), key, QStringLiteral("1000000")}.join(u'\t'));
    writer.writeLine(QString());
    QCOMPARE(writer.exitCode(), 0);
    const QString answer = m_kits.reader().readLine();
    QVERIFY2(answer.startsWith(QLatin1String("ok ")) && answer.endsWith(QLatin1String(" end")),
             qPrintable(answer));
    OtherWriter next(key, 50, {QStringLiteral("9x9:gray8")}); // the same reader finds the new stream
    const QString frameOfNext = m_kits.frame(key);
    QVERIFY2(frameOfNext.startsWith(QLatin1String("ok 9x9:gray8 ")), qPrintable(frameOfNext));
    m_kits.leave(key);
}

void tst_CSharpLive::B3_itsReadersLearnThatItHasClosed()
{
    const QString key = uniqueName();
    QCOMPARE(m_kits.frames(key, QStringLiteral("9x9:bgr8"), 1), QStringLiteral("ok 1"));
    const auto reader = otherReader(key, 2);
    QVERIFY(!reader->waitForLine(QStringLiteral("frame 1 1 ")).isNull());
    QCOMPARE(m_kits.end(key), QStringLiteral("ok "));
    QVERIFY(!reader->waitForLine(QStringLiteral("state 4")).isNull()); // StreamState::Closed
}

void tst_CSharpLive::B4_itFollowsTheNextWriterAfterOneWasKilled()
{
    const QString key = uniqueName();
    for (const char* layout : {"8x8:gray8", "9x8:gray8", "10x8:gray8"}) {
        OtherWriter writer(key, 0.01, {QString::fromLatin1(layout)}); // one frame, as before
        QCOMPARE(m_kits.frame(key), QStringLiteral("ok %1 1 1 0 same 1").arg(QString::fromLatin1(layout)));
        writer.kill();
    }
    OtherWriter last(key, 50, {QStringLiteral("8x8:gray8")}); // removes what the others left
    QVERIFY(!last.waitForLine(QStringLiteral("writing")).isNull());
    last.writeLine(QString());
    QCOMPARE(last.exitCode(), 0);
    m_kits.leave(key);
}

void tst_CSharpLive::B4_itTakesOverFromOneThatWasKilled()
{
    const QString key = uniqueName();
    const auto reader = otherReader(key, 3);
    {
        OtherWriter killed(key, 0.01, {QStringLiteral("8x8:gray8")});
        QVERIFY(!reader->waitForLine(QStringLiteral("frame 1 1 8x8:gray8")).isNull());
        killed.kill();
    }
    {
        const auto kit = m_kits.another();
        const QString monosOwn = QStringLiteral("/dev/shm/mono.%1").arg(kit->pid());
        QCOMPARE(kit->ask({QStringLiteral("frames"), key, QStringLiteral("9x9:gray8"), QStringLiteral("5"),
                           QStringLiteral("1"), QStringLiteral("#")}),
                 QStringLiteral("ok 1"));
        QCOMPARE(reader->waitForLine(QStringLiteral("frame ")), QStringLiteral("frame 1 5 9x9:gray8"));
        kit->kill();
        QFile::remove(monosOwn); // nobody else removes this file
    }
    QCOMPARE(m_kits.frames(key, QStringLiteral("10x10:gray8"), 6), QStringLiteral("ok 1"));
    QCOMPARE(reader->waitForLine(QStringLiteral("frame ")), QStringLiteral("frame 1 6 10x10:gray8"));
    const QString done = reader->waitForLine(QStringLiteral("done "));
    QVERIFY2(done.endsWith(QLatin1String("sessions 2")), qPrintable(done));
    QCOMPARE(m_kits.end(key), QStringLiteral("ok "));
}

void tst_CSharpLive::B6_aCutSegmentDoesNotKillTheReader()
{
    for (const qint64 left : {0, 12, 200, 4095, 5000}) {
        const QString key = uniqueName();
        QCOMPARE(m_kits.frames(key, QStringLiteral("64x64:rgba8"), 1), QStringLiteral("ok 1"));
        QVERIFY(m_kits.frame(key).contains(QLatin1String(" same 1")));
        QVERIFY(QFile::resize(pathOf(key), left));
        const QString silent = m_kits.frame(key, 1);
        QVERIFY2(silent == QLatin1String("ok none") || silent.startsWith(QLatin1String("error 5 ")),
                 qPrintable(silent));
        QCOMPARE(m_kits.frames(key, QStringLiteral("64x64:rgba8"), 2),
                 QStringLiteral("ok 1")); // a new session
        QCOMPARE(m_kits.frame(key), QStringLiteral("ok 64x64:rgba8 2 1 0 same 2"));
        QCOMPARE(m_kits.end(key), QStringLiteral("ok "));
        m_kits.leave(key);
    }
}

void tst_CSharpLive::B8_whatSomebodyRemovedIsSharedAgain()
{
    const QString key = uniqueName();
    QCOMPARE(m_kits.frames(key, QStringLiteral("9x9:bgr8"), 1, 3), QStringLiteral("ok 3"));
    const auto reader = otherReader(key, 2);
    QCOMPARE(reader->waitForLine(QStringLiteral("frame ")), QStringLiteral("frame 3 3 9x9:bgr8"));
    QVERIFY(QFile::remove(pathOf(key)));
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(pathOf(key)), 10000); // although no frame is written
    const auto late = otherReader(key, 1);
    QCOMPARE(late->waitForLine(QStringLiteral("frame ")), QStringLiteral("frame 3 3 9x9:bgr8"));
    QVERIFY(QFile::remove(pathOf(key)));
    QCOMPARE(m_kits.frames(key, QStringLiteral("9x9:bgr8"), 4), QStringLiteral("ok 4"));
    QVERIFY(QFile::exists(pathOf(key)));
    QCOMPARE(reader->waitForLine(QStringLiteral("frame ")), QStringLiteral("frame 4 4 9x9:bgr8"));
    QCOMPARE(m_kits.end(key), QStringLiteral("ok "));
    QVERIFY(!QFile::exists(pathOf(key)));
}

void tst_CSharpLive::B10_aSecondWriterIsRefused()
{
    const QString key = uniqueName();
    OtherWriter first(key, 50, {QStringLiteral("8x8:gray8")});
    QVERIFY(!first.waitForLine(QStringLiteral("writing")).isNull());
    const QString answer = m_kits.frames(key, QStringLiteral("9x9:gray8"), 1);
    QVERIFY2(answer.startsWith(QLatin1String("error 4 ")) && answer.contains(QLatin1String("is in use")),
             qPrintable(answer));
    const QString still = m_kits.frame(key);
    QVERIFY2(still.startsWith(QLatin1String("ok 8x8:gray8 ")), qPrintable(still));
    m_kits.leave(key);
}

void tst_CSharpLive::itWakesWhoWaits()
{
    const QString key = uniqueName();
    QCOMPARE(m_kits.frames(key, QStringLiteral("9x9:bgr8"), 1, 3), QStringLiteral("ok 3"));
    QFile ring(pathOf(key));
    QVERIFY(ring.open(QIODevice::ReadOnly | QIODevice::Unbuffered));
    QCOMPARE(numberAt(ring, flagsAt), 1U); // the flag for waking
    QCOMPARE(numberAt(ring, wakeAt), 3U);
    const uchar* bytes = ring.map(0, 256);
    QVERIFY(bytes);
    const auto* word = reinterpret_cast<const quint32*>(bytes + wakeAt);
    auto sleeper = std::async(std::launch::async, [word] {
        const timespec longest{20, 0};
        const bool isWoken = ::syscall(SYS_futex, word, FUTEX_WAIT, 3, &longest, nullptr, 0) == 0;
        return isWoken || errno == EAGAIN; // the word changed before the thread could sleep
    });
    QCOMPARE(m_kits.frames(key, QStringLiteral("9x9:bgr8"), 4), QStringLiteral("ok 4"));
    QVERIFY(sleeper.get());
    QCOMPARE(m_kits.end(key), QStringLiteral("ok "));
    QCOMPARE(numberAt(ring, wakeAt), 5U); // a change of state too
}

void tst_CSharpLive::itWaitsForAWriterThatCannotWake()
{
    const QString key = uniqueName();
    QCOMPARE(m_kits.frames(key, QStringLiteral("9x9:bgr8"), 1), QStringLiteral("ok 1"));
    QFile ring(pathOf(key));
    QVERIFY(ring.open(QIODevice::ReadWrite | QIODevice::Unbuffered));
    QByteArray header = ring.read(128);
    QCOMPARE(header.at(104), '\1'); // it wakes
    header[flagsAt] = 0;
    qToLittleEndian(shmpix::crc32(0, std::as_bytes(std::span(header.constData(), 124))), header.data() + 124);
    QVERIFY(ring.seek(0) && ring.write(header) == header.size());
    QVERIFY(m_kits.frame(key).contains(QLatin1String(" same 1")));
    m_kits.reader().writeLine(QStringList{QStringLiteral("foreach"), key, QStringLiteral("5")}.join(u'\t'));
    QString answer;
    for (int i = 2; answer.isNull() && i < 500; ++i) { // the reader misses frames that come too fast
        QCOMPARE(m_kits.frames(key, QStringLiteral("9x9:bgr8"), i), QStringLiteral("ok %1").arg(i));
        answer = m_kits.reader().readLine(20);
    }
    QVERIFY2(answer.endsWith(QLatin1String(" more")), qPrintable(answer));
    QCOMPARE(m_kits.end(key), QStringLiteral("ok "));
    m_kits.leave(key);
}

void tst_CSharpLive::theGeneralLoadGivesTheNewestFrame()
{
    const QString file = newFile(QStringLiteral(".bmp"));
    for (const char* name : {"odd", "grey"}) {
        const QString key = uniqueName();
        QVERIFY(picture(QString::fromLatin1(name)).save(file));
        for (int i = 0; i < 2; ++i) {
            const QString answer = m_kits.writer().ask(
                {QStringLiteral("write"), key, QStringLiteral("live"), file, QStringLiteral("")});
            QVERIFY2(answer.startsWith(QLatin1String("ok ")), qPrintable(answer));
        }
        for (const char* protocol : {"auto", "live"}) {
            const QString saved = newFile(QStringLiteral(".bmp"));
            const QString answer = m_kits.reader().ask(
                {QStringLiteral("read"), key, QString::fromLatin1(protocol), QString(), saved});
            QVERIFY2(answer.startsWith(QLatin1String("ok ")), qPrintable(answer));
            COMPARE_PICTURES(QImage(saved), picture(QString::fromLatin1(name)));
        }
        QCOMPARE(m_kits.writer().ask({QStringLiteral("close"), key}), QStringLiteral("ok "));
        QVERIFY(!QFile::exists(pathOf(key)));
    }
}

void tst_CSharpLive::aSegmentGoesFromLiveFramesToAPicture()
{
    const QString key = uniqueName();
    const QString file = newFile(QStringLiteral(".bmp"));
    QVERIFY(picture(QStringLiteral("odd")).save(file));
    QFile first(pathOf(key));
    for (const char* protocol : {"live", "bmp", "live", "live", "rawsize"}) {
        const QString written = m_kits.writer().ask(
            {QStringLiteral("write"), key, QString::fromLatin1(protocol), file, QStringLiteral("")});
        QVERIFY2(written.startsWith(QLatin1String("ok ")), qPrintable(written));
        const QString saved = newFile(QStringLiteral(".bmp"));
        const QString answer =
            m_kits.reader().ask({QStringLiteral("read"), key, QStringLiteral("auto"), QString(), saved});
        QVERIFY2(answer.startsWith(QLatin1String("ok ")), qPrintable(answer));
        COMPARE_PICTURES(QImage(saved), picture(QStringLiteral("odd")));
        QVERIFY(first.isOpen() || first.open(QIODevice::ReadOnly | QIODevice::Unbuffered));
    }
    QCOMPARE(numberAt(first, stateAt), 2U); // closed
    QCOMPARE(m_kits.writer().ask({QStringLiteral("close"), key}), QStringLiteral("ok "));
}

int tst_csharplive(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, tst_CSharpLive>(argc, argv);
}

#include "tst_csharplive.moc"
