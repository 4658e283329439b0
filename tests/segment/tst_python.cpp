#include "tests/support/expect.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/traces.h"
#include "tests/support/uniquekey.h"

#include <QFile>

#include <algorithm>

using namespace shmpix;
using namespace shmpix::test;

/// Python's multiprocessing.shared_memory with NumPy and Pillow at the other end, in typical scripts.
class TestPython : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void itsWriterIsReadByUs_data();
    void itsWriterIsReadByUs();
    void itsReaderReadsUs_data();
    void itsReaderReadsUs();
    void aSmallPictureHasTheBytesOfItsWriter();
    void itsReaderTakesOurNameAlongAndWeShareAgain();
    void itsWriterIsNotReplacedUnasked();
    void cleanup() { QCOMPARE(m_traces.takeFound(), QString()); }

private:
    [[nodiscard]] QStringList script(const char* text, const QString& address, const QString& file) const;

    Traces m_traces;
    QString m_python;
};

namespace {

/// S0's writer: the sides are bytes and wrap modulo 256.
constexpr const char* writer = R"(
import sys
import numpy as np
from PIL import Image
from multiprocessing.shared_memory import SharedMemory

name, file = sys.argv[1:]
image = Image.open(file).convert("RGBA")
w, h = image.size
array = np.array(image)
with np.errstate(all="ignore"):
    array = np.insert(array.ravel(), 0, np.array([w, h, 0, 0]).astype(np.uint8))
memory = SharedMemory(name=name, create=True, size=array.nbytes)
np.ndarray(array.shape, array.dtype, buffer=memory.buf)[:] = array
print("written", array.nbytes, flush=True)
sys.stdin.readline()
memory.close()
memory.unlink()
)";

/// The reader: as usual, it attaches, copies and closes; when it ends, its resource tracker removes the name.
constexpr const char* reader = R"(
import sys
import numpy as np
from PIL import Image
from multiprocessing.shared_memory import SharedMemory

name, file = sys.argv[1:]
memory = SharedMemory(name=name)
b = bytes(memory.buf)
w, h = b[0] + 256 * b[2], b[1] + 256 * b[3]
array = np.frombuffer(b, np.uint8, w * h * 4, 4).reshape(h, w, 4)
Image.fromarray(array, "RGBA").save(file)
open(file + ".bytes", "wb").write(b)
memory.close()
print("read", w, h, flush=True)
)";

QByteArray bytesOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QString newFile()
{
    return temporaryFolder() + QLatin1Char('/') + uniqueName() + QLatin1String(".png");
}

const auto posix = QStringLiteral("posix");

} // namespace

void TestPython::initTestCase()
{
    m_python = pythonWithNumpy();
    QVERIFY2(!m_python.isEmpty(), "no Python with NumPy and Pillow: install python3-numpy and python3-pil");
}

QStringList TestPython::script(const char* text, const QString& address, const QString& file) const
{
    return {QStringLiteral("-c"), QString::fromUtf8(text), parsed(address).name(), file};
}

void TestPython::itsWriterIsReadByUs_data()
{
    QTest::addColumn<QSize>("size");
    QTest::newRow("200x150") << QSize(200, 150);
    QTest::newRow("255x255") << QSize(255, 255);
    QTest::newRow("1x1") << QSize(1, 1);
    QTest::newRow("wrapped, 640x480") << QSize(640, 480);
    QTest::newRow("wrapped, 1920x1080") << QSize(1920, 1080);
}

void TestPython::itsWriterIsReadByUs()
{
    QFETCH(QSize, size);
    QImage image = photo(size.width(), size.height(), QImage::Format_RGBA8888);
    for (int x = 0; x < image.width(); ++x) {
        image.setPixelColor(x, 0, QColor(x & 255, 7, 9, 255 - (x & 127))); // some are not opaque
    }
    const QString address = m_traces.newAddress(posix);
    PeerProcess peer(m_python, script(writer, address, fileOf(image)));
    QVERIFY2(peer.readLine().startsWith(QLatin1String("written")), qPrintable(peer.standardError()));
    for (int i = 0; i < 2; ++i) { // reading changes nothing
        const auto loaded = load(address);
        EXPECT_SUCCESS(loaded);
        QCOMPARE(loaded->protocol, ProtocolId::Rawsize);
        QVERIFY2(samePixels(loaded->image, image), qPrintable(difference(loaded->image, image)));
    }
    peer.writeLine(QString());
    QCOMPARE(peer.exitCode(), 0);
    QCOMPARE(peer.standardError(), QString());
    EXPECT_FAILURE(load(address), ErrorCode::NotFound);
}

void TestPython::itsReaderReadsUs_data()
{
    QTest::addColumn<QSize>("size");
    QTest::newRow("200x150") << QSize(200, 150);
    QTest::newRow("333x127") << QSize(333, 127);
    QTest::newRow("1920x1080") << QSize(1920, 1080);
}

void TestPython::itsReaderReadsUs()
{
    QFETCH(QSize, size);
    const QImage image = photo(size.width(), size.height());
    const QString address = m_traces.newAddress(posix);
    Publisher publisher;
    EXPECT_SUCCESS(share(publisher, address, image, ProtocolId::Rawsize));
    const QString file = newFile();
    const auto read = runToEnd(m_python, script(reader, address, file));
    QCOMPARE(QString::fromUtf8(read.out).trimmed(),
             QStringLiteral("read %1 %2").arg(size.width()).arg(size.height()));
    QVERIFY2(samePixels(QImage(file), image), qPrintable(difference(QImage(file), image)));
}

void TestPython::aSmallPictureHasTheBytesOfItsWriter()
{
    const QImage image = picture(QStringLiteral("alpha")).scaled(200, 150);
    const QString theirs = m_traces.newAddress(posix);
    PeerProcess peer(m_python, script(writer, theirs, fileOf(image)));
    QVERIFY2(peer.readLine().startsWith(QLatin1String("written")), qPrintable(peer.standardError()));
    const QString ours = m_traces.newAddress(posix);
    Publisher publisher;
    EXPECT_SUCCESS(share(publisher, ours, image, ProtocolId::Rawsize));
    const auto expected = contents(theirs);
    const auto actual = contents(ours);
    EXPECT_SUCCESS(expected);
    EXPECT_SUCCESS(actual);
    QCOMPARE(actual->size(), expected->size());
    const auto [a, b] = std::mismatch(actual->begin(), actual->end(), expected->begin());
    QVERIFY2(a == actual->end(), qPrintable(QStringLiteral("byte %1: %2 against %3")
                                                .arg(a - actual->begin())
                                                .arg(int(uchar(*a)))
                                                .arg(int(uchar(*b)))));
    peer.writeLine(QString());
    QCOMPARE(peer.exitCode(), 0);
}

void TestPython::itsReaderTakesOurNameAlongAndWeShareAgain()
{
    const QString address = m_traces.newAddress(posix);
    Publisher publisher;
    for (const char* name : {"photo", "gradient", "gradient"}) {
        const QImage image = picture(QString::fromLatin1(name));
        EXPECT_SUCCESS(share(publisher, address, image, ProtocolId::Rawsize));
        const auto loaded = load(address);
        EXPECT_SUCCESS(loaded);
        QVERIFY2(samePixels(loaded->image, image), qPrintable(difference(loaded->image, image)));
        const QString file = newFile();
        const auto read = runToEnd(m_python, script(reader, address, file));
        QVERIFY2(read.exitCode == 0, read.err.constData());
        QVERIFY2(samePixels(QImage(file), image), qPrintable(difference(QImage(file), image)));
        QCOMPARE(bytesOf(file + QLatin1String(".bytes")).size(),
                 qsizetype{4} + image.width() * image.height() * 4);
        QTRY_VERIFY_WITH_TIMEOUT(!load(address).has_value(),
                                 5000); // the tracker is a process that ends a moment later
    }
}

void TestPython::itsWriterIsNotReplacedUnasked()
{
    const QImage image = photo(200, 150);
    const QString address = m_traces.newAddress(posix);
    PeerProcess peer(m_python, script(writer, address, fileOf(image)));
    QVERIFY2(peer.readLine().startsWith(QLatin1String("written")), qPrintable(peer.standardError()));
    Publisher publisher;
    const QImage ours = picture(QStringLiteral("odd"));
    EXPECT_FAILURE(share(publisher, address, ours, ProtocolId::Rawsize), ErrorCode::NotOurs);
    const auto still = load(address);
    EXPECT_SUCCESS(still);
    QVERIFY2(samePixels(still->image, image), qPrintable(difference(still->image, image)));
    EXPECT_SUCCESS(share(publisher, address, ours, ProtocolId::Rawsize, Existing::Replace));
    const auto replaced = load(address);
    EXPECT_SUCCESS(replaced);
    QVERIFY2(samePixels(replaced->image, ours), qPrintable(difference(replaced->image, ours)));
    peer.writeLine(QString()); // unlinks the name, which now is ours
    QCOMPARE(peer.exitCode(), 0);
    EXPECT_SUCCESS(share(publisher, address, ours, ProtocolId::Rawsize));
    EXPECT_SUCCESS(load(address));
}

int tst_python(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestPython>(argc, argv);
}

#include "tst_python.moc"
