#include "common/ui/keybox.h"

#include "receiver/window/layoutpresets.h"
#include "receiver/window/receiverwindow.h"

#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"
#include "tests/support/windowtest.h"

#include <QApplication>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QSpinBox>
#include <QToolButton>

#include <memory>

using namespace shmpix;
using shmpix::test::click;

namespace {

QByteArray bytesOf(const QImage& image)
{
    QByteArray bytes;
    for (int y = 0; y < image.height(); ++y) {
        bytes += QByteArray(reinterpret_cast<const char*>(image.constScanLine(y)),
                            image.width() * image.depth() / 8);
    }
    return bytes;
}

void typeNumber(const QWidget& window, const char* name, int number)
{
    auto* box = test::child<QSpinBox>(window, name);
    box->setFocus();
    box->selectAll();
    QTest::keyClicks(box, QString::number(number));
}

void clickRow(QListWidget& list, int row)
{
    QTest::mouseClick(list.viewport(), Qt::LeftButton, {}, list.visualItemRect(list.item(row)).center());
}

} // namespace

/// The receiver's panel for pixels without a description.
class TestLayoutPanel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        test::clearSettings();
        m_key = test::uniqueName();
        m_picture = test::photo(640, 480, QImage::Format_BGR888);
        write(bytesOf(m_picture));
        open({});
    }
    void cleanup()
    {
        m_window.reset();
        QFile::remove(path());
    }

    void A13_pixelsThatNothingDescribesAreOneClickAway()
    {
        click(*m_window, "loadButton");
        WAIT_FOR_MESSAGE(*m_window, Error);
        VERIFY_CONTAINS(test::message(*m_window).text, QStringLiteral("most likely 640x480:bgr8"));
        click(*m_window, "messageAction");
        WAIT_FOR_MESSAGE(*m_window, Success);
        QVERIFY2(test::samePixels(test::shownImage(*m_window), m_picture),
                 qPrintable(test::difference(test::shownImage(*m_window), m_picture)));
        QTRY_VERIFY(child<QWidget>("layoutPanel")->isVisible());
        QCOMPARE(child<QLineEdit>("layoutText")->text(), QStringLiteral("640x480:bgr8"));
        VERIFY_CONTAINS(child<QLabel>("layoutNumpy")->text(), QStringLiteral("(480, 640, 3), \"|u1\""));
    }

    void everyProposalIsOneClick()
    {
        click(*m_window, "layoutPanelButton");
        click(*m_window, "guessButton");
        auto* list = child<QListWidget>("layoutProposals");
        QTRY_VERIFY(list->count() >= 2);
        VERIFY_CONTAINS(list->item(1)->toolTip(), QStringLiteral("640x480:rgb8"));
        clickRow(*list, 1);
        QTRY_COMPARE(test::shownImage(*m_window).format(), QImage::Format_RGB888);
        QCOMPARE(child<QLineEdit>("layoutText")->text(), QStringLiteral("640x480:rgb8"));
    }

    void pictureFollowsAsOneTypes()
    {
        click(*m_window, "layoutPanelButton");
        typeNumber(*m_window, "layoutWidth", 320);
        QTRY_COMPARE(test::shownImage(*m_window).size(), QSize(320, 480));
        typeNumber(*m_window, "layoutHeight", 100);
        QTRY_COMPARE(test::shownImage(*m_window).size(), QSize(320, 100));
        typeNumber(*m_window, "layoutStride", 1920);
        QTRY_VERIFY(test::samePixels(test::shownImage(*m_window), m_picture.copy(0, 0, 320, 100)));
        typeNumber(*m_window, "layoutOffset", 3 * 20);
        QTRY_VERIFY(test::samePixels(test::shownImage(*m_window), m_picture.copy(20, 0, 320, 100)));
        QCOMPARE(child<QLineEdit>("layoutText")->text(),
                 QStringLiteral("320x100:bgr8,stride=1920,offset=60"));
        auto* direction = child<QComboBox>("layoutDirection");
        direction->setFocus();
        QTest::keyClick(direction, Qt::Key_Down);
        QTRY_VERIFY(
            test::samePixels(test::shownImage(*m_window), m_picture.copy(20, 0, 320, 100).mirrored()));
    }

    void typedTextIsALayoutToo()
    {
        click(*m_window, "layoutPanelButton");
        auto* text = child<QLineEdit>("layoutText");
        text->selectAll();
        QTest::keyClicks(text, QStringLiteral("300x200:bgr8,stride=1920"));
        QTRY_VERIFY(test::samePixels(test::shownImage(*m_window), m_picture.copy(0, 0, 300, 200)));
        QCOMPARE(child<QSpinBox>("layoutWidth")->value(), 300);
        QCOMPARE(child<QSpinBox>("layoutStride")->value(), 1920);
    }

    void layoutThatDoesNotFitIsSaidAndThePictureStays()
    {
        click(*m_window, "layoutPanelButton");
        typeNumber(*m_window, "layoutWidth", 320);
        QTRY_COMPARE(test::shownImage(*m_window).size(), QSize(320, 480));
        typeNumber(*m_window, "layoutWidth", 999);
        WAIT_FOR_MESSAGE(*m_window, Error);
        VERIFY_CONTAINS(test::message(*m_window).text, QStringLiteral("999x480:bgr8 needs"));
        QVERIFY(!test::shownImage(*m_window).isNull());
    }

    void whatAKeyWasReadByIsKept()
    {
        click(*m_window, "layoutPanelButton");
        auto* text = child<QLineEdit>("layoutText");
        text->selectAll();
        QTest::keyClicks(text, QStringLiteral("640x480:rgb8"));
        QTRY_COMPARE(test::shownImage(*m_window).format(), QImage::Format_RGB888);
        QVERIFY(m_window->close());
        open({});
        QVERIFY(child<QWidget>("layoutPanel")->isVisible()); // the panel stays visible
        VERIFY_CONTAINS(child<QListWidget>("layoutProposals")->item(0)->toolTip(),
                        QStringLiteral("640x480:rgb8"));
        click(*m_window, "loadButton");
        WAIT_FOR_MESSAGE(*m_window, Success);
        VERIFY_CONTAINS(test::message(*m_window).text,
                        QStringLiteral("read as 640x480:rgb8, the layout last used with this key"));
        test::typeKey(*m_window, m_key + QStringLiteral("-other"));
        for (int row = 0; row < child<QListWidget>("layoutProposals")->count(); ++row) {
            QVERIFY(
                !child<QListWidget>("layoutProposals")->item(row)->text().contains(QStringLiteral("before")));
        }
    }

    void layoutOfTheCommandLineIsTaken()
    {
        ReceiverOptions options;
        options.load = true;
        options.protocol = ProtocolId::Pixels;
        options.layout = *parseLayout(QStringLiteral("640x240:bgr8,stride=3840"));
        open(options);
        WAIT_FOR_MESSAGE(*m_window, Success);
        QCOMPARE(test::shownImage(*m_window).size(), QSize(640, 240));
    }

    void numbersSayHowTheyAreShown()
    {
        QList<float> depths(qsizetype{640} * 480, 2.5F);
        depths[7] = -1;
        write({reinterpret_cast<const char*>(depths.constData()), depths.size() * qsizetype(sizeof(float))});
        click(*m_window, "layoutPanelButton");
        auto* text = child<QLineEdit>("layoutText");
        text->selectAll();
        QTest::keyClicks(text, QStringLiteral("640x480:gray32f"));
        WAIT_FOR_MESSAGE(*m_window, Success);
        VERIFY_CONTAINS(test::message(*m_window).text,
                        QStringLiteral("Shown from -1 (black) to 2.5 (white)."));
    }

private:
    template <class T>
    [[nodiscard]] T* child(const char* name) const
    {
        return test::child<T>(*m_window, name);
    }

    [[nodiscard]] QString path() const { return QStringLiteral("/dev/shm/") + m_key; }

    void write(const QByteArray& bytes) const
    {
        QFile file(path());
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(bytes), bytes.size());
    }

    void open(ReceiverOptions options)
    {
        options.key = m_key;
        m_window = std::make_unique<ReceiverWindow>(options);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    }

    std::unique_ptr<ReceiverWindow> m_window;
    QString m_key;
    QImage m_picture;
};

int tst_layoutpanel(int argc, char** argv)
{
    return shmpix::test::runTest<QApplication, TestLayoutPanel>(argc, argv);
}

#include "tst_layoutpanel.moc"
