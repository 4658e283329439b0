#include "tests/interop/kitpeer.h"
#include "tests/support/filememory.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <unistd.h>

using namespace shmpix::test;

/// How much shared memory the live frames of the kits use, and how the kits report that none is left. The
/// answers are those of tests/interop/peers/pythonkit.py and CSharpKit.cs.
class tst_KitMemory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void onePictureTakesNoMoreThanItsOwnMemory_data() { addKits(); }
    void onePictureTakesNoMoreThanItsOwnMemory();
    void D1_noRoomForTheSecondFrameLeavesTheFirst_data() { addKits(); }
    void D1_noRoomForTheSecondFrameLeavesTheFirst();

private:
    enum class Kit { Python, PythonAlone, CSharp };

    static void addKits()
    {
        QTest::addColumn<int>("kit");
        QTest::newRow("Python") << int(Kit::Python);
        QTest::newRow("Python without NumPy") << int(Kit::PythonAlone);
        QTest::newRow("C#") << int(Kit::CSharp);
    }
    [[nodiscard]] std::unique_ptr<KitPeer> start(Kit kit, const QStringList& before = {}) const;

    QString m_program;
};

namespace {

const QString live = QStringLiteral("live");

QString share(KitPeer& kit, const QString& key, const QString& file)
{
    return kit.ask({QStringLiteral("write"), key, live, file, QString()});
}

QString bmpOf(const QImage& image)
{
    const QString file = newFile(QStringLiteral(".bmp"));
    return image.convertToFormat(QImage::Format_RGB888).save(file) ? file : QString();
}

/// The command prefix that gives a program a private tmpfs of one megabyte on the folder.
QStringList onSmallFolder(const QString& folder)
{
    const QString mount = QStringLiteral("mount -t tmpfs -o size=1m none \"$0\" && exec \"$@\"");
    return {QStringLiteral("unshare"),
            ::geteuid() == 0 ? QStringLiteral("-m") : QStringLiteral("-Urm"),
            QStringLiteral("sh"),
            QStringLiteral("-c"),
            mount,
            folder};
}

/// Uses up all free space.
bool fill(const QString& fileName)
{
    QFile file(fileName);
    const QByteArray page(4096, 'x');
    bool isFilled = file.open(QIODevice::WriteOnly | QIODevice::Unbuffered);
    while (isFilled && file.write(page) == page.size()) {
    }
    return isFilled && file.error() == QFileDevice::ResourceError;
}

} // namespace

void tst_KitMemory::initTestCase()
{
    m_program = temporaryFolder() + QLatin1String("/CSharpKit.exe");
    QCOMPARE(compileCSharp(m_program, {QStringLiteral(SHMPIX_SOURCE "/interop/csharp/Shmpix.cs"),
                                       QStringLiteral(SHMPIX_SOURCE "/tests/interop/peers/CSharpKit.cs")}),
             QByteArray());
}

std::unique_ptr<KitPeer> tst_KitMemory::start(Kit kit, const QStringList& before) const
{
    if (kit == Kit::CSharp) {
        return startMono(m_program, before);
    }
    QStringList words =
        before + QStringList{pythonWithOpenCv(),
                             QStringLiteral(SHMPIX_SOURCE "/tests/interop/peers/pythonkit.py"),
                             pythonKitFolder()};
    if (kit == Kit::PythonAlone) {
        words << QStringLiteral("bare");
    }
    return std::make_unique<KitPeer>(words.first(), words.mid(1));
}

void tst_KitMemory::onePictureTakesNoMoreThanItsOwnMemory()
{
    QFETCH(int, kit);
    const auto peer = start(Kit(kit));
    const QString key = uniqueName();
    const QString path = QStringLiteral("/dev/shm/") + key;
    const QString file = bmpOf(photo(1200, 900));
    const QString shared = share(*peer, key, file); // "ok BYTES"
    const qint64 bytes = shared.section(QLatin1Char(' '), 1, 1).toLongLong();
    QVERIFY2(bytes >= qint64{1200} * 900 * 3, qPrintable(shared));
    const qint64 one = memoryOf(path);
    QVERIFY2(one >= bytes && one <= bytes * 11 / 10, qPrintable(QString::number(one)));
    QVERIFY(share(*peer, key, file).startsWith(QLatin1String("ok ")));
    const qint64 two = memoryOf(path);
    QVERIFY2(two >= 2 * bytes && two <= bytes * 22 / 10, qPrintable(QString::number(two)));
    QVERIFY(QFile::remove(path)); // it is shared again and needs memory only for the newest frame
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(path), 20000);
    const qint64 again = memoryOf(path);
    QVERIFY2(again >= bytes && again <= bytes * 11 / 10, qPrintable(QString::number(again)));
    QCOMPARE(peer->ask({QStringLiteral("close"), key}).left(3), QStringLiteral("ok "));
    QVERIFY(!QFile::exists(path));
}

void tst_KitMemory::D1_noRoomForTheSecondFrameLeavesTheFirst()
{
    QFETCH(int, kit);
    const QString folder = temporaryFolder() + QLatin1Char('/') + uniqueName();
    QVERIFY(QDir().mkpath(folder));
    const auto peer = start(Kit(kit), onSmallFolder(folder));
    const QString key = QStringLiteral("file:%1/x").arg(folder);
    const QImage first = photo(300, 300).convertToFormat(QImage::Format_RGB888);
    const QString firstFile = bmpOf(first);
    const QString secondFile = bmpOf(first.mirrored());
    const QString shared = share(*peer, key, firstFile);
    QVERIFY2(shared.startsWith(QLatin1String("ok ")), qPrintable(shared));

    const QString seen = QStringLiteral("/proc/%1/root%2/").arg(peer->pid()).arg(folder);
    QVERIFY(fill(seen + QStringLiteral("filler")));
    const QString refused = share(*peer, key, secondFile);
    QVERIFY2(refused.startsWith(QLatin1String("error 6 There is not enough space")), qPrintable(refused));
    QVERIFY2(refused.contains(QLatin1String("--shm-size")), qPrintable(refused));
    QByteArray error;
    COMPARE_PICTURES(received(QStringLiteral("file:%1x").arg(seen), {}, error), first);

    QVERIFY(QFile::remove(seen + QStringLiteral("filler")));
    const QString again = share(*peer, key, secondFile);
    QVERIFY2(again.startsWith(QLatin1String("ok ")), qPrintable(again));
    COMPARE_PICTURES(received(QStringLiteral("file:%1x").arg(seen), {}, error), first.mirrored());
}

int tst_kitmemory(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, tst_KitMemory>(argc, argv);
}

#include "tst_kitmemory.moc"
