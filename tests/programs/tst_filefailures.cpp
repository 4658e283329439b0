// Files that the windows cannot save or open: the message names the file and says what can be done.
#include "receiver/receivesession.h"
#include "receiver/window/receiverwindow.h"
#include "sender/window/senderwindow.h"

#include "common/channel/publisher.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"
#include "tests/support/windowtest.h"

#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>

#include <csignal>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace shmpix;
using test::click;

namespace {

/// Limits the size of files for a while.
class SmallFiles
{
public:
    explicit SmallFiles(rlim_t bytes)
    {
        m_isSet = ::getrlimit(RLIMIT_FSIZE, &m_before) == 0;
        const rlimit small = {bytes, m_before.rlim_max};
        m_isSet = m_isSet && ::setrlimit(RLIMIT_FSIZE, &small) == 0;
    }
    ~SmallFiles() { ::setrlimit(RLIMIT_FSIZE, &m_before); }
    SmallFiles(const SmallFiles&) = delete;
    SmallFiles& operator=(const SmallFiles&) = delete;

    [[nodiscard]] bool isSet() const { return m_isSet; }

private:
    rlimit m_before = {};
    bool m_isSet = false;
};

} // namespace

class TestFileFailures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        std::signal(SIGXFSZ, SIG_IGN); // as the programs do
        std::signal(SIGPIPE, SIG_IGN);
    }

    void init()
    {
        test::clearSettings();
        m_folder = test::newFolder();
        m_picture = test::photo(320, 240);
    }

    void cleanup()
    {
        m_receiver.reset();
        m_sender.reset();
    }

    /// Closes the window in the GUI thread, which waits until the file is saved.
    void Z7_closingWaitsForNoReaderThatHasStoppedReading()
    {
        const QString pipe = m_folder + QStringLiteral("/pipe.bmp");
        QVERIFY(::mkfifo(qPrintable(pipe), 0600) == 0);
        QFile reader;
        QVERIFY(reader.open(::open(qPrintable(pipe), O_RDONLY | O_NONBLOCK | O_CLOEXEC), QIODevice::ReadOnly,
                            QFileDevice::AutoCloseHandle));
        auto session = std::make_unique<ReceiveSession>();
        const auto address = SegmentAddress::parse(test::uniqueName());
        QVERIFY(address);
        const LoadedPicture picture{m_picture, *address, ProtocolId::Pixels,
                                    {},        {},       {}}; // too large for a pipe
        session->showFrame(picture, Flip::None);
        session->save(pipe);
        int waiting = 0;
        QTRY_VERIFY(::ioctl(reader.handle(), FIONREAD, &waiting) == 0 && waiting > 0);
        QElapsedTimer time;
        time.start();
        session.reset();
        QVERIFY2(time.elapsed() < 10000, qPrintable(QString::number(time.elapsed())));
    }

    void Z7_aFailedSaveNamesThePath_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("says");
        const QString longName = QString(300, QLatin1Char('n'));
        QTest::newRow("no folder") << "%1/none/a.png"
                                   << "the folder %1/none does not exist.";
        QTest::newRow("a file for a folder") << "%1/file/a.png"
                                             << "%1/file is not a folder";
        QTest::newRow("long name") << QString(QStringLiteral("%1/") + longName + QStringLiteral(".png"))
                                   << "Choose a shorter name";
        QTest::newRow("a folder") << "%1/folder.png"
                                  << "it is a folder";
        QTest::newRow("no files") << "/proc/a.png"
                                  << "you do not have permission to create files in /proc.";
        QTest::newRow("a pipe that nobody reads") << "%1/pipe.png"
                                                  << "no program reads";
        QTest::newRow("large") << "%1/a.bmp"
                               << "(ulimit -f)";
    }

    void Z7_aFailedSaveNamesThePath()
    {
        QFETCH(QString, path);
        QFETCH(QString, says);
        path.replace(QStringLiteral("%1"), m_folder);
        QVERIFY(QFile(m_folder + QStringLiteral("/file")).open(QIODevice::WriteOnly));
        QVERIFY(QDir(m_folder).mkdir(QStringLiteral("folder.png")));
        QVERIFY(::mkfifo(qPrintable(m_folder + QStringLiteral("/pipe.png")), 0600) == 0);
        openReceiver();
        const SmallFiles limit(path.endsWith(QStringLiteral("bmp")) ? 4096 : RLIM_INFINITY);
        QVERIFY(limit.isSet());
        saveAs(path);
        WAIT_FOR_MESSAGE(*m_receiver, Error);
        const QString text = test::message(*m_receiver).text;
        VERIFY_CONTAINS(text, path);
        VERIFY_CONTAINS(text, says.replace(QStringLiteral("%1"), m_folder));
        QVERIFY2(!text.contains(QStringLiteral("chmod")) && !text.contains(m_key), qPrintable(text));
        QVERIFY(test::samePixels(test::shownImage(*m_receiver), m_picture));
    }

    void Z6_saveAsWritesIntoAPipe()
    {
        const QString pipe = m_folder + QStringLiteral("/pipe.png");
        QVERIFY(::mkfifo(qPrintable(pipe), 0600) == 0);
        QFile reader;
        QVERIFY(reader.open(::open(qPrintable(pipe), O_RDONLY | O_NONBLOCK), QIODevice::ReadOnly,
                            QFileDevice::AutoCloseHandle));
        m_picture = test::photo(24, 16); // small enough for a pipe
        openReceiver();
        saveAs(pipe);
        QTRY_COMPARE(test::message(*m_receiver).text, QStringLiteral("Saved %1.").arg(pipe));
        QVERIFY(test::samePixels(QImage::fromData(reader.readAll()), m_picture));
        struct stat status = {};
        QVERIFY(::lstat(qPrintable(pipe), &status) == 0 && S_ISFIFO(status.st_mode));
    }

    void Z7_aPictureThatCannotBeOpenedIsNamed_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("says");
        QTest::newRow("not there") << "%1/none.png"
                                   << "does not exist";
        QTest::newRow("a file for a folder") << "%1/file/a.png"
                                             << "does not exist";
        QTest::newRow("long name") << QString(QStringLiteral("%1/") + QString(300, QLatin1Char('n')))
                                   << "longer than the system allows";
        QTest::newRow("empty") << "%1/file"
                               << "is empty";
        QTest::newRow("a pipe") << "%1/pipe.png"
                                << "is not a file";
    }

    void Z7_aPictureThatCannotBeOpenedIsNamed()
    {
        QFETCH(QString, path);
        QFETCH(QString, says);
        path.replace(QStringLiteral("%1"), m_folder);
        QVERIFY(QFile(m_folder + QStringLiteral("/file")).open(QIODevice::WriteOnly));
        QVERIFY(::mkfifo(qPrintable(m_folder + QStringLiteral("/pipe.png")), 0600) == 0);
        SenderOptions options;
        options.key = test::uniqueName();
        m_sender = std::make_unique<SenderWindow>(options);
        m_sender->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_sender.get()));
        click(*m_sender, "openButton");
        QTRY_VERIFY(test::fileDialog(*m_sender));
        choose(*test::fileDialog(*m_sender), path);
        WAIT_FOR_MESSAGE(*m_sender, Error);
        const QString text = test::message(*m_sender).text;
        VERIFY_CONTAINS(text, path);
        VERIFY_CONTAINS(text, says);
        QVERIFY2(!text.contains(QStringLiteral("key")), qPrintable(text));
    }

private:
    void openReceiver()
    {
        m_key = test::uniqueName();
        const auto report =
            m_publisher.share({m_picture, *SegmentAddress::parse(m_key), ProtocolId::Rawsize});
        QVERIFY(report.has_value());
        ReceiverOptions options;
        options.key = m_key;
        options.load = true;
        m_receiver = std::make_unique<ReceiverWindow>(options);
        m_receiver->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_receiver.get()));
        WAIT_FOR_MESSAGE(*m_receiver, Success);
    }

    /// Bypasses the question of the dialog about existing names, because other systems have other dialogs.
    static void choose(QFileDialog& dialog, const QString& path)
    {
        Q_EMIT dialog.fileSelected(path);
        dialog.close();
    }

    void saveAs(const QString& path)
    {
        click(*m_receiver, "saveButton");
        QTRY_VERIFY(test::fileDialog(*m_receiver));
        choose(*test::fileDialog(*m_receiver), path);
    }

    QString m_folder;
    QString m_key;
    QImage m_picture;
    Publisher m_publisher;
    std::unique_ptr<ReceiverWindow> m_receiver;
    std::unique_ptr<SenderWindow> m_sender;
};

int tst_filefailures(int argc, char** argv)
{
    return shmpix::test::runTest<QApplication, TestFileFailures>(argc, argv);
}

#include "tst_filefailures.moc"
