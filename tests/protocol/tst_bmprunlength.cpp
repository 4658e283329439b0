#include "tests/protocol/bmpforgery.h"
#include "tests/support/codecbytes.h"
#include "tests/support/runtest.h"

#include <QRandomGenerator>

using namespace shmpix;
using namespace shmpix::test;

namespace {

Result<Decoded> read(const QByteArray& bytes)
{
    return decoded(ProtocolId::Bmp, bytes);
}

/// Makes a file of 6 × 3 pixels of 8 or 4 bits with these run lengths. The header states their length unless
/// `told` is false.
QByteArray packed(int bits, const QByteArray& runs, bool told = true)
{
    QByteArray file = forgedBmp({40, bits, 0, 6, 3});
    file.truncate(54 + 4 * (1 << bits));
    put(file, 30, quint32(bits == 8 ? 1 : 2));
    put(file, 34, quint32(told ? runs.size() : 0));
    return file + runs;
}

QByteArray bytes(std::initializer_list<int> values)
{
    QByteArray all;
    for (const int value : values) {
        all += static_cast<char>(value);
    }
    return all;
}

/// Returns the palette indices, the top row first, one digit for each (up to 15).
QString indexes(const QImage& image)
{
    QString rows;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            rows += QString::number(image.pixelIndex(x, y), 16);
        }
        rows += QLatin1Char(y + 1 < image.height() ? '/' : '\0');
    }
    rows.remove(QLatin1Char('\0'));
    return rows;
}

} // namespace

/// G4: run lengths are read correctly or refused with a sentence.
class TestBmpRunLength : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void soundOnesAreRead_data();
    void soundOnesAreRead();
    void G4_whatLeavesThePictureIsRefused_data();
    void G4_whatLeavesThePictureIsRefused();
    void G4_everyCutIsRefusedOrWhole();
    void G4_bytesAtRandomDoNoHarm();
    void G4_endlessRunLengthsEnd();
};

void TestBmpRunLength::soundOnesAreRead_data()
{
    QTest::addColumn<int>("bits");
    QTest::addColumn<QByteArray>("runs");
    QTest::addColumn<QString>("rows");

    const auto row = [](const char* name, int bits, std::initializer_list<int> runs, const char* rows) {
        QTest::newRow(name) << bits << bytes(runs) << QString::fromLatin1(rows);
    };
    row("runs", 8, {6, 1, 0, 0, 6, 2, 0, 0, 6, 3, 0, 1}, "333333/222222/111111");
    row("several runs a row", 8, {2, 1, 4, 5, 0, 0, 6, 2, 0, 0, 1, 3, 5, 4, 0, 1}, "344444/222222/115555");
    row("pixels, even", 8, {0, 6, 1, 2, 3, 4, 5, 6, 0, 0, 6, 2, 0, 0, 6, 3, 0, 1}, "333333/222222/123456");
    row("pixels, odd, padded", 8, {0, 5, 1, 2, 3, 4, 5, 99, 1, 7, 0, 0, 6, 2, 0, 0, 6, 3, 0, 1},
        "333333/222222/123457");
    row("short rows", 8, {2, 1, 0, 0, 1, 2, 0, 0, 3, 3, 0, 1}, "333000/200000/110000");
    row("early end", 8, {2, 1, 0, 1}, "000000/000000/110000");
    row("nothing but the end", 8, {0, 1}, "000000/000000/000000");
    row("a move", 8, {1, 1, 0, 2, 2, 1, 3, 4, 0, 1}, "000000/000444/100000");
    row("a move to the edge", 8, {1, 1, 0, 2, 5, 2, 0, 1}, "000000/000000/100000");
    row("a move by nothing", 8, {1, 1, 0, 2, 0, 0, 1, 2, 0, 1}, "000000/000000/120000");
    row("end of the last row, then the end", 8, {6, 1, 0, 0, 6, 2, 0, 0, 6, 3, 0, 0, 0, 1},
        "333333/222222/111111");
    row("no mark of the end", 8, {6, 1, 0, 0, 6, 2, 0, 0, 6, 3}, "333333/222222/111111");
    row("4 bits, runs of two colours", 4, {6, 0x12, 0, 0, 5, 0x34, 0, 0, 1, 0x56, 0, 1},
        "500000/343430/121212");
    row("4 bits, pixels", 4, {0, 6, 0x12, 0x34, 0x56, 99, 0, 0, 0, 3, 0x78, 0x9a, 0, 1},
        "000000/789000/123456");
    row("4 bits, pixels of an odd number", 4, {0, 5, 0x12, 0x34, 0x5f, 99, 1, 0xe0, 0, 1},
        "000000/000000/12345e");
}

void TestBmpRunLength::soundOnesAreRead()
{
    QFETCH(int, bits);
    QFETCH(QByteArray, runs);
    QFETCH(QString, rows);
    const QByteArray file = packed(bits, runs);
    for (const QByteArray& segment : {file, pageRounded(file), file + QByteArray(999, '\xff')}) {
        const auto back = read(segment);
        QVERIFY_VALUE(back);
        QCOMPARE(indexes(back->image), rows);
        QCOMPARE(back->bytes, file.size());
        QVERIFY2(back->reason.contains(QStringLiteral("run-length encoded")), qPrintable(back->reason));
        if (!rows.contains(QLatin1Char('0'))) { // Qt does not initialise pixels that no run sets
            QImage qt;
            QVERIFY(qt.loadFromData(file, "bmp"));
            QVERIFY_SAME_PIXELS(back->image, qt);
        }
    }
    if (runs.endsWith(QByteArray("\0\1", 2))) { // the end marker is enough
        const auto back = read(packed(bits, runs, false) + QByteArray(999, '\xff'));
        QVERIFY_VALUE(back);
        QCOMPARE(indexes(back->image), rows);
        QCOMPARE(back->bytes, file.size());
    }
    const auto inFront = read(behindLength(file));
    QVERIFY_VALUE(inFront);
    QCOMPARE(indexes(inFront->image), rows);
    QCOMPARE(inFront->bytes, file.size() + 4);
}

void TestBmpRunLength::G4_whatLeavesThePictureIsRefused_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QString>("word"); // of the sentence

    const auto row = [](const char* name, int bits, std::initializer_list<int> runs, const char* word) {
        QTest::newRow(name) << packed(bits, bytes(runs)) << QString::fromLatin1(word);
    };
    row("run past the row", 8, {7, 1, 0, 1}, "7 pixels at column 0 of row 0");
    row("run of 255", 8, {255, 1, 0, 1}, "255 pixels");
    row("second run past the row", 8, {4, 1, 3, 1, 0, 1}, "3 pixels at column 4");
    row("run after a full row", 8, {6, 1, 1, 1, 0, 1}, "1 pixels at column 6");
    row("pixels past the row", 8, {0, 7, 1, 2, 3, 4, 5, 6, 7, 0, 0, 1}, "7 pixels");
    row("run above the top row", 8, {0, 0, 0, 0, 0, 0, 1, 1, 0, 1}, "row 3");
    row("too many rows", 8, {0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, "leaves the picture");
    row("move past the row", 8, {0, 2, 7, 0, 0, 1}, "leaves the picture");
    row("move above the top row", 8, {0, 2, 0, 4, 0, 1}, "leaves the picture");
    row("4 bits, run past the row", 4, {7, 0x11, 0, 1}, "7 pixels");
    row("4 bits, pixels past the row", 4, {0, 8, 1, 2, 3, 4, 0, 1}, "8 pixels");
    row("no end", 8, {6, 1, 0, 0, 6, 2}, "ends before the picture does");
    row("half a code", 8, {6}, "ends before the picture does");
    row("pixels cut", 8, {0, 6, 1, 2, 3}, "ends before the picture does");
    row("padding of the pixels cut", 8, {0, 5, 1, 2, 3, 4, 5}, "ends before the picture does");
    row("move cut", 8, {0, 2, 1}, "ends before the picture does");
    row("nothing", 8, {}, "ends before the picture does");
}

void TestBmpRunLength::G4_whatLeavesThePictureIsRefused()
{
    QFETCH(QByteArray, file);
    QFETCH(QString, word);
    const auto back = read(file);
    QVERIFY_BAD_DATA(back);
    QVERIFY2(back.error().text.contains(word), qPrintable(back.error().text));
}

void TestBmpRunLength::G4_everyCutIsRefusedOrWhole()
{
    const QByteArray runs = bytes({0, 5, 1, 2, 3, 4, 5, 0, 1, 9, 0, 0, 0, 2, 1, 1, 2, 3, 0, 1});
    const QByteArray file = packed(8, runs, false);
    QVERIFY_VALUE(read(file));
    for (qsizetype length = 0; length < file.size(); ++length) {
        const auto back = read(file.first(length));
        QVERIFY2(isBadData(back), qPrintable(QString::number(length)));
    }
}

void TestBmpRunLength::G4_bytesAtRandomDoNoHarm()
{
    QRandomGenerator random(7);
    for (int i = 0; i < 4000; ++i) {
        QByteArray runs(random.bounded(200), '\0');
        for (char& byte : runs) {
            byte = static_cast<char>(random.bounded(3) == 0 ? random.bounded(256) : random.bounded(7));
        }
        const auto back = read(packed(i % 2 == 0 ? 8 : 4, runs, i % 3 == 0));
        QVERIFY2(back.has_value() || isBadData(back), describe(back).constData());
        if (back) {
            QCOMPARE(back->image.size(), QSize(6, 3));
        }
    }
}

/// Millions of moves by zero: the reader stops when there are more than any picture of that size needs.
void TestBmpRunLength::G4_endlessRunLengthsEnd()
{
    const QByteArray back = bytes({0, 2, 0, 0}).repeated(1 << 20);
    QVERIFY_BAD_DATA(read(packed(8, back, true)));
    QVERIFY_BAD_DATA(read(packed(8, back, false)));
}

int tst_bmprunlength(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestBmpRunLength>(argc, argv);
}

#include "tst_bmprunlength.moc"
