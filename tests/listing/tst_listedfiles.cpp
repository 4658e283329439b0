// Which files are listed, and under which names.
#include "tests/listing/listing.h"
#include "tests/support/expect.h"
#include "tests/support/runtest.h"
#include "tests/support/traces.h"
#include "tests/support/uniquekey.h"

#include <QDir>
#include <QFile>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace shmpix;
using namespace shmpix::test;

namespace {

/// The listed file with that name, even if it has no address.
std::optional<ListedSegment> listedFile(const QByteArray& name)
{
    SegmentLister lister;
    for (const ListedSegment& segment : lister.list()) {
        if (segment.path == posixFolder() + '/' + name) {
            return segment;
        }
    }
    return std::nullopt;
}

} // namespace

class TestListedFiles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void F5_everyNameIsListedAndLeadsBack_data();
    void F5_everyNameIsListedAndLeadsBack();
    void aNameThatIsNoTextHasNoAddress();
    void whatIsNoSegmentIsLeftOut();
    void anEmptyAndAHugeFileAreListed();
    void cleanup() { QCOMPARE(m_traces.takeFound(), QString()); }

private:
    Traces m_traces;
};

void TestListedFiles::F5_everyNameIsListedAndLeadsBack_data()
{
    QTest::addColumn<QByteArray>("ending");
    QTest::newRow("space") << QByteArray(" b");
    QTest::newRow("line break") << QByteArray("\nb");
    QTest::newRow("percent") << QByteArray("%25%00");
    QTest::newRow("quotes and glob") << QByteArray("'\"*?$(b)`");
    QTest::newRow("Chinese and emoji") << QByteArray("图像🖼");
    QTest::newRow("another scheme") << QByteArray("qt:b");
    QTest::newRow("colon and backslash") << QByteArray(":\\n");
    QTest::newRow("as long as it gets") << QByteArray(200, 'a');
}

void TestListedFiles::F5_everyNameIsListedAndLeadsBack()
{
    QFETCH(QByteArray, ending);
    const QByteArray name = uniqueName().toUtf8() + ending;
    QImage image(7, 5, QImage::Format_RGB32);
    image.fill(Qt::red);
    const QByteArray path = posixFolder() + '/' + name;
    QVERIFY(image.save(QFile::decodeName(path), "png"));
    const auto segment = listedFile(name);
    const auto picture =
        segment && segment->address ? load(segment->address->toString()) : Result<LoadedPicture>(Error());
    QVERIFY(QFile::remove(QFile::decodeName(path)));
    QVERIFY(segment && segment->address);
    EXPECT_SUCCESS(picture);
    QCOMPARE(picture->image.size(), image.size());
    QVERIFY2(!segment->name.contains(QLatin1Char('\n')), qPrintable(segment->name));
}

void TestListedFiles::aNameThatIsNoTextHasNoAddress()
{
    const QByteArray name = uniqueName().toUtf8() + "\xff\xfe";
    const QByteArray path = posixFolder() + '/' + name;
    const int fd = ::open(path.constData(), O_CREAT | O_EXCL | O_WRONLY, 0600);
    QVERIFY(fd != -1);
    ::close(fd);
    const auto segment = listedFile(name);
    ::unlink(path.constData());
    QVERIFY(segment.has_value());
    QVERIFY(!segment->address);
    QVERIFY(segment->name.contains(QChar(QChar::ReplacementCharacter)));
}

void TestListedFiles::whatIsNoSegmentIsLeftOut()
{
    const QByteArray name = uniqueName().toUtf8();
    const QByteArray folder = posixFolder() + '/';
    QVERIFY(QDir().mkdir(QFile::decodeName(folder + name + "-folder")));
    QCOMPARE(::mkfifo((folder + name + "-fifo").constData(), 0600), 0);
    QCOMPARE(::symlink("/etc/passwd", (folder + name + "-link").constData()), 0);
    QFile semaphore(QFile::decodeName(folder + "sem." + name));
    QVERIFY(semaphore.open(QIODevice::WriteOnly));
    SegmentLister lister;
    QStringList found;
    for (const ListedSegment& segment : lister.list()) {
        if (segment.path.contains(name) || segment.path.contains(".shmpix.")) {
            found.append(segment.name);
        }
    }
    ::rmdir((folder + name + "-folder").constData());
    ::unlink((folder + name + "-fifo").constData());
    ::unlink((folder + name + "-link").constData());
    QVERIFY(semaphore.remove());
    QCOMPARE(found, QStringList());
}

void TestListedFiles::anEmptyAndAHugeFileAreListed()
{
    constexpr qint64 huge = qint64{1} << 62;
    const QString empty = m_traces.newAddress(QStringLiteral("posix"));
    const QString large = m_traces.newAddress(QStringLiteral("posix"));
    QFile emptyFile(filesOf(empty).first());
    QFile largeFile(filesOf(large).first());
    QVERIFY(emptyFile.open(QIODevice::WriteOnly) && largeFile.open(QIODevice::WriteOnly));
    QCOMPARE(::ftruncate(largeFile.handle(), huge), 0);
    SegmentLister lister;
    const auto first = listed(lister, empty);
    const auto second = listed(lister, large);
    QVERIFY(emptyFile.remove() && largeFile.remove());
    QVERIFY(first && second);
    QCOMPARE(first->bytes, 0);
    QCOMPARE(second->bytes, huge);
}

int tst_listedfiles(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestListedFiles>(argc, argv);
}

#include "tst_listedfiles.moc"
