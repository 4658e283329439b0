// The sources of the sender's pictures: valid and damaged files, the clipboard, drops, and the recent menu.
#include "sender/window/senderwindow.h"

#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"
#include "tests/support/windowtest.h"

#include <QApplication>
#include <QBuffer>
#include <QClipboard>
#include <QDir>
#include <QDropEvent>
#include <QGuiApplication>
#include <QLabel>
#include <QMenu>
#include <QMimeData>
#include <QSettings>

#include <sys/stat.h>
#include <unistd.h>

using namespace shmpix;
using test::child;
using test::click;

namespace {

/// Temporarily gives up root's right to read everything.
class OrdinaryUser
{
public:
    OrdinaryUser() { m_valid = geteuid() != 0 || setresuid(nobody, nobody, 0) == 0; }
    ~OrdinaryUser()
    {
        if (getuid() == nobody) {
            m_valid = setresuid(0, 0, 0) == 0;
        }
    }
    [[nodiscard]] bool isValid() const { return m_valid; }

private:
    static constexpr uid_t nobody = 65534;
    bool m_valid;
};

QByteArray pngOf(const QImage& image)
{
    QBuffer buffer;
    image.save(&buffer, "png");
    return buffer.data();
}

} // namespace

class TestSenderFiles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        test::clearSettings();
        open();
        QGuiApplication::clipboard()->clear();
    }

    void cleanup() { m_window.reset(); }

    void aCancelledDialogChangesNothing()
    {
        drop(test::writePicture(test::photo(33, 22), QStringLiteral("first.png")));
        QTRY_COMPARE(test::shownImage(*m_window).size(), QSize(33, 22));
        const QString line = child<QLabel>(*m_window, "pictureLine")->text();
        const Message message = test::message(*m_window);
        click(*m_window, "openButton");
        QTRY_VERIFY(test::fileDialog(*m_window));
        QTest::keyClick(test::fileDialog(*m_window), Qt::Key_Escape);
        QTRY_VERIFY(!test::fileDialog(*m_window));
        QCOMPARE(test::shownImage(*m_window).size(), QSize(33, 22));
        QCOMPARE(child<QLabel>(*m_window, "pictureLine")->text(), line);
        QCOMPARE(test::message(*m_window), message);
    }

    void theDialogComesBackToTheLastFolder()
    {
        QVERIFY(QDir(test::temporaryFolder()).mkpath(QStringLiteral("album")));
        const QString path = test::writePicture(test::photo(33, 22), QStringLiteral("album/a.png"));
        click(*m_window, "openButton");
        QTRY_VERIFY(test::fileDialog(*m_window));
        test::chooseFile(*test::fileDialog(*m_window), path);
        QTRY_VERIFY(!test::shownImage(*m_window).isNull());
        QTRY_VERIFY(!test::fileDialog(*m_window));
        click(*m_window, "openButton");
        QTRY_VERIFY(test::fileDialog(*m_window));
        QCOMPARE(test::fileDialog(*m_window)->directory().dirName(), QStringLiteral("album"));
    }

    void aBadFileIsExplainedAndThePictureStays_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("name");
        const QByteArray png = pngOf(test::photo(64, 48));
        QByteArray jpeg = test::cameraJpeg(64, 48);
        jpeg.chop(jpeg.size() / 2);
        QTest::newRow("empty") << QByteArray() << "empty.png";
        QTest::newRow("text") << QByteArray("This is a letter, not a picture.") << "letter.png";
        QTest::newRow("cut PNG") << png.first(png.size() / 2) << "cut.png";
        QTest::newRow("cut JPEG") << jpeg << "cut.jpg";
        QTest::newRow("zeros") << QByteArray(4096, '\0') << "zeros.bmp";
    }

    void aBadFileIsExplainedAndThePictureStays()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, name);
        expectRefusal(test::writeFile(bytes, name), name);
    }

    void whatIsNoFileIsExplained()
    {
        expectRefusal(test::temporaryFolder() + QStringLiteral("/missing.png"),
                      QStringLiteral("missing.png"));
        const QString fifo = test::temporaryFolder() + QStringLiteral("/fifo.png");
        QVERIFY(mkfifo(fifo.toLocal8Bit().constData(), 0600) == 0);
        expectRefusal(fifo, QStringLiteral("fifo.png"));
    }

    void I6_aDroppedFolderIsOfferedAsASlideshow()
    {
        drop(test::writePicture(test::photo(33, 22), QStringLiteral("first.png")));
        QTRY_COMPARE(test::shownImage(*m_window).size(), QSize(33, 22));
        QVERIFY(QDir(test::temporaryFolder()).mkpath(QStringLiteral("folder.png")));
        drop(test::temporaryFolder() + QStringLiteral("/folder.png"));
        VERIFY_CONTAINS(child<QLabel>(*m_window, "liveFiles")->text(), QStringLiteral("folder.png"));
        QVERIFY(child<QWidget>(*m_window, "livePanel")->isVisible());
        QCOMPARE(test::shownImage(*m_window).size(), QSize(33, 22));
    }

    void anUnreadableFileIsExplained()
    {
        const QString path = test::writeFile("secret", QStringLiteral("secret.png"));
        QVERIFY(chmod(path.toLocal8Bit().constData(), 0) == 0);
        QVERIFY(chmod(test::temporaryFolder().toLocal8Bit().constData(), 0755) == 0);
        drop(test::writePicture(test::photo(33, 22), QStringLiteral("first.png")));
        QTRY_COMPARE(test::shownImage(*m_window).size(), QSize(33, 22));
        const OrdinaryUser user;
        QVERIFY(user.isValid());
        drop(path);
        WAIT_FOR_MESSAGE(*m_window, Error);
        VERIFY_CONTAINS(test::message(*m_window).text, QStringLiteral("do not have permission to read"));
    }

    void turnsACameraPictureRight()
    {
        drop(test::writeFile(test::cameraJpeg(64, 48), QStringLiteral("camera.jpg")));
        QTRY_VERIFY(!test::shownImage(*m_window).isNull());
        QVERIFY(test::shownImage(*m_window).height() > test::shownImage(*m_window).width());
    }

    void pastesAPicture()
    {
        const QImage picture = test::picture(QStringLiteral("noise"));
        QGuiApplication::clipboard()->setImage(picture);
        QTest::keyClick(m_window.get(), Qt::Key_V, Qt::ControlModifier);
        QTRY_VERIFY(test::samePixels(test::shownImage(*m_window), picture));
        VERIFY_CONTAINS(child<QLabel>(*m_window, "pictureLine")->text(),
                        QStringLiteral("Clipboard · 311 × 173 · "));
    }

    void pastesAFile()
    {
        auto* data = new QMimeData;
        data->setUrls(
            {QUrl::fromLocalFile(test::writePicture(test::photo(33, 22), QStringLiteral("pasted.png")))});
        QGuiApplication::clipboard()->setMimeData(data);
        click(*m_window, "pasteButton");
        QTRY_COMPARE(test::shownImage(*m_window).size(), QSize(33, 22));
    }

    void pastingWithoutAPictureIsExplained()
    {
        QGuiApplication::clipboard()->setText(QStringLiteral("words"));
        click(*m_window, "pasteButton");
        WAIT_FOR_MESSAGE(*m_window, Error);
        QGuiApplication::clipboard()->clear();
        click(*m_window, "pasteButton");
        WAIT_FOR_MESSAGE(*m_window, Error);
        QVERIFY(test::shownImage(*m_window).isNull());
    }

    void takesADroppedPicture()
    {
        QMimeData data;
        data.setImageData(test::photo(44, 55));
        drop(data);
        QCOMPARE(test::shownImage(*m_window).size(), QSize(44, 55));
    }

    void aDropFromTheWebIsExplained()
    {
        QMimeData data;
        data.setUrls({QUrl(QStringLiteral("https://example.org/photo.png"))});
        drop(data);
        WAIT_FOR_MESSAGE(*m_window, Error);
        VERIFY_CONTAINS(test::message(*m_window).text, QStringLiteral("Save the picture to a file first"));
    }

    void wordsCannotBeDropped()
    {
        QMimeData data;
        data.setText(QStringLiteral("words"));
        QDragEnterEvent enter({5, 5}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        enter.ignore();
        QCoreApplication::sendEvent(m_window.get(), &enter);
        QVERIFY(!enter.isAccepted());
    }

    void theLastOfManyFilesWins()
    {
        for (int i = 1; i <= 8; ++i) {
            drop(test::writePicture(test::photo(100 + i, 50), QStringLiteral("many%1.png").arg(i)));
        }
        QTRY_COMPARE(test::shownImage(*m_window).size(), QSize(108, 50));
        m_window.reset();
        open(); // it is first in the menu, whatever was opened in between
        QCOMPARE(recentTexts().value(0), QStringLiteral("&1  many8.png"));
    }

    void recentFilesOpenAgain()
    {
        drop(test::writePicture(test::photo(33, 22), QStringLiteral("one & only.png")));
        QTRY_COMPARE(test::shownImage(*m_window).size(), QSize(33, 22));
        drop(test::writePicture(test::photo(22, 33), QStringLiteral("other.png")));
        QTRY_COMPARE(test::shownImage(*m_window).size(), QSize(22, 33));
        QCOMPARE(recentTexts().mid(0, 2),
                 (QStringList{QStringLiteral("&1  other.png"), QStringLiteral("&2  one && only.png")}));
        child<QMenu>(*m_window, "recentMenu")->actions().at(1)->trigger();
        QTRY_COMPARE(test::shownImage(*m_window).size(), QSize(33, 22));
        QCOMPARE(recentTexts().value(0), QStringLiteral("&1  one && only.png"));
    }

    void aRecentFileThatIsGoneLeavesTheMenu()
    {
        const QString path = test::writePicture(test::photo(33, 22), QStringLiteral("gone.png"));
        drop(path);
        QTRY_COMPARE(test::shownImage(*m_window).size(), QSize(33, 22));
        QVERIFY(QFile::remove(path));
        QCOMPARE(recentTexts().value(0), QStringLiteral("&1  gone.png"));
        child<QMenu>(*m_window, "recentMenu")->actions().first()->trigger();
        WAIT_FOR_MESSAGE(*m_window, Error);
        QCOMPARE(recentTexts().value(0), QStringLiteral("No recent pictures"));
    }

    void recentFilesCanBeCleared()
    {
        drop(test::writePicture(test::photo(33, 22), QStringLiteral("clear.png")));
        QTRY_VERIFY(!test::shownImage(*m_window).isNull());
        QCOMPARE(recentTexts().size(), 3);
        child<QMenu>(*m_window, "recentMenu")->actions().last()->trigger();
        QCOMPARE(recentTexts(), QStringList{QStringLiteral("No recent pictures")});
    }

private:
    void open()
    {
        SenderOptions options;
        options.key = test::uniqueName();
        m_window = std::make_unique<SenderWindow>(options);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    }

    void drop(const QMimeData& data)
    {
        QDragEnterEvent enter({5, 5}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(m_window.get(), &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent event({5, 5}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(m_window.get(), &event);
    }

    void drop(const QString& path)
    {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(path)});
        drop(data);
    }

    /// While a picture is shown, the file is dropped and refused with a message that names it.
    void expectRefusal(const QString& path, const QString& name)
    {
        drop(test::writePicture(test::photo(33, 22), QStringLiteral("first.png")));
        QTRY_COMPARE(test::shownImage(*m_window).size(), QSize(33, 22));
        drop(path);
        WAIT_FOR_MESSAGE(*m_window, Error);
        VERIFY_CONTAINS(test::message(*m_window).text, name);
        QVERIFY2(test::message(*m_window).text.endsWith(QLatin1Char('.')),
                 qPrintable(test::message(*m_window).text));
        QCOMPARE(test::shownImage(*m_window).size(), QSize(33, 22));
        VERIFY_CONTAINS(child<QLabel>(*m_window, "pictureLine")->text(), QStringLiteral("first.png"));
    }

    [[nodiscard]] QStringList recentTexts() const
    {
        auto* menu = child<QMenu>(*m_window, "recentMenu");
        Q_EMIT menu->aboutToShow();
        QStringList texts;
        for (const QAction* action : menu->actions()) {
            texts.append(action->text());
        }
        return texts;
    }

    std::unique_ptr<SenderWindow> m_window;
};

int tst_senderfiles(int argc, char** argv)
{
    return shmpix::test::runTest<QApplication, TestSenderFiles>(argc, argv);
}

#include "tst_senderfiles.moc"
