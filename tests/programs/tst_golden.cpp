#include "common/protocol/detection.h"
#include "tests/support/codecbytes.h"
#include "tests/support/programs.h"
#include "tests/support/runtest.h"

#include <QDir>
#include <QFileInfo>

using namespace shmpix;
using namespace shmpix::test;

namespace {

const QString goldenFolder = QStringLiteral(SHMPIX_SOURCE "/tests/data/golden");

QByteArray bytesOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Returns the protocol in the name of a segment's file, such as bmp.bin or bmp-palette.bin.
ProtocolId protocolOf(const QFileInfo& file)
{
    return *parseProtocol(file.baseName().section(QLatin1Char('-'), 0, 0));
}

QString beside(const QFileInfo& file, const char* ending)
{
    return file.path() + QLatin1Char('/') + file.baseName() + QLatin1String(ending);
}

/// Returns nothing for a protocol that describes the layout of its pixels.
std::optional<PixelLayout> layoutOf(const QFileInfo& file)
{
    const auto layout = parseLayout(QString::fromUtf8(bytesOf(beside(file, ".layout"))).trimmed());
    return layout ? std::optional(*layout) : std::nullopt;
}

QByteArray encodedAs(ProtocolId id, const QImage& image, const std::optional<PixelLayout>& layout)
{
    const auto encoding = codecFor(id).encode(image, {layout});
    if (!encoding) {
        return {};
    }
    QByteArray bytes(encoding->bytes, '\xa5');
    encoding->write(std::as_writable_bytes(std::span(bytes.data(), static_cast<std::size_t>(bytes.size()))));
    return bytes;
}

/// JPEG decoders may round differently.
int toleranceOf(ProtocolId id)
{
    return id == ProtocolId::Jpeg ? 4 : 0;
}

} // namespace

/// The bytes in a segment are a contract with other machines and other versions.
class TestGolden : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void H5_headersAreTheSameOnEveryMachine();
    void H5_samplesAreLittleEndian();
    void H6_everyProtocolOfThisVersionIsKept();
    void H6_segmentsOfEveryVersionAreRead_data() { addSegments(); }
    void H6_segmentsOfEveryVersionAreRead();
    void H6_earlierVersionsReadWhatIsWrittenToday_data() { addSegments(); }
    void H6_earlierVersionsReadWhatIsWrittenToday();

private:
    static void addSegments();
};

/// Shared memory contains no C++ structures whose size and padding could be asserted: all headers are written
/// byte by byte. Python packs the same fields with explicit sizes and byte order.
void TestGolden::H5_headersAreTheSameOnEveryMachine()
{
    QImage image = photo(300, 200).convertToFormat(QImage::Format_RGB888);
    image.setDotsPerMeterX(3780); // otherwise the value depends on the screen
    image.setDotsPerMeterY(2835);
    const Finished packed =
        runToEnd(pythonWithNumpy(), {QStringLiteral(SHMPIX_SOURCE "/tests/programs/goldenheaders.py"),
                                     QStringLiteral("300"), QStringLiteral("200")});
    QVERIFY2(packed.exitCode == 0, packed.err.constData());
    const QList<QByteArray> lines = packed.out.trimmed().split('\n');
    QCOMPARE(lines.size(), qsizetype(selfDescribingProtocols().size()));
    for (const QByteArray& line : lines) {
        const auto id = parseProtocol(QString::fromLatin1(line.split(' ').first()));
        QVERIFY_VALUE(id);
        const QByteArray header = QByteArray::fromHex(line.split(' ').last());
        const QByteArray ours = encoded(*id, image).first(header.size());
        QVERIFY2(ours == header, (line + "\nours " + ours.toHex()).constData());
    }
}

void TestGolden::H5_samplesAreLittleEndian()
{
    QImage image(2, 1, QImage::Format_Grayscale16);
    reinterpret_cast<quint16*>(image.scanLine(0))[0] = 0x1234;
    reinterpret_cast<quint16*>(image.scanLine(0))[1] = 0xfedc;
    const QByteArray bytes("\x34\x12\xdc\xfe", 4);
    QCOMPARE(encodedAs(ProtocolId::Pixels, image, *parseLayoutOfPicture(QStringLiteral("gray16"))), bytes);
    QVERIFY(encoded(ProtocolId::Npy, image).contains("'<u2'"));
    QVERIFY(encoded(ProtocolId::Npy, image).endsWith(bytes));
}

void TestGolden::addSegments()
{
    QTest::addColumn<QString>("path");
    const QStringList versions = QDir(goldenFolder).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString& version : versions) {
        if (version.startsWith(QLatin1String("live-"))) {
            continue; // tests/live/tst_livegolden.cpp
        }
        const QDir folder(goldenFolder + QLatin1Char('/') + version);
        for (const QFileInfo& file : folder.entryInfoList({QStringLiteral("*.bin")}, QDir::Files)) {
            QTest::addRow("%s %s", qPrintable(version), qPrintable(file.baseName())) << file.filePath();
        }
    }
}

void TestGolden::H6_everyProtocolOfThisVersionIsKept()
{
    const QDir folder(goldenFolder + QLatin1String("/" SHMPIX_VERSION));
    for (const ProtocolId id : codecProtocols()) {
        QVERIFY2(QFile::exists(folder.filePath(protocolName(id) + QLatin1String(".bin"))),
                 qPrintable(folder.path() + QLatin1String(" has no segment of ") + protocolName(id)));
    }
}

void TestGolden::H6_segmentsOfEveryVersionAreRead()
{
    QFETCH(QString, path);
    const QFileInfo file(path);
    const ProtocolId id = protocolOf(file);
    const QByteArray segment = bytesOf(path);
    const QImage wanted(beside(file, ".png"));
    QVERIFY2(!wanted.isNull(), qPrintable(beside(file, ".png")));
    if (id != ProtocolId::Pixels) {
        MemorySource source(spanOf(segment));
        const auto detected = detectProtocol(source);
        QVERIFY_VALUE(detected);
        QCOMPARE(protocolName(*detected), protocolName(id));
    }
    const auto layout = layoutOf(file);
    const auto back = decoded(id, segment, {{}, layout});
    QVERIFY_VALUE(back);
    QCOMPARE(back->bytes + (layout ? layout->offset : 0), segment.size());
    if (toleranceOf(id) > 0) {
        QVERIFY(largestDifference(back->image, wanted) <= toleranceOf(id));
    } else {
        QVERIFY_SAME_PIXELS(back->image, wanted);
    }
}

/// Earlier versions cannot run here. They can read what they wrote, so writing the same bytes for the same
/// picture is enough. A change of the written bytes needs another proof that earlier versions can read them.
void TestGolden::H6_earlierVersionsReadWhatIsWrittenToday()
{
    QFETCH(QString, path);
    const QFileInfo file(path);
    const ProtocolId id = protocolOf(file);
    const QByteArray segment = bytesOf(path);
    const QByteArray today = encodedAs(id, QImage(beside(file, ".png")), layoutOf(file));
    // The bytes of a JPEG depend on the library, but readers use its markers.
    const qsizetype count = id == ProtocolId::Jpeg ? 11 : segment.size();
    if (id != ProtocolId::Jpeg) {
        QCOMPARE(today.size(), segment.size());
    }
    QVERIFY2(today.first(count) == segment.first(count),
             (today.first(count).toHex(' ').left(300) + "\nwas\n" + segment.first(count).toHex(' ').left(300))
                 .constData());
}

int tst_golden(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestGolden>(argc, argv);
}

#include "tst_golden.moc"
