// The pixels of a picture on the screen, whatever else the view draws.
#include "common/ui/imageview.h"

#include "receiver/window/receiverwindow.h"
#include "sender/window/senderwindow.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"
#include "tests/support/windowtest.h"

#include <QApplication>
#include <QScreen>
#include <QStyle>
#include <QStyleFactory>

using namespace shmpix;
using test::child;

namespace {

QPalette palette(bool isDark)
{
    return isDark ? QPalette(QColor(60, 60, 60), QColor(30, 30, 30)) : QPalette(QColor(240, 240, 240));
}

/// Returns the widget as the screen shows it, in screen pixels.
QImage onScreen(const QWidget& widget)
{
    const QPoint corner = widget.mapTo(widget.window(), QPoint());
    QImage image =
        widget.screen()
            ->grabWindow(widget.window()->winId(), corner.x(), corner.y(), widget.width(), widget.height())
            .toImage()
            .convertToFormat(QImage::Format_RGB32);
    image.setDevicePixelRatio(1);
    return image;
}

/// The part of the widget that the picture may use.
QImage inside(const ImageView& view, const QImage& whole)
{
    const double ratio = view.devicePixelRatioF();
    const QRect room = view.contentsRect();
    return whole.copy(QRectF(room.topLeft() * ratio, QSizeF(room.size()) * ratio).toRect());
}

/// Describes where the screen differs from the centred picture. Empty if it does not.
QString wrongPixel(const QImage& shown, const QImage& picture)
{
    const QPoint corner(qRound((shown.width() - picture.width()) / 2.),
                        qRound((shown.height() - picture.height()) / 2.));
    const QRect visible = QRect(corner, picture.size()) & shown.rect();
    for (int y = visible.top(); y <= visible.bottom(); ++y) {
        for (int x = visible.left(); x <= visible.right(); ++x) {
            const QColor is = shown.pixelColor(x, y);
            const QColor wanted = picture.pixelColor(x - corner.x(), y - corner.y());
            if (is != wanted) {
                return QStringLiteral("%1 instead of %2 at %3, %4")
                    .arg(is.name(), wanted.name())
                    .arg(x)
                    .arg(y);
            }
        }
    }
    return {};
}

} // namespace

class TestFocusFrame : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        test::clearSettings();
        m_style = QApplication::style()->name();
        m_palette = QApplication::palette();
    }

    void cleanup()
    {
        m_window.reset();
        QApplication::setStyle(m_style);
        QApplication::setPalette(m_palette);
    }

    void Z1_noPixelOfThePictureIsChanged_data()
    {
        QTest::addColumn<QString>("program");
        QTest::addColumn<QString>("style");
        QTest::addColumn<bool>("isDark");
        QTest::addColumn<QString>("picture");
        for (const char* program : {"sender", "receiver"}) {
            for (const char* style : {"Fusion", "Windows"}) {
                for (const bool isDark : {false, true}) {
                    for (const char* picture : {"photo", "grey"}) {
                        QTest::addRow("%s %s %s %s", program, style, isDark ? "dark" : "light", picture)
                            << QString::fromLatin1(program) << QString::fromLatin1(style) << isDark
                            << QString::fromLatin1(picture);
                    }
                }
            }
        }
    }

    void Z1_noPixelOfThePictureIsChanged()
    {
        QFETCH(QString, program);
        QFETCH(QString, style);
        QFETCH(bool, isDark);
        QFETCH(QString, picture);
        QApplication::setStyle(style);
        QApplication::setPalette(palette(isDark));
        QImage image = test::photo(120, 80); // shown pixel by pixel
        if (picture == QLatin1String("grey")) {
            image = QImage(3000, 2000, QImage::Format_RGB32); // fills the view to its edges
            image.fill(QColor(192, 192, 192));
        }
        open(program);
        auto* view = child<ImageView>(*m_window, "view");
        view->setImage(image);
        if (picture == QLatin1String("grey")) {
            view->showActualSize();
        }
        QTRY_VERIFY(view->isSettled());

        QImage unfocused;
        for (const bool isHovered : {false, true}) {
            QTest::mouseMove(isHovered ? static_cast<QWidget*>(view) : child<QWidget>(*m_window, "keyBox"));
            for (const bool isFocused : {false, true}) {
                if (isFocused) {
                    view->setFocus(Qt::TabFocusReason);
                } else {
                    child<QWidget>(*m_window, "keyBox")->setFocus();
                }
                QCOMPARE(view->hasFocus(), isFocused);
                QCoreApplication::processEvents();
                for (const QImage& whole :
                     {onScreen(*view), view->grab().toImage().convertToFormat(QImage::Format_RGB32)}) {
                    const QString wrong = wrongPixel(inside(*view, whole), image);
                    QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
                }
                if (isFocused) {
                    QVERIFY2(onScreen(*view) != unfocused, "the focus cannot be seen");
                } else {
                    unfocused = onScreen(*view);
                }
            }
        }
    }

private:
    void open(const QString& program)
    {
        if (program == QLatin1String("sender")) {
            m_window = std::make_unique<SenderWindow>(SenderOptions());
        } else {
            m_window = std::make_unique<ReceiverWindow>(ReceiverOptions());
        }
        m_window->setAttribute(Qt::WA_KeyboardFocusChange); // as after Tab, so that styles show the focus
        m_window->show();
        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    }

    QString m_style;
    QPalette m_palette;
    std::unique_ptr<QWidget> m_window;
};

int tst_focusframe(int argc, char** argv)
{
    return shmpix::test::runTest<QApplication, TestFocusFrame>(argc, argv);
}

#include "tst_focusframe.moc"
