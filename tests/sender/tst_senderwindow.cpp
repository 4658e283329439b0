#include "sender/window/senderwindow.h"

#include "common/channel/loadpicture.h"
#include "common/ui/imageview.h"
#include "common/ui/keybox.h"
#include "tests/support/filememory.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"
#include "tests/support/windowtest.h"

#include <QApplication>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScreen>

using namespace shmpix;
using test::child;
using test::click;

namespace {

Result<LoadedPicture> load(const QString& key)
{
    auto address = SegmentAddress::parse(key);
    return address ? loadPicture({*address, {}, {}, {}}) : address.error();
}

} // namespace

class TestSenderWindow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        test::clearSettings();
        m_key = test::uniqueName();
        SenderOptions options;
        options.key = m_key;
        open(options);
    }

    void cleanup() { m_window.reset(); }

    void startsWithNothingToShare()
    {
        open({});
        QCOMPARE(child<KeyBox>(*m_window, "keyBox")->key(), QStringLiteral("shmpix"));
        QCOMPARE(child<QComboBox>(*m_window, "protocolBox")->currentData().toString(),
                 QStringLiteral("live"));
        QVERIFY(!child<QPushButton>(*m_window, "shareButton")->isEnabled());
        QVERIFY(!child<QPushButton>(*m_window, "stopButton")->isEnabled());
        QTest::keyClick(m_window.get(), Qt::Key_Return);
        QCOMPARE(test::message(*m_window).text, QString());
    }

    void sharesWhatIsPickedInTheDialog()
    {
        const QImage photo = test::photo(1920, 1080);
        const QString path = test::writePicture(photo, QStringLiteral("photo.png"));
        click(*m_window, "openButton");
        QTRY_VERIFY(test::fileDialog(*m_window));
        test::chooseFile(*test::fileDialog(*m_window), path);
        QTRY_VERIFY(!test::shownImage(*m_window).isNull());
        QVERIFY(!test::fileDialog(*m_window));
        const QString line = child<QLabel>(*m_window, "pictureLine")->text();
        QVERIFY2(line.startsWith(QStringLiteral("photo.png · 1920 × 1080 · RGB, 8 bit · ")),
                 qPrintable(line));

        click(*m_window, "shareButton");
        WAIT_FOR_MESSAGE(*m_window, Success);
        const QString text = test::message(*m_window).text;
        VERIFY_CONTAINS(text, QStringLiteral("Shared 1920 × 1080 RGB, 8 bit: 8.3 MB in "));
        VERIFY_CONTAINS(text, QStringLiteral(" under posix:/") + m_key);
        auto loaded = load(m_key);
        QVERIFY(loaded.has_value());
        QVERIFY(test::samePixels(loaded->image, photo));
    }

    void stoppingRemovesIt()
    {
        openAndShare(test::photo(40, 30));
        QVERIFY(load(m_key).has_value());
        click(*m_window, "stopButton");
        WAIT_FOR_MESSAGE(*m_window, Info);
        QVERIFY(!load(m_key).has_value());
        QVERIFY(!child<QPushButton>(*m_window, "stopButton")->isEnabled());
        QVERIFY(child<QPushButton>(*m_window, "shareButton")->isEnabled());
        click(*m_window, "shareButton");
        WAIT_FOR_MESSAGE(*m_window, Success);
        QVERIFY(load(m_key).has_value());
    }

    void closingRemovesIt()
    {
        openAndShare(test::photo(40, 30));
        m_window.reset();
        QVERIFY(!load(m_key).has_value());
    }

    void keepsItAtTheEndWhenAsked()
    {
        SenderOptions options;
        options.key = QStringLiteral("file:") + test::temporaryFolder() + QStringLiteral("/kept");
        options.image = test::writePicture(test::photo(40, 30), QStringLiteral("kept.png"));
        options.share = true;
        options.keep = true;
        open(options);
        WAIT_FOR_MESSAGE(*m_window, Success);
        m_window.reset();
        QVERIFY(load(options.key).has_value());
    }

    void sharesAtTheStartWhenTheOptionsSaySo()
    {
        SenderOptions options;
        options.key = m_key;
        options.protocol = ProtocolId::Rawsize;
        options.image = test::writePicture(test::photo(64, 48), QStringLiteral("start.png"));
        options.share = true;
        open(options);
        WAIT_FOR_MESSAGE(*m_window, Success);
        auto loaded = load(m_key);
        QVERIFY(loaded.has_value());
        QCOMPARE(loaded->protocol, ProtocolId::Rawsize);
    }

    void sharingAgainReplacesThePicture()
    {
        openAndShare(test::photo(40, 30));
        const QImage second = test::picture(QStringLiteral("noise"));
        openFile(second);
        WAIT_FOR_MESSAGE(*m_window, Info);
        VERIFY_CONTAINS(test::message(*m_window).text, QStringLiteral("still shared under posix:/") + m_key);
        click(*m_window, "shareButton");
        WAIT_FOR_MESSAGE(*m_window, Success);
        QVERIFY(test::samePixels(load(m_key)->image, second));
    }

    void anotherKeyLeavesNothingUnderTheFirst()
    {
        openAndShare(test::photo(40, 30));
        const QString second = test::uniqueName();
        test::typeKey(*m_window, second);
        click(*m_window, "shareButton");
        WAIT_FOR_MESSAGE(*m_window, Success);
        QVERIFY(load(second).has_value());
        QVERIFY(!load(m_key).has_value());
    }

    void enterInTheKeyBoxShares()
    {
        openFile(test::photo(40, 30));
        test::typeKey(*m_window, m_key);
        QTest::keyClick(child<KeyBox>(*m_window, "keyBox")->lineEdit(), Qt::Key_Return);
        WAIT_FOR_MESSAGE(*m_window, Success);
        QVERIFY(load(m_key).has_value());
    }

    void aBadKeyIsExplainedAndTheOldPictureStaysShared_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("part");
        QTest::newRow("slash") << "a/b"
                               << "slash";
        QTest::newRow("empty") << ""
                               << "empty";
        QTest::newRow("long") << QString(300, QLatin1Char('k')) << "300 bytes";
        QTest::newRow("no path") << "file:here"
                                 << "full path";
    }

    void aBadKeyIsExplainedAndTheOldPictureStaysShared()
    {
        QFETCH(QString, key);
        QFETCH(QString, part);
        openAndShare(test::photo(40, 30));
        child<KeyBox>(*m_window, "keyBox")->setKey(key);
        click(*m_window, "shareButton");
        WAIT_FOR_MESSAGE(*m_window, Error);
        VERIFY_CONTAINS(test::message(*m_window).text, part);
        QVERIFY(load(m_key).has_value());
        QVERIFY(child<QPushButton>(*m_window, "stopButton")->isEnabled());
    }

    void chineseKeysWork()
    {
        openFile(test::photo(40, 30));
        const QString key = QStringLiteral("图片-") + m_key;
        child<KeyBox>(*m_window, "keyBox")->setKey(key);
        click(*m_window, "shareButton");
        WAIT_FOR_MESSAGE(*m_window, Success);
        QVERIFY(load(key).has_value());
    }

    void offersToReplaceWhatIsNotOurs()
    {
        QFile foreign(QStringLiteral("/dev/shm/") + m_key);
        QVERIFY(foreign.open(QIODevice::WriteOnly) && foreign.write("somebody else's") > 0);
        foreign.close();
        openFile(test::photo(40, 30));
        click(*m_window, "shareButton");
        WAIT_FOR_MESSAGE(*m_window, Error);
        VERIFY_CONTAINS(test::message(*m_window).text, QStringLiteral("not created by Shmpix"));
        QCOMPARE(QFile(foreign.fileName()).size(), 15);

        click(*m_window, "messageAction");
        WAIT_FOR_MESSAGE(*m_window, Success);
        QVERIFY(load(m_key).has_value());
        QCOMPARE(child<QPushButton>(*m_window, "messageAction")->text(), QStringLiteral("&How to read it"));
    }

    void doesNotTakeWhatALivingProgramShares()
    {
        Publisher other;
        QVERIFY(
            other.share({test::photo(10, 10), *SegmentAddress::parse(m_key), ProtocolId::Png}).has_value());
        openFile(test::photo(40, 30));
        click(*m_window, "shareButton");
        WAIT_FOR_MESSAGE(*m_window, Error);
        QVERIFY(!child<QPushButton>(*m_window, "messageAction")->isVisible());
        QCOMPARE(load(m_key)->image.size(), QSize(10, 10));
    }

    void saysWhatTheProtocolCannotCarry()
    {
        openFile(test::picture(QStringLiteral("alpha")));
        test::chooseProtocol(*m_window, QStringLiteral("jpeg"));
        click(*m_window, "shareButton");
        WAIT_FOR_MESSAGE(*m_window, Success);
        const QString text = test::message(*m_window).text;
        QVERIFY2(text.section(m_key + QStringLiteral(". "), 1).size() > 10, qPrintable(text));
    }

    void aPresetSetsKeyAndProtocol()
    {
        auto* box = child<KeyBox>(*m_window, "keyBox");
        box->setFocus();
        test::chooseRow(*box, box->findText(QStringLiteral("test1")));
        QCOMPARE(box->key(), QStringLiteral("test1"));
        QCOMPARE(child<QComboBox>(*m_window, "protocolBox")->currentData().toString(), QStringLiteral("bmp"));
    }

    void theKeyDecidesTheProtocolThatNobodyHasChosen_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("protocol");
        QTest::newRow("plain") << QStringLiteral("camera") << QStringLiteral("live");
        QTest::newRow("posix:") << QStringLiteral("posix:/camera") << QStringLiteral("live");
        QTest::newRow("file:") << QStringLiteral("file:/tmp/camera") << QStringLiteral("live");
        QTest::newRow("qt:") << QStringLiteral("qt:camera") << QStringLiteral("datastream");
        QTest::newRow("systemv:") << QStringLiteral("systemv:/tmp/camera") << QStringLiteral("datastream");
    }

    void theKeyDecidesTheProtocolThatNobodyHasChosen()
    {
        QFETCH(QString, key);
        QFETCH(QString, protocol);
        test::typeKey(*m_window, key);
        QCOMPARE(protocolShown(), protocol);
        test::typeKey(*m_window, m_key);
        QCOMPARE(protocolShown(), QStringLiteral("live"));
        test::typeKey(*m_window, key);
        QVERIFY(m_window->close());
        open({}); // with the previous key
        QCOMPARE(child<KeyBox>(*m_window, "keyBox")->key(), key);
        QCOMPARE(protocolShown(), protocol);
        test::typeKey(*m_window, m_key);
        QCOMPARE(protocolShown(), QStringLiteral("live"));
    }

    void theUsersChoiceOfAProtocolIsKept_data()
    {
        QTest::addColumn<QString>("protocol");
        QTest::newRow("live") << QStringLiteral("live");
        QTest::newRow("datastream") << QStringLiteral("datastream");
        QTest::newRow("png") << QStringLiteral("png");
    }

    void theUsersChoiceOfAProtocolIsKept()
    {
        QFETCH(QString, protocol);
        auto* box = child<QComboBox>(*m_window, "protocolBox");
        test::chooseRow(*box, box->findData(protocol)); // the visible box, which is the one for live
        for (int turn = 0; turn < 2; ++turn) {
            test::typeKey(*m_window, QStringLiteral("qt:camera"));
            QCOMPARE(protocolShown(), protocol);
            test::typeKey(*m_window, m_key);
            QCOMPARE(protocolShown(), protocol);
            QVERIFY(m_window->close());
            open({});
        }
        SenderOptions options;
        options.key = QStringLiteral("qt:camera");
        options.protocol = ProtocolId::Live;
        open(options);
        QCOMPARE(protocolShown(), QStringLiteral("live"));
    }

    void aPresetsProtocolIsAChoiceWhereTheKeyHasAnother()
    {
        auto* box = child<KeyBox>(*m_window, "keyBox");
        box->setFocus();
        test::chooseRow(*box, box->findText(QStringLiteral("qt:169254")));
        QCOMPARE(protocolShown(), QStringLiteral("datastream"));
        test::typeKey(*m_window, m_key);
        QCOMPARE(protocolShown(), QStringLiteral("live"));
        box->setFocus();
        test::chooseRow(*box, box->findText(QStringLiteral("test1")));
        QCOMPARE(protocolShown(), QStringLiteral("bmp"));
        test::typeKey(*m_window, QStringLiteral("qt:camera"));
        QCOMPARE(protocolShown(), QStringLiteral("bmp"));
    }

    void aQtKeyIsSharedForQtPrograms()
    {
        const QImage image = test::photo(40, 30);
        openFile(image);
        const QString key = QStringLiteral("qt:") + m_key;
        test::typeKey(*m_window, key);
        click(*m_window, "shareButton");
        WAIT_FOR_MESSAGE(*m_window, Success);
        const auto loaded = load(key);
        QVERIFY2(loaded.has_value(), loaded ? "" : qPrintable(loaded.error().text));
        QCOMPARE(loaded->protocol, ProtocolId::Datastream);
        click(*m_window, "stopButton");
        QTRY_VERIFY(!child<QPushButton>(*m_window, "stopButton")->isEnabled());
        test::typeKey(*m_window, m_key);
        click(*m_window, "shareButton");
        WAIT_FOR_MESSAGE(*m_window, Success);
        QCOMPARE(load(m_key)->protocol, ProtocolId::Live);
    }

    void aPictureTakesNoMoreThanItsOwnMemory()
    {
        const QImage image = test::photo(1600, 1000).convertToFormat(QImage::Format_RGB32);
        openFile(image);
        click(*m_window, "shareButton");
        WAIT_FOR_MESSAGE(*m_window, Success);
        const qint64 memory = test::memoryOf(QStringLiteral("/dev/shm/") + m_key);
        QVERIFY2(memory >= image.sizeInBytes() && memory <= image.sizeInBytes() * 11 / 10,
                 qPrintable(QString::number(memory)));
    }

    void everyProtocolSaysWhoReadsIt()
    {
        auto* box = child<QComboBox>(*m_window, "protocolBox");
        QCOMPARE(box->count(), int(allProtocols().size()));
        for (ProtocolId id : allProtocols()) {
            VERIFY_CONTAINS(box->itemText(box->findData(protocolName(id))), protocolReaders(id));
        }
    }

    void remembersKeyProtocolAndSize()
    {
        openAndShare(test::photo(40, 30));
        test::chooseProtocol(*m_window, QStringLiteral("png"));
        const QSize size =
            m_window->screen()->availableSize() * 0.9; // a larger window would be limited to the screen
        m_window->resize(size);
        QVERIFY(m_window->close());
        open({});
        auto* box = child<KeyBox>(*m_window, "keyBox");
        QCOMPARE(box->key(), m_key);
        QCOMPARE(box->itemText(0), m_key);
        QCOMPARE(child<QComboBox>(*m_window, "protocolBox")->currentData().toString(), QStringLiteral("png"));
        QCOMPARE(m_window->size(), size);
    }

    void theWindowStaysAliveWhileItWorks()
    {
        QImage large(7680, 4320, QImage::Format_RGB32);
        for (int y = 0; y < large.height(); ++y) {
            std::fill_n(reinterpret_cast<QRgb*>(large.scanLine(y)), large.width(),
                        0xff000000U + QRgb(y * 77));
        }
        const QString path = test::writePicture(large, QStringLiteral("8k.bmp"));
        SenderOptions options;
        options.key = m_key;
        options.image = path;
        const test::Heartbeat heart;
        open(options);
        QTRY_VERIFY_WITH_TIMEOUT(!test::shownImage(*m_window).isNull(), 60000);
        const int opened = heart.beats();
        QVERIFY(opened > 0);
        click(*m_window, "shareButton");
        QVERIFY(test::message(*m_window).kind ==
                Message::Kind::Busy); // so the work is not done in the click itself
        WAIT_FOR_MESSAGE(*m_window, Success);
        QVERIFY(heart.beats() > opened);
        QVERIFY(QFile::remove(path));
    }

    void B8_segmentThatSomebodyRemovedIsSharedAgain()
    {
        const QImage shared = test::photo(40, 30);
        openAndShare(shared);
        openFile(test::photo(50, 20)); // another picture, which is not shared
        QVERIFY(QFile::remove(QStringLiteral("/dev/shm/") + m_key));
        QTRY_VERIFY(test::message(*m_window).text.contains(QStringLiteral("It is shared again.")));
        VERIFY_CONTAINS(test::message(*m_window).text, QStringLiteral("If a Python program has just ended"));
        QVERIFY(test::samePixels(load(m_key)->image, shared));
    }

    void sharingBeforeThePictureIsReadWaitsForIt()
    {
        openAndShare(test::photo(40, 30));
        const QImage newest = test::picture(QStringLiteral("photo"));
        SenderOptions options;
        options.image = test::writePicture(newest, QStringLiteral("newest.png"));
        options.key = test::uniqueName();
        open(options);
        click(*m_window, "shareButton"); // immediately
        WAIT_FOR_MESSAGE(*m_window, Success);
        QVERIFY(test::samePixels(load(options.key)->image, newest));
    }

    void mayBeClosedAtAnyTime()
    {
        for (int i = 0; i < 5; ++i) {
            SenderOptions options;
            options.key = m_key;
            options.image = test::writePicture(test::photo(1000, 800), QStringLiteral("closing.png"));
            options.share = true;
            open(options);
            for (int round = 0; round < i; ++round) {
                QCoreApplication::processEvents();
            }
            m_window.reset();
            QVERIFY(!load(m_key).has_value());
        }
    }

private:
    void open(const SenderOptions& options)
    {
        m_window = std::make_unique<SenderWindow>(options);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    }

    void openFile(const QImage& image)
    {
        const QString path = test::writePicture(image, QStringLiteral("picture.png"));
        click(*m_window, "openButton");
        QTRY_VERIFY(test::fileDialog(*m_window));
        test::chooseFile(*test::fileDialog(*m_window), path);
        QTRY_COMPARE(test::shownImage(*m_window).size(), image.size());
    }

    [[nodiscard]] QString protocolShown() const
    {
        return child<QComboBox>(*m_window, "protocolBox")->currentData().toString();
    }

    void openAndShare(const QImage& image)
    {
        openFile(image);
        click(*m_window, "shareButton");
        WAIT_FOR_MESSAGE(*m_window, Success);
    }

    std::unique_ptr<SenderWindow> m_window;
    QString m_key;
};

int tst_senderwindow(int argc, char** argv)
{
    return shmpix::test::runTest<QApplication, TestSenderWindow>(argc, argv);
}

#include "tst_senderwindow.moc"
