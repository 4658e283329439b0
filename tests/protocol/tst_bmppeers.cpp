#include "tests/protocol/bmpforgery.h"
#include "tests/support/codecbytes.h"
#include "tests/support/peerprocess.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"

#include <QDir>
#include <QFile>

using namespace shmpix;
using namespace shmpix::test;

namespace {

/// Saves pictures as BMP with Pillow and OpenCV, opens every BMP of the folder with both, and saves the
/// results beside it as PNG. Prints the name of each file, followed by the readers that could read it.
constexpr const char* peers = R"(
import glob, os, sys
import cv2
import numpy as np
from PIL import Image

os.chdir(sys.argv[1])
y, x = np.mgrid[0:37, 0:53]
color = np.stack([x * 4 & 255, y * 6 & 255, x * y & 255], axis=2).astype(np.uint8)
alpha = np.dstack([color, (x * 3 + y & 255).astype(np.uint8)])
rgb = Image.fromarray(color)
rgb.save("pillow-rgb.bmp")
rgb.convert("L").save("pillow-grey.bmp")
rgb.convert("1").save("pillow-1bit.bmp")
rgb.quantize(200).save("pillow-palette.bmp")
rgb.quantize(7).save("pillow-palette7.bmp")
Image.fromarray(alpha, "RGBA").save("pillow-rgba.bmp")
for name, pixels in (("bgr", color), ("bgra", alpha), ("grey", color[:, :, 0].copy())):
    open("opencv-%s.bmp" % name, "wb").write(cv2.imencode(".bmp", pixels)[1].tobytes())
for file in sorted(glob.glob("*.bmp")):
    readers = []
    data = np.fromfile(file, np.uint8)
    seen = cv2.imdecode(data, cv2.IMREAD_COLOR)
    if seen is not None:
        cv2.imwrite(file + ".opencv.png", seen)
        readers.append("opencv")
    try:
        seen = Image.open(file)
        seen.convert("RGBA" if seen.mode == "RGBA" else "RGB").save(file + ".pillow.png")
        readers.append("pillow")
    except Exception:
        pass
    print(file, *readers, flush=True)
)";

constexpr BmpMasks masks565 = {0xf800, 0x07e0, 0x001f, 0};

} // namespace

/// Exchanges BMP files between Pillow, OpenCV and us.
class TestBmpPeers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void G4_whatPeersWriteAndReadWeSeeAlike();
};

void TestBmpPeers::G4_whatPeersWriteAndReadWeSeeAlike()
{
    const QString folder = temporaryFolder() + QStringLiteral("/bmp");
    QVERIFY(QDir().mkpath(folder));
    const auto save = [&folder](const char* name, const QByteArray& bytes) {
        QFile file(folder + QLatin1Char('/') + QLatin1String(name) + QStringLiteral(".bmp"));
        return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
    };
    QVERIFY(save("forged-1bit", forgedBmp({40, 1, 0, 53, 37})));
    QVERIFY(save("forged-4bit", forgedBmp({40, 4, 0, 53, 37})));
    QVERIFY(save("forged-8bit", forgedBmp({40, 8, 0, 53, 37})));
    QVERIFY(save("forged-8bit-down", forgedBmp({40, 8, 0, 53, -37})));
    QVERIFY(save("forged-555", forgedBmp({40, 16, 0, 53, 37})));
    QVERIFY(save("forged-565", forgedBmp({40, 16, 3, 53, 37, 0, masks565})));
    QVERIFY(save("forged-24bit", forgedBmp({40, 24, 0, 53, 37})));
    QVERIFY(save("forged-24bit-down", forgedBmp({40, 24, 0, 53, -37})));
    QVERIFY(save("forged-32bit", forgedBmp({40, 32, 0, 53, 37})));
    QVERIFY(save("forged-os2", forgedBmp({12, 8, 0, 53, 37})));
    QVERIFY(save("forged-v5", forgedBmp({124, 24, 0, 53, 37})));
    QVERIFY(save("forged-v4-alpha", forgedBmp({108, 32, 3, 53, 37, 0, masksBgra})));
    const QString python = pythonWithOpenCv();
    QVERIFY2(!python.isEmpty(), "no Python with Pillow and OpenCV: install python3-pil and python3-opencv");
    const Finished run = runToEnd(python, {QStringLiteral("-c"), QString::fromUtf8(peers), folder});
    QVERIFY2(run.exitCode == 0, run.err.constData());

    int compared = 0;
    for (const QString& line : QString::fromUtf8(run.out).split(QLatin1Char('\n'), Qt::SkipEmptyParts)) {
        const QStringList words = line.split(QLatin1Char(' '));
        QFile file(folder + QLatin1Char('/') + words.first());
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray bytes = file.readAll();
        const auto ours = decoded(ProtocolId::Bmp, bytes);
        QVERIFY2(ours.has_value(), (line.toUtf8() + ": " + describe(ours)).constData());
        // OpenCV does not scale channels of 5 bits up, and Pillow rounds them down.
        const bool is16Bits = qFromLittleEndian<quint16>(bytes.constData() + 28) == 16;
        for (const QString& reader : words.mid(1)) {
            const QImage theirs(file.fileName() + QLatin1Char('.') + reader + QStringLiteral(".png"));
            const int most = !is16Bits ? 0 : reader == QStringLiteral("opencv") ? 7 : 1;
            const int difference = largestDifference(ours->image, theirs);
            QVERIFY2(difference <= most,
                     qPrintable(QStringLiteral("%1 as %2 reads it: %3").arg(line, reader).arg(difference)));
            ++compared;
        }
    }
    QVERIFY2(compared >= 36, run.out.constData()); // 21 files and two readers, which do not read all of them
}

int tst_bmppeers(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestBmpPeers>(argc, argv);
}

#include "tst_bmppeers.moc"
