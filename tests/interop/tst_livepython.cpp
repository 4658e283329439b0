#include "tests/interop/kitpeer.h"
#include "tests/support/framepattern.h"
#include "tests/support/programs.h"
#include "tests/support/runtest.h"
#include "tests/support/traces.h"
#include "tests/support/uniquekey.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <array>

using namespace shmpix::test;

namespace {

/// Layouts that all programs write and read, with alternating sizes and formats. The first ones do not fit
/// into the ring that was made for the previous frame.
const QStringList simpleLayouts{QStringLiteral("33x17:rgb8"),   QStringLiteral("7x5:gray8"),
                                QStringLiteral("200x100:bgr8"), QStringLiteral("9x9:rgba8"),
                                QStringLiteral("5x301:bgra8"),  QStringLiteral("12x11:gray16"),
                                QStringLiteral("40x30:rgb32f"), QStringLiteral("333x222:bgrx8")};

/// Layouts that the kit supports.
const QStringList kitLayouts =
    simpleLayouts + QStringList{QStringLiteral("64x49:nv12"),           QStringLiteral("11x10:yuyv"),
                                QStringLiteral("41x31:rgba16"),         QStringLiteral("20x20:rgb64f"),
                                QStringLiteral("20x21:bgr8,bottom-up"), QStringLiteral("30x21:rggb8")};

/// Layouts that only our writer keeps: padding, and rows from the bottom.
const QStringList paddedLayouts{QStringLiteral("33x17:bgr8,stride=128,offset=32"),
                                QStringLiteral("20x21:rgb8,stride=-64,offset=1280"),
                                QStringLiteral("20x21:gray8,stride=24,bottom-up")};

QStringList layoutsOf(const QString& writer, const QString& reader)
{
    QStringList layouts =
        writer == QLatin1String("page") || reader == QLatin1String("page") ? simpleLayouts : kitLayouts;
    if (writer == QLatin1String("bare")) {
        layouts.removeAll(QStringLiteral("333x222:bgrx8")); // a Picture has no unused channel
    }
    return writer == QLatin1String("ours") ? layouts + paddedLayouts : layouts;
}

/// A program that writes or reads live frames: "ours" is tests/peers/livepeer.cpp, the others are modes of
/// tests/interop/peers/livepython.py.
std::unique_ptr<PeerProcess> startPeer(const QString& who, const QStringList& arguments)
{
    if (who == QLatin1String("ours")) {
        return std::make_unique<PeerProcess>(QStringLiteral(SHMPIX_PEERS "/livepeer"), arguments);
    }
    const QString where = who == QLatin1String("page")
                              ? QStringLiteral(SHMPIX_SOURCE "/common/live/FORMAT.md")
                              : pythonKitFolder();
    return std::make_unique<PeerProcess>(
        pythonWithOpenCv(),
        QStringList{QStringLiteral(SHMPIX_SOURCE "/tests/interop/peers/livepython.py"), who, where} +
            arguments);
}

std::unique_ptr<PeerProcess> startWriter(const QString& who, const QString& key, const QStringList& layouts)
{
    return startPeer(who, QStringList{QStringLiteral("write"), key, QStringLiteral("200")} + layouts);
}

std::unique_ptr<PeerProcess> startReader(const QString& who, const QString& key, int count,
                                         const QStringList& layouts)
{
    const QStringList arguments{QStringLiteral("read"), key, QString::number(count), QStringLiteral("60")};
    return startPeer(who, who == QLatin1String("ours") ? arguments : arguments + layouts);
}

/// A line "frame SERIAL NUMBER LAYOUT" from a reader.
struct SeenFrame
{
    qint64 serial = 0; ///< 0 if no such line arrived
    qint64 number = 0;
    QString layout;
};

/// Returns the next frame. Ignores all other lines except those about incomplete frames.
SeenFrame nextFrame(PeerProcess& reader, QString& line)
{
    do {
        line = reader.readLine();
    } while (!line.isNull() && !line.startsWith(QLatin1String("frame ")) &&
             !line.startsWith(QLatin1String("violation ")) && !line.startsWith(QLatin1String("done ")));
    const QStringList words = line.split(QLatin1Char(' '));
    if (words.size() < 4 || words[0] != QLatin1String("frame")) {
        return {};
    }
    return {words[1].toLongLong(), words[2].toLongLong(), words[3]};
}

} // namespace

/// Live frames between our library, the Python kit with and without NumPy, and the example reader and writer
/// in common/live/FORMAT.md. All of them read each frame exactly as any of the others wrote it.
class tst_LivePython : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { static_cast<void>(m_traces.takeFound()); } // left by killed writers
    void initTestCase() { QVERIFY2(!pythonWithOpenCv().isEmpty(), "no Python here can import numpy"); }
    void theKitsRingsAreSound_data();
    void theKitsRingsAreSound();
    void B7_framesOfEverySizeAndFormatArriveWhole_data();
    void B7_framesOfEverySizeAndFormatArriveWhole();
    void B4_killedWriterIsFollowedByTheNext_data() { addReaders(); }
    void B4_killedWriterIsFollowedByTheNext();
    void C4_flatOutWriterTearsNoFrame_data() { addReaders(); }
    void C4_flatOutWriterTearsNoFrame();
    void B8_removedSegmentIsMadeAnew_data();
    void B8_removedSegmentIsMadeAnew();
    void B6_cutSegmentKillsNobody_data();
    void B6_cutSegmentKillsNobody();
    void killedReaderIsNotNoticed_data() { addWriters(); }
    void killedReaderIsNotNoticed();
    void B10_livingWritersNameIsRefused_data();
    void B10_livingWritersNameIsRefused();
    void newestFrameIsReadAsAnyPicture();
    void theReceiverFollowsWhatPythonWrites_data() { addWriters(); }
    void theReceiverFollowsWhatPythonWrites();

private:
    static void addReaders();
    static void addWriters();

    Traces m_traces;
};

void tst_LivePython::addReaders()
{
    QTest::addColumn<QString>("writer");
    QTest::addColumn<QString>("reader");
    for (const char* reader : {"kit", "bare", "place", "page"}) {
        QTest::addRow("ours to %s", reader) << QStringLiteral("ours") << QString::fromLatin1(reader);
    }
    for (const char* writer : {"kit", "page"}) {
        for (const char* reader : {"ours", "kit"}) {
            QTest::addRow("%s to %s", writer, reader)
                << QString::fromLatin1(writer) << QString::fromLatin1(reader);
        }
    }
}

void tst_LivePython::addWriters()
{
    QTest::addColumn<QString>("writer");
    for (const char* writer : {"kit", "page"}) {
        QTest::newRow(writer) << QString::fromLatin1(writer);
    }
}

void tst_LivePython::theKitsRingsAreSound_data()
{
    QTest::addColumn<QStringList>("mode");
    QTest::newRow("packages") << QStringList();
    QTest::newRow("bare") << QStringList{QStringLiteral("bare")};
}

void tst_LivePython::theKitsRingsAreSound()
{
    QFETCH(QStringList, mode);
    const QTemporaryDir folder;
    const Finished finished = runToEnd(
        pythonWithOpenCv(), QStringList{QStringLiteral(SHMPIX_SOURCE "/tests/interop/peers/pythonkitlive.py"),
                                        pythonKitFolder(), folder.path()} +
                                mode);
    QVERIFY2(finished.exitCode == 0, (finished.out + finished.err).constData());
}

void tst_LivePython::B7_framesOfEverySizeAndFormatArriveWhole_data()
{
    QTest::addColumn<QString>("writer");
    QTest::addColumn<QString>("reader");
    QTest::addColumn<QString>("scheme");
    const auto add = [](const char* writer, const char* reader, const char* scheme) {
        QTest::addRow("%s to %s, %s", writer, reader, scheme)
            << QString::fromLatin1(writer) << QString::fromLatin1(reader) << QString::fromLatin1(scheme);
    };
    for (const char* writer : {"ours", "kit", "bare", "place", "page"}) {
        for (const char* reader : {"ours", "kit", "bare", "place", "page"}) {
            if (writer != reader || qstrcmp(writer, "ours") != 0) {
                add(writer, reader, "posix");
            }
        }
    }
    add("ours", "kit", "file");
    add("kit", "ours", "file");
}

void tst_LivePython::B7_framesOfEverySizeAndFormatArriveWhole()
{
    QFETCH(QString, writer);
    QFETCH(QString, reader);
    QFETCH(QString, scheme);
    const QString key = m_traces.newAddress(scheme);
    const QStringList layouts = layoutsOf(writer, reader);
    constexpr int count = 60;
    const auto reading = startReader(reader, key, count, layouts);
    const auto writing = startWriter(writer, key, layouts);
    QVERIFY2(writing->waitForLine(QStringLiteral("writing")).startsWith(QLatin1String("writing")),
             qPrintable(writing->standardError()));
    QString line;
    for (int i = 0; i < count; ++i) {
        const SeenFrame frame = nextFrame(*reading, line);
        QVERIFY2(frame.serial > 0, qPrintable(line + reading->standardError()));
        QCOMPARE(frame.number, frame.serial);
        QCOMPARE(frame.layout, layouts[frame.number % layouts.size()]);
    }
    QCOMPARE(reading->exitCode(), 0);
    writing->writeLine(QStringLiteral("stop"));
    QVERIFY2(writing->exitCode() == 0, qPrintable(writing->standardError()));
    QVERIFY(!QFile::exists(pathOfAddress(key)));
}

void tst_LivePython::B4_killedWriterIsFollowedByTheNext()
{
    QFETCH(QString, writer);
    QFETCH(QString, reader);
    const QString key = m_traces.newAddress(QStringLiteral("posix"));
    const auto reading = startReader(reader, key, 1000000, {});
    QString line;
    for (int life = 0; life < 3; ++life) {
        const QString layout = QStringLiteral("%1x200:rgb8").arg(100 + life);
        const auto writing = startWriter(writer, key, {layout});
        SeenFrame frame;
        do { // of the writer before
            frame = nextFrame(*reading, line);
            QVERIFY2(frame.serial > 0,
                     qPrintable(line + reading->standardError() + writing->standardError()));
        } while (frame.layout != layout);
        for (int frames = 0; frames < 5; ++frames) {
            const qint64 last = frame.serial;
            frame = nextFrame(*reading, line);
            QVERIFY2(frame.serial > last, qPrintable(line + reading->standardError()));
        }
        writing->kill();
    }
}

void tst_LivePython::C4_flatOutWriterTearsNoFrame()
{
    QFETCH(QString, writer);
    QFETCH(QString, reader);
    const QString key = m_traces.newAddress(QStringLiteral("posix"));
    const QStringList layouts{QStringLiteral("640x480:rgb8"), QStringLiteral("320x480:rgb8")};
    const auto writing =
        startPeer(writer, QStringList{QStringLiteral("write"), key, QStringLiteral("0")} + layouts);
    const auto reading = startReader(reader, key, 100, layouts);
    QString line;
    for (int i = 0; i < 100; ++i) {
        QVERIFY2(nextFrame(*reading, line).serial > 0, qPrintable(line + reading->standardError()));
    }
    QCOMPARE(reading->exitCode(), 0);
}

void tst_LivePython::B8_removedSegmentIsMadeAnew_data()
{
    addReaders();
    QTest::newRow("bare to bare") << QStringLiteral("bare") << QStringLiteral("bare");
}

void tst_LivePython::B8_removedSegmentIsMadeAnew()
{
    QFETCH(QString, writer);
    QFETCH(QString, reader);
    const QString key = m_traces.newAddress(QStringLiteral("posix"));
    const QStringList layouts{QStringLiteral("33x17:rgb8")};
    const auto reading = startReader(reader, key, 1000000, layouts);
    const auto writing = startWriter(writer, key, layouts);
    QString line;
    for (int times = 0; times < 3; ++times) {
        const SeenFrame before = nextFrame(*reading, line);
        QVERIFY2(before.serial > 0, qPrintable(line + reading->standardError()));
        QVERIFY(QFile::remove(pathOfAddress(key)));
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(pathOfAddress(key)), 20000);
        // A reader that joins now finds the frame, too, and the existing reader continues in the same
        // session.
        const auto joining = startReader(QStringLiteral("kit"), key, 1, layouts);
        const SeenFrame joined = nextFrame(*joining, line);
        QVERIFY2(joined.serial > 0, qPrintable(line + joining->standardError()));
        SeenFrame after = before;
        while (after.serial < joined.serial) {
            const qint64 last = after.serial;
            after = nextFrame(*reading, line);
            QVERIFY2(after.serial > last, qPrintable(line + reading->standardError()));
        }
    }
}

void tst_LivePython::B6_cutSegmentKillsNobody_data()
{
    QTest::addColumn<QString>("writer");
    QTest::addColumn<QString>("reader");
    const std::array<std::array<const char*, 2>, 6> pairs = {{{"kit", "kit"},
                                                              {"kit", "place"},
                                                              {"place", "bare"},
                                                              {"kit", "page"},
                                                              {"kit", "ours"},
                                                              {"ours", "kit"}}};
    for (const auto& [writer, reader] : pairs) {
        QTest::addRow("%s to %s", writer, reader)
            << QString::fromLatin1(writer) << QString::fromLatin1(reader);
    }
}

void tst_LivePython::B6_cutSegmentKillsNobody()
{
    QFETCH(QString, writer);
    QFETCH(QString, reader);
    const QString key = m_traces.newAddress(QStringLiteral("posix"));
    const QStringList layouts{QStringLiteral("640x480:rgb8")};
    const auto reading = startReader(reader, key, 1000000, layouts);
    const auto writing = startWriter(writer, key, layouts);
    QString line;
    qint64 last = 0;
    for (const qint64 size : {200000, 4096, 100, 0}) {
        for (int frames = 0; frames < 3; ++frames) {
            const SeenFrame frame = nextFrame(*reading, line);
            QVERIFY2(frame.number > last,
                     qPrintable(line + reading->standardError() + writing->standardError()));
            last = frame.number;
        }
        QVERIFY(QFile::resize(pathOfAddress(key), size));
    }
    QVERIFY2(nextFrame(*reading, line).number > last, qPrintable(line + reading->standardError()));
}

void tst_LivePython::killedReaderIsNotNoticed()
{
    QFETCH(QString, writer);
    const QString key = m_traces.newAddress(QStringLiteral("posix"));
    const QStringList layouts = layoutsOf(writer, QStringLiteral("page"));
    const auto writing = startWriter(writer, key, layouts);
    QString line;
    qint64 last = 0;
    for (const char* who : {"kit", "place", "ours", "page", "kit"}) {
        const auto reading = startReader(QString::fromLatin1(who), key, 1000000, layouts);
        for (int frames = 0; frames < 3; ++frames) {
            const SeenFrame frame = nextFrame(*reading, line);
            QVERIFY2(frame.serial > last, qPrintable(line + reading->standardError()));
            last = frame.serial;
        }
        reading->kill();
    }
    writing->writeLine(QStringLiteral("stop"));
    QVERIFY2(writing->exitCode() == 0, qPrintable(writing->standardError()));
}

void tst_LivePython::B10_livingWritersNameIsRefused_data()
{
    QTest::addColumn<QString>("first");
    QTest::addColumn<QString>("second");
    QTest::newRow("ours, then the kit") << QStringLiteral("ours") << QStringLiteral("kit");
    QTest::newRow("the kit, then ours") << QStringLiteral("kit") << QStringLiteral("ours");
    QTest::newRow("the kit twice") << QStringLiteral("kit") << QStringLiteral("kit");
}

void tst_LivePython::B10_livingWritersNameIsRefused()
{
    QFETCH(QString, first);
    QFETCH(QString, second);
    const QString key = m_traces.newAddress(QStringLiteral("posix"));
    const auto writing = startWriter(first, key, simpleLayouts);
    QVERIFY(!writing->waitForLine(QStringLiteral("writing")).isNull());
    const auto other = startWriter(second, key, simpleLayouts);
    QVERIFY(other->exitCode() > 0);
    const QString said = other->readLine() + other->standardError();
    QVERIFY2(said.contains(QStringLiteral("(process %1").arg(writing->pid())), qPrintable(said));
}

void tst_LivePython::newestFrameIsReadAsAnyPicture()
{
    const QString key = m_traces.newAddress(QStringLiteral("posix"));
    const auto writing = startWriter(QStringLiteral("ours"), key, {QStringLiteral("33x17:bgr8")});
    QVERIFY(!writing->waitForLine(QStringLiteral("writing")).isNull());
    const QString saved = newFile(QStringLiteral(".png"));
    const Finished finished = runPythonKit({QStringLiteral("save"), key, saved});
    QVERIFY2(finished.exitCode == 0, finished.err.constData());
    QVERIFY2(finished.out.startsWith("saved 33x17 from live"), finished.out.constData());
    QCOMPARE(QImage(saved).size(), QSize(33, 17));
    const QByteArray listed = runPythonKit({QStringLiteral("list")}).out;
    QVERIFY2(listed.contains("live       " + key.toUtf8()), listed.constData());
}

void tst_LivePython::theReceiverFollowsWhatPythonWrites()
{
    QFETCH(QString, writer);
    const QString key = m_traces.newAddress(QStringLiteral("posix"));
    const auto writing = startWriter(writer, key, {QStringLiteral("32x17:bgr8")});
    QVERIFY(!writing->waitForLine(QStringLiteral("writing")).isNull());
    const QString saved = newFile(QStringLiteral(".png"));
    const Finished done =
        runReceiver({QStringLiteral("--key"), key, QStringLiteral("--live"), QStringLiteral("--count"),
                     QStringLiteral("20"), QStringLiteral("--timeout"), QStringLiteral("60"),
                     QStringLiteral("--save"), saved});
    QVERIFY2(done.exitCode == 0, done.err.constData());
    QVERIFY2(done.out.contains(": 20 checked, 0 torn,"), done.out.constData());
    const QImage last = QImage(saved).convertToFormat(QImage::Format_BGR888); // padded rows
    QCOMPARE(last.size(), QSize(32, 17));
    const auto bytes = std::as_bytes(std::span(last.constBits(), std::size_t(last.sizeInBytes())));
    bool isFrameOfTheirs = false;
    for (quint64 number = 0; number < 100'000 && !isFrameOfTheirs; ++number) {
        isFrameOfTheirs = shmpix::isFrame(bytes, number);
    }
    QVERIFY(isFrameOfTheirs);
}

int tst_livepython(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, tst_LivePython>(argc, argv);
}

#include "tst_livepython.moc"
