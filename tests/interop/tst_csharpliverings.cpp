#include "common/base/checksums.h"
#include "tests/interop/csharplivekits.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"

#include <QDir>
#include <QFile>
#include <QTest>
#include <QtEndian>

#include <limits>

using namespace shmpix::test;

/// How the reader of interop/csharp/Shmpix.cs handles live segments: it returns the newest frame of the
/// stored rings. For rings that no correct writer makes, it fails with a sentence or drops the frame.
class tst_CSharpLiveRings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QCOMPARE(m_kits.start(), QString()); }
    void cleanupTestCase() { QVERIFY(m_kits.stop()); }

    void H6_ringsOfEveryVersionAreRead_data();
    void H6_ringsOfEveryVersionAreRead();
    void aStreamThatHasNoFrameYet();
    void brokenHeadersAreRefusedInASentence_data();
    void brokenHeadersAreRefusedInASentence();
    void brokenFramesAreDroppedAlone_data();
    void brokenFramesAreDroppedAlone();
    void A16_aWrongChecksumDropsTheFrame();

private:
    [[nodiscard]] QByteArray soundRing(bool checksums = false);

    CSharpLiveKits m_kits;
};

namespace {

template <class Number>
void put(QByteArray& ring, qsizetype at, Number value)
{
    qToLittleEndian(value, ring.data() + at);
}

void putHeaderChecksum(QByteArray& ring)
{
    put(ring, 124, shmpix::crc32(0, std::as_bytes(std::span(ring.constData(), 124))));
}

/// A file without a writer.
QString keyOf(const QByteArray& ring)
{
    const QString path = newFile(QStringLiteral(".live"));
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(ring) == ring.size() ? QStringLiteral("file:") + path
                                                                              : QString();
}

} // namespace

/// Returns the segment of a writer that has written one frame of 2 x 2 grey pixels under a new key.
QByteArray tst_CSharpLiveRings::soundRing(bool checksums)
{
    const QString key = uniqueName();
    const QString written =
        m_kits.frames(key, QStringLiteral("2x2:gray8"), 1, 1, QStringLiteral("sound"), checksums);
    QByteArray ring = written == QLatin1String("ok 1") ? bytesOfFile(pathOf(key)) : QByteArray();
    static_cast<void>(m_kits.end(key));
    return ring;
}

void tst_CSharpLiveRings::H6_ringsOfEveryVersionAreRead_data()
{
    QTest::addColumn<QString>("ring"); ///< the file name without its extension
    const QDir root(QStringLiteral(SHMPIX_SOURCE "/tests/data/golden"));
    for (const QString& version : root.entryList({QStringLiteral("live-*")}, QDir::Dirs)) {
        const QDir folder(root.filePath(version));
        for (const QFileInfo& file : folder.entryInfoList({QStringLiteral("*.bin")}, QDir::Files)) {
            QTest::addRow("%s %s", qPrintable(version), qPrintable(file.baseName()))
                << folder.filePath(file.baseName());
        }
    }
}

void tst_CSharpLiveRings::H6_ringsOfEveryVersionAreRead()
{
    QFETCH(QString, ring);
    const QString frames = QString::fromUtf8(bytesOfFile(ring + QLatin1String(".frames")));
    const QString newest = frames.section(QLatin1Char('\n'), -2, -2);
    const QString key = keyOf(bytesOfFile(ring + QLatin1String(".bin")));
    QCOMPARE(m_kits.reader().ask({QStringLiteral("golden"), key}), QStringLiteral("ok ") + newest);
    m_kits.leave(key);
}

void tst_CSharpLiveRings::aStreamThatHasNoFrameYet()
{
    QByteArray ring = soundRing();
    QVERIFY(!ring.isEmpty());
    put(ring, 136, quint64{0});
    put(ring, 256, quint64{0});
    const QString key = keyOf(ring);
    QCOMPARE(m_kits.frame(key, 1), QStringLiteral("ok none"));
    m_kits.leave(key);
    const QString loaded = m_kits.reader().ask(
        {QStringLiteral("read"), key, QStringLiteral("auto"), QString(), newFile(QStringLiteral(".bmp"))});
    QVERIFY2(loaded.startsWith(QLatin1String("error 5 ")) && loaded.contains(QLatin1String("no frame yet")),
             qPrintable(loaded));
}

void tst_CSharpLiveRings::brokenHeadersAreRefusedInASentence_data()
{
    QTest::addColumn<int>("at");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("checksum"); ///< whether the checksum is corrected after the change
    QTest::addColumn<QString>("words");
    const auto row = [](const char* name, int at, const QByteArray& bytes, bool checksum, const char* words) {
        QTest::newRow(name) << at << bytes << checksum << QString::fromLatin1(words);
    };
    const auto number = [](auto value) {
        QByteArray bytes(sizeof(value), '\0');
        put(bytes, 0, value);
        return bytes;
    };
    const QByteArray all64(8, '\xff');
    row("A13 another magic", 0, "ShmpDead", true, "does not start with ShmpLive");
    row("A14 a newer major version", 8, number(quint16{2}), true, "version 2.0");
    row("A14 major version 0", 8, number(quint16{0}), true, "version 0.0");
    row("A15 the other byte order", 0, "eviLpmhS", true, "big-endian");
    row("A16 a wrong checksum", 60, "x", false, "checksum");
    row("a table in the header", 12, number(quint32{128}), true, "table");
    row("a table at an odd place", 12, number(quint32{257}), true, "table");
    row("entries that are too short", 16, number(quint32{256}), true, "entries");
    row("entries that wrap", 16, number(quint32{0xfffffff8}), true, "slots of");
    row("two slots", 20, number(quint32{2}), true, "2 slots");
    row("65 slots", 20, number(quint32{65}), true, "65 slots");
    row("no capacity", 24, number(quint64{0}), true, "slots of 0 bytes");
    row("a capacity over 1 GiB", 24, number((quint64{1} << 30) + 1), true, "slots of 1073741825 bytes");
    row("a capacity over the pitch", 24, number(quint64{4097}), true, "slots of 4097 bytes");
    row("data in the table", 32, number(quint64{256}), true, "begin at byte 256");
    row("data behind the end", 32, number(quint64{1} << 40), true, "do not fit");
    row("data that wraps", 32, QByteArray("\xc0") + QByteArray(7, '\xff'), true, "do not fit");
    row("a pitch at an odd place", 40, number(quint64{4097}), true, "4097 bytes apart");
    row("a pitch that wraps to the right size", 40, number((quint64{1} << 62) + 4096), true, "do not fit");
    row("a size over the segment's", 40, number(quint64{1} << 30) + number((quint64{1} << 32) + 4096), true,
        "do not fit");
    row("slots that end before the size", 40, number(quint64{64}), true, "do not fit");
    row("all sizes at their largest", 24, all64 + all64 + all64 + all64, true, "slots of");
    row("B2 never ready", 128, number(quint32{0}), true, "not ready");
}

void tst_CSharpLiveRings::brokenHeadersAreRefusedInASentence()
{
    QFETCH(int, at);
    QFETCH(QByteArray, bytes);
    QFETCH(bool, checksum);
    QFETCH(QString, words);
    QByteArray ring = soundRing();
    QVERIFY(!ring.isEmpty());
    ring.replace(at, bytes.size(), bytes);
    if (checksum) {
        putHeaderChecksum(ring);
    }
    const QString key = keyOf(ring);
    const QString answer = m_kits.frame(key, 0);
    m_kits.leave(key);
    QVERIFY2(answer.startsWith(QLatin1String("error 5 ")) && answer.endsWith(QLatin1Char('.')) &&
                 answer.contains(words),
             qPrintable(answer));
}

void tst_CSharpLiveRings::brokenFramesAreDroppedAlone_data()
{
    QTest::addColumn<int>("at"); ///< the offset in the entry
    QTest::addColumn<QByteArray>("bytes");
    const auto row = [](const char* name, int at, auto value) {
        QByteArray bytes(sizeof(value), '\0');
        put(bytes, 0, value);
        QTest::newRow(name) << at << bytes;
    };
    row("no width", 16, quint32{0});
    row("a width over the limit", 16, quint32{65536});
    row("no height", 20, quint32{0});
    row("all of a height", 20, quint32{0xffffffff});
    row("a row below the frame's bytes", 20, quint32{3});
    row("a stride below a row", 24, qint64{1});
    row("a stride behind the frame's bytes", 24, qint64{4});
    row("a stride before the slot", 24, qint64{-2});
    row("the smallest stride", 24, std::numeric_limits<qint64>::min());
    row("a stride that wraps", 24, std::numeric_limits<qint64>::max());
    row("an offset behind the frame's bytes", 32, quint64{1});
    row("an offset that wraps", 32, ~quint64{0});
    row("the largest offset with a sign", 32, quint64{1} << 63);
    row("no bytes", 40, quint64{0});
    row("bytes over the capacity", 40, quint64{5});
    row("bytes that wrap", 40, ~quint64{0});
    row("a text over its room", 88, quint32{417});
    row("a text that wraps", 88, quint32{0xffffffff});
    QTest::newRow("an unknown format") << 48 << QByteArray("gray9");
    QTest::newRow("a format without an end") << 48 << QByteArray("gray8gray8gray8!");
    QTest::newRow("a format of other letters") << 48 << QByteArray("\xff\xfe");
}

void tst_CSharpLiveRings::brokenFramesAreDroppedAlone()
{
    QFETCH(int, at);
    QFETCH(QByteArray, bytes);
    QByteArray ring = soundRing();
    QVERIFY(!ring.isEmpty());
    const QByteArray sound = ring.mid(256, 512);
    ring.replace(256 + at, bytes.size(), bytes);
    const QString key = keyOf(ring);
    QCOMPARE(m_kits.frame(key, 1), QStringLiteral("ok none"));

    QFile file(pathOfAddress(key)); // the next frame is good
    QVERIFY(file.open(QIODevice::ReadWrite));
    QByteArray next = sound;
    put(next, 0, quint64{4});
    put(next, 8, quint64{1}); // its pixels go into the next slot
    const auto pixels = qFromLittleEndian<qint64>(ring.constData() + 32);
    const auto pitch = qFromLittleEndian<qint64>(ring.constData() + 40);
    QVERIFY(file.seek(256 + 512) && file.write(next) == next.size());
    QVERIFY(file.seek(pixels + pitch) && file.write(ring.mid(qsizetype(pixels), 4)) == 4);
    QByteArray newest(8, '\0');
    put(newest, 0, quint64{2});
    QVERIFY(file.seek(136) && file.write(newest) == 8 && file.flush());
    QCOMPARE(m_kits.frame(key), QStringLiteral("ok 2x2:gray8 1 2 0 same sound"));
    QCOMPARE(m_kits.leave(key), QStringLiteral("ok 1 0 1"));
}

void tst_CSharpLiveRings::A16_aWrongChecksumDropsTheFrame()
{
    QByteArray ring = soundRing(true);
    QVERIFY(!ring.isEmpty());
    const QString sound = keyOf(ring);
    QCOMPARE(m_kits.frame(sound), QStringLiteral("ok 2x2:gray8 1 1 0 same sound"));
    const auto pixels = qFromLittleEndian<qint64>(ring.constData() + 32);
    const auto checksum = qFromLittleEndian<quint32>(ring.constData() + 256 + 68);
    QCOMPARE(checksum, shmpix::crc32(0, std::as_bytes(std::span(ring.constData() + pixels, 4))));
    ring[qsizetype(pixels)] = char(ring[qsizetype(pixels)] ^ 1);
    const QString damaged = keyOf(ring);
    QCOMPARE(m_kits.frame(damaged, 1), QStringLiteral("ok none"));
    QCOMPARE(m_kits.leave(damaged), QStringLiteral("ok 0 0 1"));
    QCOMPARE(m_kits.leave(sound), QStringLiteral("ok 1 0 0"));
}

int tst_csharpliverings(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, tst_CSharpLiveRings>(argc, argv);
}

#include "tst_csharpliverings.moc"
