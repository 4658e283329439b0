#include "tests/interop/kitpeer.h"
#include "tests/support/pictures.h"
#include "tests/support/programs.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"

#include <QFile>
#include <QTest>

using namespace shmpix::test;

namespace {

/// Puts a picture under a key like OpenCV programs, without a header, and writes the result of cv2.flip() to
/// a file.
constexpr const char* opencvWriter = R"(
import sys, cv2
from multiprocessing.shared_memory import SharedMemory
import numpy as np
key, file, flip, expected = sys.argv[1:]
image = cv2.imread(file)
memory = SharedMemory(name=key, create=True, size=3840 * 2160 * 3)
np.ndarray(image.shape, np.uint8, memory.buf)[:] = image
cv2.imwrite(expected, cv2.flip(image, int(flip)))
print("written", flush=True)
sys.stdin.readline()
memory.close()
memory.unlink()
)";

/// The one-line writer.
constexpr const char* memmapWriter = R"(
import sys
import numpy as np
from PIL import Image
key, file, dtype, order = sys.argv[1:]
array = np.asarray(Image.open(file).convert("RGB")).astype(dtype)
np.lib.format.open_memmap("/dev/shm/" + key, "w+", dtype, array.shape, order == "F")[:] = array
)";

} // namespace

/// Programs that do not know Shmpix, and the built receiver with as few options as possible.
class tst_BarePeers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void flippedOpenCvPictureIsOpenCvsFlip_data();
    void flippedOpenCvPictureIsOpenCvsFlip();
    void memmapWriterLoadsWithNoOption_data();
    void memmapWriterLoadsWithNoOption();
    void headlessPictureIsProposedWithNothingButAKey();

private:
    QString m_python;
    QString m_file;
    QImage m_picture;
};

void tst_BarePeers::initTestCase()
{
    m_python = pythonWithOpenCv();
    QVERIFY(!m_python.isEmpty());
    m_picture = photo(640, 480);
    m_file = temporaryFolder() + QStringLiteral("/picture.png");
    QVERIFY(m_picture.save(m_file));
}

void tst_BarePeers::flippedOpenCvPictureIsOpenCvsFlip_data()
{
    QTest::addColumn<QString>("ours");
    QTest::addColumn<QString>("opencvs");
    QTest::newRow("h") << QStringLiteral("h") << QStringLiteral("1");
    QTest::newRow("v") << QStringLiteral("v") << QStringLiteral("0");
    QTest::newRow("both") << QStringLiteral("both") << QStringLiteral("-1");
}

void tst_BarePeers::flippedOpenCvPictureIsOpenCvsFlip()
{
    QFETCH(QString, ours);
    QFETCH(QString, opencvs);
    const QString key = uniqueName();
    const QString expected = temporaryFolder() + QStringLiteral("/expected.png");
    const QString saved = temporaryFolder() + QStringLiteral("/out.png");
    PeerProcess writer(
        m_python, {QStringLiteral("-c"), QString::fromLatin1(opencvWriter), key, m_file, opencvs, expected});
    QVERIFY2(!writer.waitForLine(QStringLiteral("written")).isNull(), qPrintable(writer.standardError()));
    const Finished loaded =
        runReceiver({QStringLiteral("--key"), key, QStringLiteral("--layout"), QStringLiteral("640x480:bgr8"),
                     QStringLiteral("--flip"), ours, QStringLiteral("--save"), saved});
    QVERIFY2(loaded.exitCode == 0, loaded.err.constData());
    QVERIFY2(samePixels(QImage(saved), QImage(expected)),
             qPrintable(difference(QImage(saved), QImage(expected))));
    writer.writeLine(QString());
    QCOMPARE(writer.exitCode(), 0);
}

void tst_BarePeers::memmapWriterLoadsWithNoOption_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("order");
    QTest::newRow("bytes") << QStringLiteral("u1") << QStringLiteral("C");
    QTest::newRow("bytes, Fortran order") << QStringLiteral("u1") << QStringLiteral("F");
    QTest::newRow("floats") << QStringLiteral("<f4") << QStringLiteral("C");
    QTest::newRow("big-endian numbers") << QStringLiteral(">u2") << QStringLiteral("C");
}

void tst_BarePeers::memmapWriterLoadsWithNoOption()
{
    QFETCH(QString, type);
    QFETCH(QString, order);
    const QString key = uniqueName();
    const QString saved = temporaryFolder() + QStringLiteral("/out.png");
    const Finished written = runToEnd(
        m_python, {QStringLiteral("-c"), QString::fromLatin1(memmapWriter), key, m_file, type, order});
    QVERIFY2(written.exitCode == 0, written.err.constData());
    const Finished loaded = runReceiver({QStringLiteral("--key"), key, QStringLiteral("--save"), saved});
    QVERIFY(QFile::remove(QStringLiteral("/dev/shm/") + key));
    QVERIFY2(loaded.exitCode == 0, loaded.err.constData());
    QCOMPARE(QImage(saved).size(), m_picture.size());
    if (type == QLatin1String("u1")) {
        QVERIFY2(samePixels(QImage(saved), m_picture), qPrintable(difference(QImage(saved), m_picture)));
    }
}

void tst_BarePeers::headlessPictureIsProposedWithNothingButAKey()
{
    const QString key = uniqueName();
    PeerProcess writer(m_python, {QStringLiteral("-c"), QString::fromLatin1(opencvWriter), key, m_file,
                                  QStringLiteral("1"), temporaryFolder() + QStringLiteral("/flipped.png")});
    QVERIFY2(!writer.waitForLine(QStringLiteral("written")).isNull(), qPrintable(writer.standardError()));
    const Finished loaded = runReceiver({QStringLiteral("--key"), key});
    QCOMPARE(loaded.exitCode, 5);
    QVERIFY2(loaded.err.contains("--layout 640x480:bgr8."), loaded.err.constData());
    writer.writeLine(QString());
    QCOMPARE(writer.exitCode(), 0);
}

int tst_barepeers(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, tst_BarePeers>(argc, argv);
}

#include "tst_barepeers.moc"
