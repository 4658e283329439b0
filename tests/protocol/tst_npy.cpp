#include "common/protocol/npy/npyheader.h"

#include "tests/support/codecbytes.h"
#include "tests/support/runtest.h"

#include <QtEndian>

using namespace shmpix;
using namespace shmpix::test;

namespace {

/// Returns the header that NumPy writes for the dictionary.
QByteArray npyFile(const QByteArray& dictionary, const QByteArray& data, int major = 1)
{
    QByteArray length(major == 1 ? 2 : 4, '\0');
    if (major == 1) {
        qToLittleEndian(static_cast<quint16>(dictionary.size() + 1), length.data());
    } else {
        qToLittleEndian(static_cast<quint32>(dictionary.size() + 1), length.data());
    }
    return QByteArray("\x93NUMPY", 6) + char(major) + '\0' + length + dictionary + '\n' + data;
}

QByteArray dictionary(const QByteArray& type, const QByteArray& shape, bool fortran = false)
{
    return "{'descr': '" + type + "', 'fortran_order': " + (fortran ? "True" : "False") +
           ", 'shape': " + shape + ", }";
}

} // namespace

/// NumPy files, made here from the specification of the format. The tests in tests/interop use NumPy itself.
class TestNpy : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void arraysAreReadAsPictures_data();
    void arraysAreReadAsPictures();
    void everyVersionIsRead();
    void ambiguousShapeIsSaid();
    void headerHasNumPysAlignment();
    void otherFilesAreRefusedInWords_data();
    void otherFilesAreRefusedInWords();
    void onlyFormatsOfNumPyAreWritten();
};

void TestNpy::arraysAreReadAsPictures_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QImage>("wanted");

    QImage colour(2, 2, QImage::Format_RGB888);
    colour.setPixel(0, 0, qRgb(1, 2, 3));
    colour.setPixel(1, 0, qRgb(4, 5, 6));
    colour.setPixel(0, 1, qRgb(7, 8, 9));
    colour.setPixel(1, 1, qRgb(10, 11, 12));
    const QByteArray rows("\1\2\3\4\5\6\7\10\11\12\13\14", 12);
    QTest::newRow("rows, columns, channels") << npyFile(dictionary("|u1", "(2, 2, 3)"), rows) << colour;
    QTest::newRow("channels, rows, columns")
        << npyFile(dictionary("|u1", "(3, 2, 2)"), QByteArray("\1\4\7\12\2\5\10\13\3\6\11\14", 12)) << colour;
    QTest::newRow("Fortran order") << npyFile(dictionary("|u1", "(2, 2, 3)", true),
                                              QByteArray("\1\7\4\12\2\10\5\13\3\11\6\14", 12))
                                   << colour;
    QTest::newRow("a batch of one") << npyFile(dictionary("|u1", "(1, 2, 2, 3)"), rows) << colour;
    QTest::newRow("longer than its data")
        << npyFile(dictionary("|u1", "(2, 2, 3)"), rows + QByteArray(4000, 'x')) << colour;

    QImage grey(2, 1, QImage::Format_Grayscale16);
    auto* values = reinterpret_cast<quint16*>(grey.scanLine(0));
    values[0] = 0x0102;
    values[1] = 0xff00;
    QTest::newRow("16 bits") << npyFile(dictionary("<u2", "(1, 2)"), QByteArray("\2\1\0\xff", 4)) << grey;
    QTest::newRow("16 bits, big-endian")
        << npyFile(dictionary(">u2", "(1, 2)"), QByteArray("\1\2\xff\0", 4)) << grey;
    QTest::newRow("one channel") << npyFile(dictionary("<u2", "(1, 2, 1)"), QByteArray("\2\1\0\xff", 4))
                                 << grey;

    QImage yesNo(3, 1, QImage::Format_Grayscale8);
    yesNo.fill(Qt::white);
    yesNo.scanLine(0)[1] = 0;
    QTest::newRow("bool") << npyFile(dictionary("|b1", "(1, 3)"), QByteArray("\1\0\1", 3)) << yesNo;
}

void TestNpy::arraysAreReadAsPictures()
{
    QFETCH(QByteArray, file);
    QFETCH(QImage, wanted);
    QVERIFY(recognised(ProtocolId::Npy, file).has_value());
    const auto back = decoded(ProtocolId::Npy, file);
    QVERIFY_VALUE(back);
    QVERIFY_SAME_PIXELS(back->image, wanted);
}

void TestNpy::everyVersionIsRead()
{
    for (const int major : {1, 2, 3}) {
        const auto back = decoded(ProtocolId::Npy, npyFile(dictionary("|u1", "(1, 2)"), "ab", major));
        QVERIFY_VALUE(back);
        QCOMPARE(int(back->image.constScanLine(0)[1]), int('b'));
    }
    QVERIFY_BAD_DATA(decoded(ProtocolId::Npy, npyFile(dictionary("|u1", "(1, 2)"), "ab", 4)));
}

void TestNpy::ambiguousShapeIsSaid()
{
    const auto back = decoded(ProtocolId::Npy, npyFile(dictionary("|u1", "(3, 5, 4)"), QByteArray(60, 'x')));
    QVERIFY_VALUE(back);
    QCOMPARE(back->image.size(), QSize(5, 3));
    QVERIFY2(back->reason.contains(QStringLiteral("is also possible")), qPrintable(back->reason));
    const auto rgb = decoded(ProtocolId::Npy, npyFile(dictionary("|u1", "(2, 2, 3)"), QByteArray(12, 'x')));
    QVERIFY2(rgb->reason.contains(QStringLiteral("read as RGB")), qPrintable(rgb->reason));
}

void TestNpy::headerHasNumPysAlignment()
{
    const QByteArray header = npyHeaderBytes("<f4", {480, 640, 3});
    QCOMPARE(header.size() % 64, 0);
    QVERIFY(header.endsWith('\n'));
    QVERIFY2(header.contains("{'descr': '<f4', 'fortran_order': False, 'shape': (480, 640, 3), }"),
             header.constData());
}

void TestNpy::otherFilesAreRefusedInWords_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const QByteArray& file, const char* says) {
        QTest::newRow(name) << file << QString::fromLatin1(says);
    };
    row("cut", npyFile(dictionary("|u1", "(2, 2, 3)"), "12345678901"), "is truncated");
    row("objects", npyFile(dictionary("|O", "(2, 2)"), "1234"), "type |O");
    row("complex numbers", npyFile(dictionary("<c8", "(1, 1)"), "12345678"), "astype");
    row("a structure", npyFile("{'descr': [('r', '|u1')], 'fortran_order': False, 'shape': (1, 1), }", "1"),
        "not a plain numeric type");
    row("one axis", npyFile(dictionary("|u1", "(4,)"), "1234"), "shape (4)");
    row("no axis", npyFile(dictionary("|u1", "()"), "1"), "shape ()");
    row("two channels", npyFile(dictionary("|u1", "(2, 2, 2)"), "12345678"), "(2, 2, 2)");
    row("two pictures", npyFile(dictionary("|u1", "(2, 2, 2, 3)"), QByteArray(24, 'x')), "is not a picture");
    row("bool in colours", npyFile(dictionary("|b1", "(1, 1, 3)"), "123"), "astype");
    row("A8, no rows", npyFile(dictionary("|u1", "(0, 5)"), ""), "empty");
    row("A1, a size that wraps 32 bits", npyFile(dictionary("|u1", "(65536, 65536, 4)"), ""), "too large");
    row("A2, a side of 64 bits", npyFile(dictionary("|u1", "(18446744073709551615, 1)"), ""), "its shape is");
    row("A2, a size that wraps 64 bits", npyFile(dictionary("|u1", "(4294967296, 4294967296, 4)"), ""),
        "too large");
    row("a negative side", npyFile(dictionary("|u1", "(-1, 5)"), ""), "missing");
    row("no shape", npyFile("{'descr': '|u1', 'fortran_order': False, }", ""), "missing");
    row("A11, a header of 4 GB", QByteArray("\x93NUMPY\2\0\xff\xff\xff\xff{'descr'", 20),
        "4294967295 bytes long");
    row("A12, a header that is not all there", npyFile(dictionary("|u1", "(2, 2)"), "").left(40),
        "bytes long");
}

void TestNpy::otherFilesAreRefusedInWords()
{
    QFETCH(QByteArray, file);
    QFETCH(QString, says);
    const auto back = decoded(ProtocolId::Npy, file);
    QVERIFY_BAD_DATA(back);
    QVERIFY2(back.error().text.contains(says), qPrintable(back.error().text));
}

void TestNpy::onlyFormatsOfNumPyAreWritten()
{
    const auto encode = [](const char* text) {
        return codecFor(ProtocolId::Npy)
            .encode(photo(4, 3), {*parseLayoutOfPicture(QString::fromLatin1(text))});
    };
    QVERIFY_VALUE(encode("gray32f"));
    QVERIFY_VALUE(encode("4x3:rgb8"));
    for (const char* text :
         {"nv12", "bgr8", "rgb8,stride=64", "rgb8,offset=8", "rgb8,bottom-up", "5x3:rgb8"}) {
        const auto encoding = encode(text);
        QVERIFY2(!encoding && encoding.error().code == ErrorCode::Usage, text);
    }
}

int tst_npy(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestNpy>(argc, argv);
}

#include "tst_npy.moc"
