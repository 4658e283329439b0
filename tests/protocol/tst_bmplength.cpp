#include "common/protocol/detection.h"
#include "tests/protocol/bmpkinds.h"
#include "tests/support/runtest.h"

using namespace shmpix;
using namespace shmpix::test;

namespace {

void addAllFiles()
{
    std::vector<Kind> all = kinds();
    all.insert(all.end(), packedKinds().begin(), packedKinds().end());
    addFiles(all);
}

} // namespace

/// BMP files in a segment with additional bytes: after the file, or a length in front of it or over its first
/// bytes.
class TestBmpLength : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void B9_E9_bytesBehindAndBetweenAreIgnored_data() { addAllFiles(); }
    void B9_E9_bytesBehindAndBetweenAreIgnored();
    void G5_lengthInFrontIsRecognised_data() { addAllFiles(); }
    void G5_lengthInFrontIsRecognised();
    void G5_lengthOverTheFirstBytesIsRecognised_data() { addAllFiles(); }
    void G5_lengthOverTheFirstBytesIsRecognised();
    void G5_lengthOfALongerBufferIsRecognised();
    void G5_whatOnlyLooksLikeALengthIsNot_data();
    void G5_whatOnlyLooksLikeALengthIsNot();
};

void TestBmpLength::B9_E9_bytesBehindAndBetweenAreIgnored()
{
    QFETCH(QByteArray, file);
    const auto sound = read(file);
    QVERIFY_VALUE(sound);
    for (const QByteArray& segment : {file + QByteArray(5000, '\xee'), pageRounded(file)}) {
        const auto back = read(segment);
        QVERIFY_VALUE(back);
        QCOMPARE(back->bytes, file.size());
        QVERIFY_SAME_PIXELS(back->image, sound->image);
    }
}

void TestBmpLength::G5_lengthInFrontIsRecognised()
{
    QFETCH(QByteArray, file);
    const QByteArray bytes = behindLength(file);
    for (const QByteArray& segment : {bytes, pageRounded(bytes), bytes + QByteArray(100000, '\xff')}) {
        QVERIFY(recognised(ProtocolId::Bmp, segment).has_value());
        MemorySource source(spanOf(segment));
        const auto id = detectProtocol(source);
        QVERIFY_VALUE(id);
        QCOMPARE(protocolName(*id), QStringLiteral("bmp"));
        const auto back = read(segment);
        QVERIFY_VALUE(back);
        QCOMPARE(back->bytes, bytes.size());
        QVERIFY2(back->reason.endsWith(QStringLiteral("preceded by its length")), qPrintable(back->reason));
        QVERIFY_SAME_PIXELS(back->image, read(file)->image);
    }
    QVERIFY_BAD_DATA(read(bytes.chopped(5)));
}

void TestBmpLength::G5_lengthOverTheFirstBytesIsRecognised()
{
    QFETCH(QByteArray, file);
    const QByteArray bytes = underLength(file);
    for (const QByteArray& segment : {bytes, pageRounded(bytes), bytes + QByteArray(100000, '\xff')}) {
        QVERIFY(recognised(ProtocolId::Bmp, segment).has_value());
        MemorySource source(spanOf(segment));
        const auto id = detectProtocol(source);
        QVERIFY_VALUE(id);
        QCOMPARE(protocolName(*id), QStringLiteral("bmp"));
        const auto back = read(segment);
        QVERIFY_VALUE(back);
        QCOMPARE(back->bytes, bytes.size());
        QVERIFY2(back->reason.endsWith(QStringLiteral("its length in place of BM")),
                 qPrintable(back->reason));
        QVERIFY_SAME_PIXELS(back->image, read(file)->image);
    }
    const auto cut = read(bytes.chopped(5));
    QVERIFY_BAD_DATA(cut);
    QVERIFY2(cut.error().text.startsWith(QStringLiteral("The BMP is truncated")),
             qPrintable(cut.error().text));
}

/// In C#, MemoryStream.GetBuffer() returns the whole capacity of the stream.
void TestBmpLength::G5_lengthOfALongerBufferIsRecognised()
{
    const QByteArray file = forgedBmp({40, 8, 0, 200, 100});
    const QByteArray buffer = file + QByteArray(32768 - file.size(), '\xcd');
    for (const QByteArray& segment : {underLength(buffer), behindLength(buffer)}) {
        QVERIFY(recognised(ProtocolId::Bmp, segment).has_value());
        const auto back = read(segment);
        QVERIFY_VALUE(back);
        QVERIFY_SAME_PIXELS(back->image, read(file)->image);
    }
}

void TestBmpLength::G5_whatOnlyLooksLikeALengthIsNot_data()
{
    QTest::addColumn<QByteArray>("bytes");

    const QByteArray file = forgedBmp({40, 8, 0, 200, 100});
    const auto row = [](const char* name, QByteArray bytes, qsizetype at, auto value) {
        put(bytes, at, value);
        QTest::newRow(name) << bytes;
    };
    row("length 0", underLength(file), 0, quint32(0));
    row("length shorter than the header", underLength(file), 0, quint32(53));
    row("length of 4 GB", underLength(file), 0, quint32(0xffffffff));
    row("length of another file", underLength(file), 0, quint32(0x12345678));
    row("reserved bytes set", underLength(file), 6, quint32(1));
    row("unknown header", underLength(file), 14, quint32(41));
    row("two planes", underLength(file), 26, quint16(2));
    row("7 bits", underLength(file), 28, quint16(7));
    row("unknown compression", underLength(file), 30, quint32(7));
    row("pixels far behind", underLength(file), 10, quint32(1 << 20));
    row("in front, length 0", behindLength(file), 0, quint32(0));
    row("in front, length of another file", behindLength(file), 0, quint32(0x12345678));
    row("in front, not BM", behindLength(file), 4, quint16(0x4e42));
    row("in front, two planes", behindLength(file), 30, quint16(2));
    row("in front, unknown header", behindLength(file), 18, quint32(41));
}

void TestBmpLength::G5_whatOnlyLooksLikeALengthIsNot()
{
    QFETCH(QByteArray, bytes);
    QVERIFY(!recognised(ProtocolId::Bmp, bytes).has_value());
    QVERIFY_BAD_DATA(read(bytes));
}

int tst_bmplength(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestBmpLength>(argc, argv);
}

#include "tst_bmplength.moc"
