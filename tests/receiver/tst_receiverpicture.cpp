// Operations on a loaded picture in the receiver: flip, copy, save and zoom.
#include "receiver/window/receiverwindow.h"

#include "common/channel/publisher.h"
#include "common/ui/imageview.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"
#include "tests/support/windowtest.h"

#include <QAbstractButton>
#include <QApplication>
#include <QClipboard>
#include <QFile>
#include <QGuiApplication>
#include <QLabel>
#include <QMessageBox>

using namespace shmpix;
using test::child;
using test::click;

class TestReceiverPicture : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        test::clearSettings();
        m_key = test::uniqueName();
        m_picture = test::photo(120, 80);
        auto report = m_publisher.share({m_picture, *SegmentAddress::parse(m_key), ProtocolId::Rawsize});
        QVERIFY(report.has_value());
        open({});
    }

    void cleanup() { m_window.reset(); }

    void flipsBothWaysAndBack()
    {
        click(*m_window, "flipHorizontallyButton");
        expectShown(m_picture.mirrored(true, false));
        click(*m_window, "flipVerticallyButton");
        expectShown(m_picture.mirrored(true, true));
        click(*m_window, "flipHorizontallyButton");
        expectShown(m_picture.mirrored(false, true));
        click(*m_window, "flipVerticallyButton");
        expectShown(m_picture);
    }

    void fastClicksEndRight()
    {
        for (int i = 0; i < 7; ++i) {
            click(*m_window, "flipHorizontallyButton");
            click(*m_window, "flipVerticallyButton");
        }
        expectShown(m_picture.mirrored(true, true));
    }

    void flipsWhatIsLoadedNext()
    {
        click(*m_window, "flipVerticallyButton");
        expectShown(m_picture.mirrored(false, true));
        click(*m_window, "loadButton");
        WAIT_FOR_MESSAGE(*m_window, Success);
        expectShown(m_picture.mirrored(false, true));
    }

    void flipsAsTheOptionsSay()
    {
        ReceiverOptions options;
        options.flip = Flip::Both;
        open(options);
        expectShown(m_picture.mirrored(true, true));
    }

    void copiesWhatIsShown()
    {
        click(*m_window, "flipHorizontallyButton");
        expectShown(m_picture.mirrored(true, false));
        QTest::keyClick(m_window.get(), Qt::Key_C, Qt::ControlModifier);
        QTRY_COMPARE(test::message(*m_window).text, QStringLiteral("Copied 120 × 80 to the clipboard."));
        const QImage copied = QGuiApplication::clipboard()->image();
        QVERIFY2(test::samePixels(copied, m_picture.mirrored(true, false)),
                 qPrintable(test::difference(copied, m_picture.mirrored(true, false))));
    }

    void savesWhatIsShown()
    {
        const QString path = test::temporaryFolder() + QStringLiteral("/flipped.png");
        click(*m_window, "flipVerticallyButton");
        saveAs(path);
        QTRY_COMPARE(test::message(*m_window).text, QStringLiteral("Saved %1.").arg(path));
        QVERIFY(test::samePixels(QImage(path), m_picture.mirrored(false, true)));
    }

    void aNameWithoutAnEndingBecomesPng()
    {
        saveAs(test::temporaryFolder() + QStringLiteral("/plain"));
        WAIT_FOR_MESSAGE(*m_window, Success);
        QVERIFY(test::samePixels(QImage(test::temporaryFolder() + QStringLiteral("/plain.png")), m_picture));
    }

    void asksBeforeItOverwrites()
    {
        const QString path = test::writeFile("precious", QStringLiteral("precious.png"));
        saveAs(path, [this] {
            auto* question = qobject_cast<QMessageBox*>(QApplication::activeModalWidget());
            m_asked = question != nullptr;
            if (question) {
                question->button(QMessageBox::No)->click();
            }
        });
        QVERIFY(m_asked);
        QVERIFY(test::fileDialog(*m_window)); // still open, so that the user can choose another name
        QTest::keyClick(test::fileDialog(*m_window), Qt::Key_Escape);
        QTRY_VERIFY(!test::fileDialog(*m_window));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray("precious"));
    }

    void overwritesWhenAllowedTo()
    {
        const QString path = test::writeFile("old", QStringLiteral("old.png"));
        saveAs(path, [this] {
            auto* question = qobject_cast<QMessageBox*>(QApplication::activeModalWidget());
            m_asked = question != nullptr;
            if (question) {
                question->button(QMessageBox::Yes)->click();
            }
        });
        QVERIFY(m_asked);
        WAIT_FOR_MESSAGE(*m_window, Success);
        QVERIFY(test::samePixels(QImage(path), m_picture));
    }

    void aCancelledDialogChangesNothing()
    {
        const Message before = test::message(*m_window);
        click(*m_window, "saveButton");
        QTRY_VERIFY(test::fileDialog(*m_window));
        QTest::keyClick(test::fileDialog(*m_window), Qt::Key_Escape);
        QTRY_VERIFY(!test::fileDialog(*m_window));
        QCOMPARE(test::message(*m_window), before);
    }

    void whatCannotBeSavedIsExplained()
    {
        saveAs(test::temporaryFolder() + QStringLiteral("/picture.xyz"));
        WAIT_FOR_MESSAGE(*m_window, Error);
        VERIFY_CONTAINS(test::message(*m_window).text, QStringLiteral(".xyz"));
        expectShown(m_picture);
    }

    void tellsZoomPositionAndPixel()
    {
        auto* view = child<ImageView>(*m_window, "view");
        QCOMPARE(child<QLabel>(*m_window, "zoomStatus")->text(), QStringLiteral("100 %"));
        QTest::mouseMove(view, view->rect().center());
        QTRY_VERIFY(!child<QLabel>(*m_window, "positionStatus")->text().isEmpty());
        const QStringList words =
            child<QLabel>(*m_window, "positionStatus")->text().split(QLatin1Char(' '), Qt::SkipEmptyParts);
        const QColor colour = m_picture.pixelColor(words.value(1).toInt(), words.value(3).toInt());
        QCOMPARE(
            child<QLabel>(*m_window, "pixelStatus")->text(),
            QStringLiteral("(%1, %2, %3, 255)").arg(colour.red()).arg(colour.green()).arg(colour.blue()));
        QTest::mouseMove(view, QPoint(3, 3));
        QTRY_COMPARE(child<QLabel>(*m_window, "pixelStatus")->text(), QString());
        QTest::keyClick(view, Qt::Key_Plus);
        QCOMPARE(child<QLabel>(*m_window, "zoomStatus")->text(), QStringLiteral("125 %"));
    }

    void everyControlHasAName()
    {
        for (const QWidget* control : m_window->findChildren<QWidget*>()) {
            if (control->focusPolicy() == Qt::NoFocus || !control->isVisible() || control->focusProxy() ||
                control->objectName().startsWith(QStringLiteral("qt_"))) {
                continue;
            }
            const auto* button = qobject_cast<const QAbstractButton*>(control);
            const bool named =
                !control->accessibleName().isEmpty() || (button && !button->text().isEmpty()) ||
                (control->parentWidget() && !control->parentWidget()->accessibleName().isEmpty());
            QVERIFY2(named,
                     qPrintable(control->objectName() + QLatin1String(control->metaObject()->className())));
        }
    }

private:
    void open(ReceiverOptions options)
    {
        options.key = m_key;
        options.load = true;
        m_window = std::make_unique<ReceiverWindow>(options);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
        WAIT_FOR_MESSAGE(*m_window, Success);
    }

    void expectShown(const QImage& picture)
    {
        QTRY_VERIFY2(test::samePixels(test::shownImage(*m_window), picture),
                     qPrintable(test::difference(test::shownImage(*m_window), picture)));
    }

    /// `answer` is called when the dialog asks a question.
    void saveAs(const QString& path, const std::function<void()>& answer = {})
    {
        click(*m_window, "saveButton");
        QTRY_VERIFY(test::fileDialog(*m_window));
        if (answer) {
            QTimer::singleShot(0, this, answer); // the question runs a nested event loop
        }
        test::chooseFile(*test::fileDialog(*m_window), path);
    }

    std::unique_ptr<ReceiverWindow> m_window;
    Publisher m_publisher;
    QString m_key;
    QImage m_picture;
    bool m_asked = false;
};

int tst_receiverpicture(int argc, char** argv)
{
    return shmpix::test::runTest<QApplication, TestReceiverPicture>(argc, argv);
}

#include "tst_receiverpicture.moc"
