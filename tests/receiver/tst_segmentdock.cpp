// The list of segments in the receiver's window: rows appear, change and disappear automatically, and a click
// loads the segment.
#include "receiver/window/segmentdock.h"

#include "common/channel/publisher.h"
#include "common/ui/keybox.h"
#include "receiver/window/receiverwindow.h"
#include "tests/support/peerprocess.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"
#include "tests/support/windowtest.h"

#include <QApplication>
#include <QDir>
#include <QDockWidget>
#include <QFile>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTreeView>

#include <unistd.h>

using namespace shmpix;
using test::child;
using test::click;

class TestSegmentDock : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        test::clearSettings();
        m_folder = QStringLiteral("/dev/shm/") + test::uniqueName();
        QVERIFY(QDir().mkdir(m_folder));
        m_dock = std::make_unique<SegmentDock>(nullptr, QFile::encodeName(m_folder));
        m_dock->resize(900, 300);
    }

    void cleanup()
    {
        m_dock.reset();
        m_publisher.stop();
        QVERIFY(QDir(m_folder).removeRecursively());
    }

    void rowsComeAndGoByThemselves()
    {
        m_dock->show();
        QVERIFY(row(QStringLiteral("a")) < 0);
        write(QStringLiteral("a"), 1000);
        QTRY_VERIFY(row(QStringLiteral("a")) >= 0);
        write(QStringLiteral("b"), 2000);
        QTRY_VERIFY(row(QStringLiteral("b")) > row(QStringLiteral("a")));
        QCOMPARE(text(QStringLiteral("b"), SegmentModel::Size), QStringLiteral("2.0 kB"));
        QVERIFY(QFile::remove(m_folder + QStringLiteral("/a")));
        QTRY_VERIFY(row(QStringLiteral("a")) < 0);
        QVERIFY(row(QStringLiteral("b")) >= 0);
    }

    void aRowShowsWhatIsKnown()
    {
        share(QStringLiteral("a"), test::photo(640, 480), ProtocolId::Bmp);
        m_dock->show();
        QTRY_VERIFY(row(QStringLiteral("a")) >= 0);
        QCOMPARE(text(QStringLiteral("a"), SegmentModel::Segment), address(QStringLiteral("a")));
        QCOMPARE(text(QStringLiteral("a"), SegmentModel::Producer), QStringLiteral("Shmpix"));
        VERIFY_CONTAINS(text(QStringLiteral("a"), SegmentModel::Owner),
                        QStringLiteral("alive: tests_receiver (process %1)").arg(::getpid()));
        QVERIFY(!text(QStringLiteral("a"), SegmentModel::Age).isEmpty());
        QTRY_VERIFY(text(QStringLiteral("a"), SegmentModel::Content).contains(QStringLiteral("640 × 480")));
        VERIFY_CONTAINS(text(QStringLiteral("a"), SegmentModel::Content), protocolTitle(ProtocolId::Bmp));
        const QImage thumbnail = picture(QStringLiteral("a"));
        QCOMPARE(thumbnail.size(), QSize(96, 96));
        QCOMPARE(thumbnail.pixelColor(48, 0).alpha(), 0); // 4:3 in the middle of a square
        QCOMPARE(thumbnail.pixelColor(48, 48).alpha(), 255);
    }

    void aNewPictureTakesThePlaceOfTheOld()
    {
        QImage image(50, 50, QImage::Format_RGB32);
        image.fill(Qt::red);
        share(QStringLiteral("a"), image);
        m_dock->show();
        QTRY_VERIFY(row(QStringLiteral("a")) >= 0);
        QTRY_COMPARE(picture(QStringLiteral("a")).pixelColor(48, 48), QColor(Qt::red));
        image.fill(Qt::blue);
        share(QStringLiteral("a"), image);
        QTRY_COMPARE_WITH_TIMEOUT(picture(QStringLiteral("a")).pixelColor(48, 48), QColor(Qt::blue), 20000);
    }

    void selectionAndPlaceStay()
    {
        for (int i = 0; i < 60; ++i) {
            write(QStringLiteral("s%1").arg(i, 2, 10, QLatin1Char('0')), 10);
        }
        m_dock->show();
        QTRY_VERIFY(row(QStringLiteral("s59")) >= 0);
        auto* view = list();
        view->setCurrentIndex(view->model()->index(row(QStringLiteral("s30")), 0));
        view->scrollTo(view->currentIndex(), QAbstractItemView::PositionAtTop);
        const int above = view->visualRect(view->currentIndex()).top();
        for (const QString& name : {QStringLiteral("above"), QStringLiteral("zbelow")}) {
            write(name, 10);
            QTRY_VERIFY(row(name) >= 0);
        }
        for (const QString& name : {QStringLiteral("s10"), QStringLiteral("s45")}) {
            QVERIFY(QFile::remove(m_folder + QLatin1Char('/') + name));
            QTRY_VERIFY(row(name) < 0);
        }
        QCOMPARE(view->currentIndex().data().toString(), address(QStringLiteral("s30")));
        QCOMPARE(view->visualRect(view->currentIndex()).top(), above);
        QVERIFY(view->selectionModel()->isSelected(view->currentIndex()));
    }

    void nothingIsDoneWhileHidden()
    {
        m_dock->show();
        write(QStringLiteral("a"), 10);
        QTRY_VERIFY(row(QStringLiteral("a")) >= 0);
        m_dock->hide();
        QSignalSpy inserted(list()->model(), &QAbstractItemModel::rowsInserted);
        write(QStringLiteral("b"), 10);
        QTest::qWait(500); // no event to wait for; twice the time until a change is shown
        QCOMPARE(inserted.size(), 0);
        m_dock->show();
        QTRY_VERIFY(row(QStringLiteral("b")) >= 0);
    }

    void aClickAndEnterChoose()
    {
        write(QStringLiteral("a"), 10);
        write(QStringLiteral("b"), 10);
        m_dock->show();
        QTRY_VERIFY(row(QStringLiteral("b")) >= 0);
        QSignalSpy chosen(m_dock.get(), &SegmentDock::chosen);
        clickRow(*list(), row(QStringLiteral("a")));
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(chosen.first().first().toString(), address(QStringLiteral("a")));
        list()->setCurrentIndex(list()->model()->index(row(QStringLiteral("b")), 0));
        QTest::keyClick(list(), Qt::Key_Return);
        QCOMPARE(chosen.size(), 2);
        QCOMPARE(chosen.last().first().toString(), address(QStringLiteral("b")));
    }

    void aNameThatIsNoTextCannotBeChosenAndSaysWhy()
    {
        const QByteArray path = QFile::encodeName(m_folder) + "/z\xff";
        QFile file;
        QVERIFY(file.open(std::fopen(path.constData(), "w"), QIODevice::WriteOnly, QFile::AutoCloseHandle));
        file.close();
        m_dock->show();
        const QString shown = QStringLiteral("z") + QChar(QChar::ReplacementCharacter);
        const auto find = [&] {
            const auto matches = list()->model()->match(list()->model()->index(0, 0), Qt::DisplayRole, shown);
            return matches.isEmpty() ? -1 : matches.first().row();
        };
        QTRY_VERIFY(find() >= 0);
        QSignalSpy refused(m_dock.get(), &SegmentDock::refused);
        clickRow(*list(), find());
        ::unlink(path.constData());
        QCOMPARE(refused.size(), 1);
        VERIFY_CONTAINS(refused.first().first().toString(), QStringLiteral("No key leads to"));
    }

    void theWindowLoadsWhatIsClicked()
    {
        const QString key = test::uniqueName();
        m_publisher = Publisher();
        const QImage image = test::photo(30, 20);
        QVERIFY(m_publisher.share({image, *SegmentAddress::parse(key), ProtocolId::Png}));
        ReceiverWindow window({});
        window.show();
        test::chooseProtocol(window, QStringLiteral("bmp")); // from another segment
        click(window, "segmentsButton");
        auto* view = child<QTreeView>(window, "segmentList");
        QTRY_VERIFY(view->isVisible());
        const QString wanted = QStringLiteral("posix:/") + key;
        const auto find = [&] {
            const auto matches = view->model()->match(view->model()->index(0, 0), Qt::DisplayRole, wanted, 1,
                                                      Qt::MatchExactly);
            return matches.isEmpty() ? -1 : matches.first().row();
        };
        QTRY_VERIFY(find() >= 0);
        clickRow(*view, find());
        WAIT_FOR_MESSAGE(window, Success);
        QCOMPARE(child<KeyBox>(window, "keyBox")->key(), wanted);
        QVERIFY2(test::samePixels(test::shownImage(window), image),
                 qPrintable(test::difference(test::shownImage(window), image)));
    }

private:
    [[nodiscard]] QTreeView* list() const { return child<QTreeView>(*m_dock, "segmentList"); }
    [[nodiscard]] QString address(const QString& name) const
    {
        return QStringLiteral("file:%1/%2").arg(m_folder, name);
    }

    /// Returns the row of the file, or -1.
    [[nodiscard]] int row(const QString& name) const
    {
        const auto* model = list()->model();
        const auto matches =
            model->match(model->index(0, 0), Qt::DisplayRole, address(name), 1, Qt::MatchExactly);
        return matches.isEmpty() ? -1 : matches.first().row();
    }

    [[nodiscard]] QString text(const QString& name, int column) const
    {
        return list()->model()->index(row(name), column).data().toString();
    }

    [[nodiscard]] QImage picture(const QString& name) const
    {
        return list()->model()->index(row(name), 0).data(Qt::DecorationRole).value<QImage>();
    }

    static void clickRow(QTreeView& view, int row)
    {
        const QModelIndex index = view.model()->index(row, 0);
        view.scrollTo(index);
        QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, view.visualRect(index).center());
    }

    void write(const QString& name, qsizetype bytes) const
    {
        QFile file(m_folder + QLatin1Char('/') + name);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(QByteArray(bytes, 'x')), bytes);
    }

    void share(const QString& name, const QImage& image, ProtocolId protocol = ProtocolId::Rawsize)
    {
        const auto shared = m_publisher.share({image, *SegmentAddress::parse(address(name)), protocol});
        QVERIFY2(shared.has_value(), shared ? "" : qPrintable(shared.error().text));
    }

    QString m_folder;
    std::unique_ptr<SegmentDock> m_dock;
    Publisher m_publisher;
};

int tst_segmentdock(int argc, char** argv)
{
    return shmpix::test::runTest<QApplication, TestSegmentDock>(argc, argv);
}

#include "tst_segmentdock.moc"
