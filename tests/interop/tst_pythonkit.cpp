#include "tests/interop/kitpeer.h"
#include "tests/support/pictures.h"
#include "tests/support/programs.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"

#include <QFileInfo>
#include <QTest>

#include <memory>

using namespace shmpix::test;

/// interop/python/shmpix.py with and without its packages: pictures to and from the built programs and stock
/// Qt.
class tst_PythonKit : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();

    void itsProtocolsAreSound_data() { addModes(); }
    void itsProtocolsAreSound();
    void whatItWritesIsLoaded_data() { addHops(); }
    void whatItWritesIsLoaded();
    void whatIsSharedIsReadByIt_data() { addHops(); }
    void whatIsSharedIsReadByIt();
    void A18_sidesOver255DoNotWrap_data() { addWideHops(); }
    void A18_sidesOver255DoNotWrap();
    void layoutsAreReadAlike_data();
    void layoutsAreReadAlike();
    void numbersOfEveryKindAreShown_data();
    void numbersOfEveryKindAreShown();
    void stockQtReadsWhatItWrites();
    void itReadsWhatStockQtWrites();
    void aLockThatIsHeldIsAnErrorThatNamesTheHolder();

    void H1_readingLeavesTheSegmentThere();

private:
    static void addModes();
    static void addHops();
    static void addWideHops();
    [[nodiscard]] KitPeer& kit(const QString& mode)
    {
        return mode == QLatin1String("bare") ? *m_bare : *m_kit;
    }

    std::unique_ptr<KitPeer> m_kit;  ///< with NumPy, Pillow and OpenCV
    std::unique_ptr<KitPeer> m_bare; ///< with none of them
};

void tst_PythonKit::initTestCase()
{
    QVERIFY2(!pythonWithOpenCv().isEmpty(), "no Python here can import numpy, PIL and cv2");
    m_kit = startPythonKit();
    m_bare = startPythonKit(Packages::Hidden);
}

void tst_PythonKit::addModes()
{
    QTest::addColumn<QString>("mode");
    QTest::newRow("packages") << QStringLiteral("packages");
    QTest::newRow("bare") << QStringLiteral("bare");
}

void tst_PythonKit::addHops()
{
    QTest::addColumn<QString>("mode");
    QTest::addColumn<QString>("scheme");
    QTest::addColumn<QString>("protocol");
    QTest::addColumn<QString>("picture");
    const auto add = [](const char* mode, const char* scheme, const char* protocol, const char* picture) {
        QTest::addRow("%s %s %s %s", mode, scheme, protocol, picture)
            << QString::fromLatin1(mode) << QString::fromLatin1(scheme) << QString::fromLatin1(protocol)
            << QString::fromLatin1(picture);
    };
    for (const char* protocol : {"live", "datastream", "rawsize", "bmp", "png", "pixels", "npy"}) {
        for (const char* picture : {"odd", "alpha", "grey", "1x1", "grey16", "rgba16"}) {
            add("packages", "posix", protocol, picture);
        }
        for (const char* picture : {"odd", "alpha", "grey16"}) {
            add("bare", "posix", protocol, picture);
        }
    }
    for (const char* picture : {"odd", "alpha", "grey"}) {
        add("packages", "posix", "jpeg", picture);
    }
    add("packages", "file", "live", "odd");
    for (const char* scheme : {"file", "qt", "systemv"}) {
        for (const char* protocol : {"datastream", "rawsize", "pixels"}) {
            add("packages", scheme, protocol, "odd");
        }
        add("bare", scheme, "datastream", "1x1");
    }
}

void tst_PythonKit::itsProtocolsAreSound()
{
    QFETCH(QString, mode);
    QStringList arguments{QStringLiteral(SHMPIX_SOURCE "/tests/interop/peers/pythonkitcodecs.py"),
                          pythonKitFolder()};
    if (mode == QLatin1String("bare")) {
        arguments << mode;
    }
    const Finished finished = runToEnd(pythonWithOpenCv(), arguments);
    QVERIFY2(finished.exitCode == 0, (finished.out + finished.err).constData());
}

void tst_PythonKit::whatItWritesIsLoaded()
{
    QFETCH(QString, mode);
    QFETCH(QString, scheme);
    QFETCH(QString, protocol);
    QFETCH(QString, picture);
    const QString address = uniqueAddress(scheme);
    const QString file = fileOfPicture(picture);
    const QString answer = kit(mode).ask({QStringLiteral("write"), address, protocol, file, QString()});
    QVERIFY2(answer.startsWith(QLatin1String("ok ")), qPrintable(answer));
    QByteArray error;
    const QImage result = received(address, answer.section(QLatin1Char(' '), 2), error);
    QVERIFY2(!result.isNull(), error.constData());
    const QImage wanted = protocol == QLatin1String("jpeg")
                              ? QImage::fromData(bytesOfFile(pathOfAddress(address)), "jpeg")
                              : throughProtocol(QImage(file), protocol);
    COMPARE_PICTURES(result, wanted);
    QCOMPARE(kit(mode).ask({QStringLiteral("close"), address}), QStringLiteral("ok "));
    QCOMPARE(runReceiver({QStringLiteral("--key"), address}).exitCode, 3);
}

void tst_PythonKit::whatIsSharedIsReadByIt()
{
    QFETCH(QString, mode);
    QFETCH(QString, scheme);
    QFETCH(QString, protocol);
    QFETCH(QString, picture);
    const QString address = uniqueAddress(scheme);
    const QString file = fileOfPicture(picture);
    JsonSender sender({QStringLiteral("--key"), address, QStringLiteral("--protocol"), protocol, file});
    QVERIFY2(sender.shares(), qPrintable(sender.standardError()));
    const QString layout =
        protocol == QLatin1String("pixels") ? sender.field(QStringLiteral("pixelLayout")) : QString();
    const QString saved = newFile(QStringLiteral(".png"));
    const QString answer =
        kit(mode).ask({QStringLiteral("read"), address, QStringLiteral("auto"), layout, saved});
    QVERIFY2(answer.startsWith(QLatin1String("ok ")), qPrintable(answer));
    const QImage wanted = protocol == QLatin1String("jpeg")
                              ? QImage::fromData(bytesOfFile(pathOfAddress(address)), "jpeg")
                              : throughProtocol(QImage(file), protocol);
    COMPARE_PICTURES(QImage(saved), wanted);
}

void tst_PythonKit::addWideHops()
{
    QTest::addColumn<QString>("mode");
    QTest::addColumn<QSize>("size");
    for (const char* mode : {"packages", "bare"}) {
        for (const QSize size : {QSize(256, 3), QSize(3, 256), QSize(300, 260), QSize(1024, 768)}) {
            QTest::addRow("%s %dx%d", mode, size.width(), size.height()) << QString::fromLatin1(mode) << size;
        }
    }
}

void tst_PythonKit::A18_sidesOver255DoNotWrap()
{
    QFETCH(QString, mode);
    QFETCH(QSize, size);
    const QImage image = photo(size.width(), size.height());
    const QString file = newFile(QStringLiteral(".png"));
    QVERIFY(image.save(file));
    const QString address = uniqueAddress(QStringLiteral("posix"));
    const QString answer =
        kit(mode).ask({QStringLiteral("write"), address, QStringLiteral("rawsize"), file, QString()});
    QVERIFY2(answer.startsWith(QLatin1String("ok ")), qPrintable(answer));
    const QByteArray header = bytesOfFile(pathOfAddress(address)).first(4);
    const auto byte = [&header](int i) { return int(static_cast<uchar>(header[i])); };
    QCOMPARE(QSize(byte(0) + 256 * byte(2), byte(1) + 256 * byte(3)), size);
    QByteArray error;
    const QImage result = received(address, QString(), error);
    QVERIFY2(!result.isNull(), error.constData());
    COMPARE_PICTURES(result, image);
    QCOMPARE(kit(mode).ask({QStringLiteral("close"), address}), QStringLiteral("ok "));
}

void tst_PythonKit::layoutsAreReadAlike_data()
{
    QTest::addColumn<QString>("layout");
    QTest::addColumn<QString>("picture");
    for (const char* format : {"rgb8", "bgr8", "rgba8", "bgra8", "rgbx8", "bgrx8", "rgb16", "rgba16"}) {
        const bool alpha = QByteArray(format).contains('a');
        QTest::newRow(format) << QString::fromLatin1(format)
                              << (alpha ? QStringLiteral("alpha") : QStringLiteral("odd"));
    }
    QTest::newRow("gray8") << QStringLiteral("gray8") << QStringLiteral("grey");
    QTest::newRow("gray16") << QStringLiteral("gray16") << QStringLiteral("grey16");
    for (const char* tail : {"stride=1111", "offset=77", "bottom-up", "stride=-1000,offset=126000",
                             "stride=1003,offset=5,bottom-up"}) { // "odd" has 333 x 127 pixels
        QTest::newRow(tail) << QStringLiteral("bgr8,") + QLatin1String(tail) << QStringLiteral("odd");
    }
}

void tst_PythonKit::layoutsAreReadAlike()
{
    QFETCH(QString, layout);
    QFETCH(QString, picture);
    const QString file = fileOfPicture(picture);
    const QImage wanted(file);

    const QString ours = uniqueAddress(QStringLiteral("posix"));
    JsonSender sender({QStringLiteral("--key"), ours, QStringLiteral("--layout"), layout, file});
    QVERIFY2(sender.shares(), qPrintable(sender.standardError()));
    const QString text = sender.field(QStringLiteral("pixelLayout"));
    const QString saved = newFile(QStringLiteral(".png"));
    QCOMPARE(m_kit->ask({QStringLiteral("read"), ours, QStringLiteral("pixels"), text, saved}),
             QStringLiteral("ok %1x%2").arg(wanted.width()).arg(wanted.height()));
    COMPARE_PICTURES(QImage(saved), wanted);

    const QString theirs = uniqueAddress(QStringLiteral("posix"));
    const QString answer =
        m_kit->ask({QStringLiteral("write"), theirs, QStringLiteral("pixels"), file, layout});
    QCOMPARE(answer.section(QLatin1Char(' '), 2), text);
    QByteArray error;
    const QImage result = received(theirs, text, error);
    COMPARE_PICTURES(result, wanted);
    QCOMPARE(bytesOfFile(pathOfAddress(theirs)).size(), bytesOfFile(pathOfAddress(ours)).size());
    QCOMPARE(m_kit->ask({QStringLiteral("close"), theirs}), QStringLiteral("ok "));
}

void tst_PythonKit::numbersOfEveryKindAreShown_data()
{
    QTest::addColumn<QString>("protocol");
    QTest::addColumn<QString>("layout");
    QTest::addColumn<QString>("array");
    QTest::addColumn<QSize>("size");
    const auto row = [](const char* protocol, const char* layout, const char* array, const QSize& size) {
        QTest::addRow("%s %s %s", protocol, layout, array)
            << QString::fromLatin1(protocol) << QString::fromLatin1(layout) << QString::fromLatin1(array)
            << size;
    };
    row("pixels", "16x12:nv12", "np.full((18, 16), 99, 'u1')", {16, 12});
    row("pixels", "nv12", "np.full((18, 16), 99, 'u1')", {16, 12});
    row("pixels", "15x11:nv12", "np.full((17, 16), 99, 'u1')", {15, 11});
    row("pixels", "16x12:yuyv", "np.full((12, 16, 2), 99, 'u1')", {16, 12});
    row("pixels", "rggb8", "np.full((12, 16), 99, 'u1')", {16, 12});
    row("pixels", "gray16f", "np.random.rand(12, 16).astype('f2')", {16, 12});
    row("pixels", "rgb32f", "np.random.rand(12, 16, 3).astype('f4')", {16, 12});
    row("pixels", "", "np.random.rand(12, 16, 4)", {16, 12});
    row("pixels", "", "np.arange(192, dtype='u2').reshape(12, 16)", {16, 12});
    row("npy", "", "np.random.rand(12, 16)", {16, 12});
    row("npy", "", "np.random.rand(12, 16, 3).astype('>f4')", {16, 12});
    row("npy", "", "np.arange(-96, 96, dtype='i2').reshape(12, 16)", {16, 12});
    row("npy", "", "np.random.rand(12, 16) > 0.5", {16, 12});
}

/// Floats, negative numbers and colour mosaics are shared unchanged, whether or not they can be shown.
void tst_PythonKit::numbersOfEveryKindAreShown()
{
    QFETCH(QString, protocol);
    QFETCH(QString, layout);
    QFETCH(QString, array);
    QFETCH(QSize, size);
    const QString address = uniqueAddress(QStringLiteral("posix"));
    const QString answer = m_kit->ask({QStringLiteral("numbers"), address, protocol, layout, array});
    QVERIFY2(answer.startsWith(QLatin1String("ok ")), qPrintable(answer));
    QByteArray error;
    QCOMPARE(received(address, answer.mid(3), error).size(), size);
    QCOMPARE(error, QByteArray());
    QCOMPARE(m_kit->ask({QStringLiteral("close"), address}), QStringLiteral("ok "));
}

void tst_PythonKit::stockQtReadsWhatItWrites()
{
    const QString address = uniqueAddress(QStringLiteral("qt"));
    const QString file = fileOfPicture(QStringLiteral("alpha"));
    KitPeer stock(QStringLiteral(SHMPIX_PEERS "/stockqt"), {address.mid(3)});
    for (int i = 0; i < 2; ++i) { // the second time into the same segment
        QVERIFY(m_kit->ask({QStringLiteral("write"), address, QStringLiteral("datastream"), file, QString()})
                    .startsWith(QLatin1String("ok")));
        const QString saved = newFile(QStringLiteral(".png"));
        stock.writeLine(QStringLiteral("receive-image ") + saved);
        QCOMPARE(stock.readLine(), QStringLiteral("receive-image 257x129"));
        COMPARE_PICTURES(QImage(saved), QImage(file));
    }
    QCOMPARE(m_kit->ask({QStringLiteral("close"), address}), QStringLiteral("ok "));
    QCOMPARE(runReceiver({QStringLiteral("--key"), address}).exitCode, 3);
}

void tst_PythonKit::itReadsWhatStockQtWrites()
{
    const QString address = uniqueAddress(QStringLiteral("qt"));
    const QString file = fileOfPicture(QStringLiteral("alpha"));
    KitPeer stock(QStringLiteral(SHMPIX_PEERS "/stockqt"), {address.mid(3)});
    stock.writeLine(QStringLiteral("share-image ") + file);
    QVERIFY(!stock.readLine().contains(QLatin1String("failed")));
    const QString saved = newFile(QStringLiteral(".png"));
    for (int i = 0; i < 2; ++i) { // reading changes nothing
        QCOMPARE(m_kit->ask({QStringLiteral("read"), address, QStringLiteral("auto"), QString(), saved}),
                 QStringLiteral("ok 257x129"));
        COMPARE_PICTURES(QImage(saved), QImage(file));
    }
    stock.writeLine(QStringLiteral("end"));
    QCOMPARE(stock.exitCode(), 0);
}

void tst_PythonKit::aLockThatIsHeldIsAnErrorThatNamesTheHolder()
{
    const QString address = uniqueAddress(QStringLiteral("qt"));
    KitPeer stock(QStringLiteral(SHMPIX_PEERS "/stockqt"), {address.mid(3)});
    stock.writeLine(QStringLiteral("share-image ") + fileOfPicture(QStringLiteral("1x1")));
    QVERIFY(!stock.readLine().contains(QLatin1String("failed")));
    stock.writeLine(QStringLiteral("lock"));
    QCOMPARE(stock.readLine(), QStringLiteral("lock done"));
    const QStringList read{QStringLiteral("read"), address, QStringLiteral("auto"), QString(),
                           newFile(QStringLiteral(".png"))};
    const QString answer = m_kit->ask(read);
    QVERIFY2(answer.startsWith(QStringLiteral("error 7 stockqt (process %1) holds").arg(stock.pid())),
             qPrintable(answer));
    stock.kill(); // the kernel gives the lock back
    QCOMPARE(m_kit->ask(read), QStringLiteral("ok 1x1"));
    QVERIFY(m_kit
                ->ask({QStringLiteral("write"), address, QStringLiteral("datastream"),
                       fileOfPicture(QStringLiteral("1x1")), QString()})
                .startsWith(QLatin1String("ok"))); // and takes over the segment
    QCOMPARE(m_kit->ask({QStringLiteral("close"), address}), QStringLiteral("ok "));
}

void tst_PythonKit::H1_readingLeavesTheSegmentThere()
{
    const QString address = uniqueAddress(QStringLiteral("posix"));
    JsonSender sender({QStringLiteral("--key"), address, fileOfPicture(QStringLiteral("odd"))});
    QVERIFY(sender.shares());
    const QFileInfo before(pathOfAddress(address));
    QVERIFY(before.exists());
    for (int i = 0; i < 2; ++i) {
        const Finished finished =
            runPythonKit({QStringLiteral("save"), address, newFile(QStringLiteral(".png"))});
        QVERIFY2(finished.exitCode == 0, finished.err.constData());
    }
    QVERIFY2(QFileInfo::exists(before.filePath()), "the reader took the segment away when it ended");
    QCOMPARE(QFileInfo(before.filePath()).lastModified(), before.lastModified());
}

int tst_pythonkit(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, tst_PythonKit>(argc, argv);
}

#include "tst_pythonkit.moc"
