#include "common/ui/imageview.h"

#include "tests/support/pictures.h"
#include "tests/support/runtest.h"

#include <QAction>
#include <QApplication>
#include <QSignalSpy>
#include <QWheelEvent>
#include <QtTest>

using namespace shmpix;

namespace {

/// Returns the contents of the frame, in screen pixels.
QImage drawn(ImageView& view)
{
    QImage all = view.grab().toImage().convertToFormat(QImage::Format_RGB32);
    const double ratio = all.devicePixelRatio();
    all.setDevicePixelRatio(1);
    const QRect inside = view.contentsRect();
    return all.copy(QRectF(inside.topLeft() * ratio, QSizeF(inside.size()) * ratio).toRect());
}

/// The position of the picture's corner if the picture is smaller than the view.
QPoint cornerOf(const QImage& drawn, QSizeF size)
{
    return {qRound((drawn.width() - size.width()) / 2), qRound((drawn.height() - size.height()) / 2)};
}

void turnWheel(ImageView& view, QPointF position, int notches)
{
    QWheelEvent event(position, view.mapToGlobal(position), {}, {0, 120 * notches}, Qt::NoButton,
                      Qt::NoModifier, Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(&view, &event);
}

QImage filled(int width, int height, QColor colour, QImage::Format format = QImage::Format_RGB32)
{
    QImage image(width, height, format);
    image.fill(colour);
    return image;
}

/// Whether the middle column or row has the colour.
bool hasColour(const QImage& screen, QColor colour)
{
    bool found = false;
    for (int y = 0; y < screen.height(); ++y) {
        found = found || screen.pixelColor(screen.width() / 2, y) == colour;
    }
    for (int x = 0; x < screen.width(); ++x) {
        found = found || screen.pixelColor(x, screen.height() / 2) == colour;
    }
    return found;
}

} // namespace

class TestImageView : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_view = std::make_unique<ImageView>();
        m_view->resize(402, 302);
        m_view->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
        m_room = QSizeF(m_view->contentsRect().size()) * m_view->devicePixelRatioF();
    }

    void fitsALargePicture()
    {
        m_view->setImage(test::photo(2000, 1000));
        QVERIFY(m_view->isFitted());
        QCOMPARE(m_view->zoom(), m_room.width() / 2000);
        m_view->setImage(test::photo(100, 3000));
        QCOMPARE(m_view->zoom(), m_room.height() / 3000);
    }

    void fitsAgainWhenResized()
    {
        m_view->setImage(test::photo(2000, 1000));
        const double before = m_view->zoom();
        m_view->resize(202, 302);
        QVERIFY(m_view->isFitted());
        QTRY_VERIFY(m_view->zoom() < before * 0.6);
    }

    void showsASmallPicturePixelByPixel()
    {
        const QImage picture = test::photo(120, 80);
        m_view->setImage(picture);
        QCOMPARE(m_view->zoom(), 1.);
        const QImage screen = drawn(*m_view);
        QCOMPARE(screen.copy(QRect(cornerOf(screen, picture.size()), picture.size())), picture);
    }

    void showsEveryFormat_data()
    {
        QTest::addColumn<QString>("name");
        for (const QString& name : test::pictureNames()) {
            QTest::newRow(qPrintable(name)) << name;
        }
    }

    void showsEveryFormat()
    {
        QFETCH(QString, name);
        const QImage picture = test::picture(name);
        m_view->resize(900, 900);
        m_view->setImage(picture);
        m_view->showActualSize();
        const QImage screen = drawn(*m_view);
        const QImage part = screen.copy(QRect(cornerOf(screen, picture.size()), picture.size()));
        if (picture.hasAlphaChannel()) {
            return; // another test checks this; here it only has to be drawn
        }
        const QImage wanted = picture.convertToFormat(QImage::Format_RGB32);
        QVERIFY2(test::largestDifference(part, wanted) <= 1, qPrintable(test::difference(part, wanted)));
    }

    void averagesWhenReduced()
    {
        QImage stripes(4000, 3000, QImage::Format_RGB32);
        for (int y = 0; y < stripes.height(); ++y) {
            auto* row = reinterpret_cast<QRgb*>(stripes.scanLine(y));
            for (int x = 0; x < stripes.width(); ++x) {
                row[x] = x % 2 == 0 ? 0xffffffff : 0xff000000;
            }
        }
        m_view->setImage(stripes);
        QTRY_VERIFY(m_view->isSettled());
        const QImage screen = drawn(*m_view);
        for (int x = 10; x < screen.width() - 10; ++x) {
            const int grey = qGray(screen.pixel(x, screen.height() / 2));
            QVERIFY2(grey > 95 && grey < 160, qPrintable(QStringLiteral("grey %1 at %2").arg(grey).arg(x)));
        }
    }

    void reducesInTheBackground()
    {
        const QImage huge = filled(7680, 4320, Qt::darkGreen);
        m_view->setImage(huge);
        QVERIFY(!m_view->isSettled()); // so another thread does the work
        QVERIFY(!drawn(*m_view).isNull());
        QTRY_VERIFY(m_view->isSettled());
        const QImage screen = drawn(*m_view);
        QCOMPARE(screen.pixelColor(screen.rect().center()), QColor(Qt::darkGreen));
    }

    void showsTheNewestOfManyPictures()
    {
        for (int i = 0; i < 20; ++i) {
            m_view->setImage(filled(3000, 2000, QColor(i, 2 * i, 255 - i)));
        }
        QTRY_VERIFY(m_view->isSettled());
        const QImage screen = drawn(*m_view);
        QCOMPARE(screen.pixelColor(screen.rect().center()), QColor(19, 38, 236));
    }

    void goesWhileItReduces()
    {
        m_view->setImage(filled(7680, 4320, Qt::darkGreen));
        m_view.reset();
        QCoreApplication::processEvents();
    }

    void doubleClickChangesBetweenFittedAndActualSize()
    {
        m_view->setImage(test::photo(2000, 1000));
        const double fitted = m_view->zoom();
        QSignalSpy hovered(m_view.get(), &ImageView::hovered);
        const QPoint where(100, 150);
        QTest::mouseMove(m_view.get(), where);
        QTRY_VERIFY(!hovered.isEmpty());
        const QPoint before = hovered.last().first().toPoint();
        QTest::mouseDClick(m_view.get(), Qt::LeftButton, {}, where);
        QCOMPARE(m_view->zoom(), 1.);
        QVERIFY(!m_view->isFitted());
        QTest::mouseMove(m_view.get(), where + QPoint(1, 0));
        QTest::mouseMove(m_view.get(), where);
        const double step = 1 / fitted; // the offscreen cursor may be a pixel or two off
        QTRY_VERIFY((hovered.last().first().toPoint() - before).manhattanLength() <= 5 * step);
        QTest::mouseDClick(m_view.get(), Qt::LeftButton, {}, where);
        QVERIFY(m_view->isFitted());
        QCOMPARE(m_view->zoom(), fitted);
    }

    void wheelZoomsAtTheCursor()
    {
        const QImage picture = test::photo(2000, 1000);
        m_view->setImage(picture);
        QTest::mouseDClick(m_view.get(), Qt::LeftButton, {}, QPoint(200, 150));
        const QPoint where(60, 70);
        const double ratio = m_view->devicePixelRatioF();
        const QPoint onScreen = ((QPointF(where) - m_view->contentsRect().topLeft()) * ratio).toPoint();
        const QRgb before = drawn(*m_view).pixel(onScreen);
        turnWheel(*m_view, where, 8);
        QVERIFY(m_view->zoom() > 5);
        const QRgb after = drawn(*m_view).pixel(onScreen);
        QVERIFY(qAbs(qRed(before) - qRed(after)) < 40 && qAbs(qBlue(before) - qBlue(after)) < 40);
        turnWheel(*m_view, where, -8);
        QCOMPARE(m_view->zoom(), 1.);
    }

    void wheelStopsAt100PercentAndAtTheLimits()
    {
        m_view->setImage(test::photo(2000, 1000));
        const double fitted = m_view->zoom();
        for (int i = 0; i < 40 && m_view->zoom() < 1; ++i) {
            turnWheel(*m_view, {200, 150}, 1);
        }
        QCOMPARE(m_view->zoom(), 1.);
        turnWheel(*m_view, {200, 150}, 100);
        QCOMPARE(m_view->zoom(), 64.);
        turnWheel(*m_view, {200, 150}, -5);
        turnWheel(*m_view, {200, 150}, -100); // a stop at 100 %
        turnWheel(*m_view, {200, 150}, -100);
        QCOMPARE(m_view->zoom(), fitted);
        QVERIFY(m_view->isFitted());
    }

    void enlargedPixelsAreSquares()
    {
        QImage picture = filled(200, 100, Qt::white);
        picture.setPixelColor(100, 50, Qt::red);
        picture.setPixelColor(101, 50, Qt::blue);
        m_view->setImage(picture);
        QTest::keyClick(m_view.get(), Qt::Key_Plus);
        while (m_view->zoom() < 16) {
            QTest::keyClick(m_view.get(), Qt::Key_Plus);
        }
        const QImage screen = drawn(*m_view);
        int reds = 0;
        for (int y = 2; y < screen.height() - 2; ++y) { // the line of the frame is not always inside it
            for (int x = 2; x < screen.width() - 2; ++x) {
                const QRgb pixel = screen.pixel(x, y);
                reds += pixel == qRgb(255, 0, 0) ? 1 : 0;
                QVERIFY2(pixel == qRgb(255, 0, 0) || pixel == qRgb(0, 0, 255) || pixel == qRgb(255, 255, 255),
                         qPrintable(QString::number(pixel, 16)));
            }
        }
        const double side = m_view->zoom();
        QVERIFY(reds >= (side - 1) * (side - 1) && reds <= (side + 1) * (side + 1));
    }

    void aTinyPictureIsEnlarged()
    {
        m_view->setImage(filled(1, 1, Qt::red));
        QCOMPARE(m_view->zoom(), 16.);
        const QImage screen = drawn(*m_view);
        QCOMPARE(screen.pixelColor(screen.rect().center()), QColor(Qt::red));
    }

    void extremeShapesAreDrawn()
    {
        for (const QSize size : {QSize(65535, 1), QSize(1, 65535), QSize(65535, 40)}) {
            m_view->setImage(filled(size.width(), size.height(), Qt::red));
            QTRY_VERIFY(m_view->isSettled());
            m_view->showActualSize();
            for (int i = 0; i < 2000; ++i) { // to the far end
                QTest::keyClick(m_view.get(), size.width() > 1 ? Qt::Key_Right : Qt::Key_Down);
            }
            QVERIFY(hasColour(drawn(*m_view), Qt::red));
        }
    }

    void transparencyShowsChecks()
    {
        m_view->setImage(filled(200, 200, Qt::transparent, QImage::Format_ARGB32));
        const QImage screen = drawn(*m_view);
        const QRect middle(screen.rect().center() - QPoint(50, 50), QSize(100, 100));
        QSet<QRgb> colours;
        for (int y = middle.top(); y < middle.bottom(); ++y) {
            for (int x = middle.left(); x < middle.right(); ++x) {
                colours.insert(screen.pixel(x, y));
            }
        }
        QCOMPARE(colours, (QSet<QRgb>{QColor(Qt::white).rgb(), QColor(Qt::lightGray).rgb()}));
    }

    void halfTransparentIsMixedWithTheChecks()
    {
        m_view->setImage(filled(200, 200, QColor(255, 0, 0, 128), QImage::Format_ARGB32));
        const QImage screen = drawn(*m_view);
        const QColor middle = screen.pixelColor(screen.rect().center());
        QVERIFY(middle.red() > 200 && middle.green() > 60 && middle.green() < 140);
    }

    void draggingMovesThePicture()
    {
        m_view->setImage(test::photo(2000, 1000));
        m_view->showActualSize();
        const QImage before = drawn(*m_view);
        QTest::mousePress(m_view.get(), Qt::LeftButton, {}, QPoint(200, 150));
        QTest::mouseMove(m_view.get(), QPoint(170, 130));
        QTest::mouseRelease(m_view.get(), Qt::LeftButton, {}, QPoint(170, 130));
        const int ratio = qRound(m_view->devicePixelRatioF());
        const QImage after = drawn(*m_view);
        QCOMPARE(after.copy(20, 20, 100, 100), before.copy(20 + 30 * ratio, 20 + 20 * ratio, 100, 100));
    }

    void keepsZoomForTheNextPictureOfTheSameSize()
    {
        m_view->setImage(test::photo(2000, 1000));
        m_view->showActualSize();
        m_view->setImage(filled(2000, 1000, Qt::blue));
        QCOMPARE(m_view->zoom(), 1.);
        m_view->setImage(filled(1000, 2000, Qt::blue));
        QVERIFY(m_view->isFitted());
    }

    void tellsThePixelUnderTheCursor()
    {
        m_view->setImage(filled(101, 101, Qt::blue));
        QSignalSpy hovered(m_view.get(), &ImageView::hovered);
        QTest::mouseMove(m_view.get(), m_view->rect().center());
        QTRY_VERIFY(!hovered.isEmpty());
        const QPoint pixel = hovered.last().first().toPoint();
        QVERIFY((pixel - QPoint(50, 50)).manhattanLength() <= 4);
        QTest::mouseMove(m_view.get(), QPoint(3, 3));
        QTRY_COMPARE(hovered.last().first().toPoint(), QPoint(-1, -1));
    }

    void hasKeysAndAMenu()
    {
        m_view->setImage(test::photo(2000, 1000));
        QStringList texts;
        for (const QAction* action : m_view->actions()) {
            texts.append(action->text());
        }
        QCOMPARE(texts, (QStringList{QStringLiteral("Zoom in"), QStringLiteral("Zoom out"),
                                     QStringLiteral("Fit"), QStringLiteral("Actual size")}));
        m_view->actions().at(3)->trigger();
        QCOMPARE(m_view->zoom(), 1.);
        m_view->actions().at(2)->trigger();
        QVERIFY(m_view->isFitted());
    }

    void withoutAPictureNothingBreaks()
    {
        m_view->setPlaceholder(QStringLiteral("Nothing"));
        turnWheel(*m_view, {100, 100}, 1);
        QTest::mouseDClick(m_view.get(), Qt::LeftButton, {}, QPoint(100, 100));
        QTest::keyClick(m_view.get(), Qt::Key_Plus);
        m_view->showFitted();
        m_view->setImage({});
        QVERIFY(!drawn(*m_view).isNull());
        m_view->setImage(test::photo(10, 10));
        m_view->setImage({});
        QVERIFY(m_view->isSettled());
    }

private:
    std::unique_ptr<ImageView> m_view;
    QSizeF m_room;
};

int tst_imageview(int argc, char** argv)
{
    return shmpix::test::runTest<QApplication, TestImageView>(argc, argv);
}

#include "tst_imageview.moc"
