#include "common/ui/messagebar.h"
#include "tests/support/runtest.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QtTest>

using namespace shmpix;
using Kind = Message::Kind;

class TestMessageBar : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_bar = std::make_unique<MessageBar>();
        m_bar->resize(500, 40);
        m_bar->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_bar.get()));
    }

    void saysASentence()
    {
        m_bar->showMessage({Kind::Error, QStringLiteral("It <b>failed</b>.")});
        QCOMPARE(text()->text(), QStringLiteral("It <b>failed</b>."));
        QCOMPARE(text()->textFormat(), Qt::PlainText);
        QVERIFY(child<QLabel>("messageIcon")->isVisible());
        QVERIFY(!button()->isVisible());
    }

    void offersTheNextStep()
    {
        QSignalSpy triggered(m_bar.get(), &MessageBar::actionTriggered);
        m_bar->showMessage({Kind::Error, QStringLiteral("It exists.")}, QStringLiteral("Replace"));
        QVERIFY(button()->isVisible());
        QTest::mouseClick(button(), Qt::LeftButton);
        QCOMPARE(triggered.count(), 1);
        m_bar->showMessage({Kind::Success, QStringLiteral("Done.")});
        QVERIFY(!button()->isVisible());
    }

    void showsThatSomethingGoesOnOnlyWhenItTakesAWhile()
    {
        m_bar->showMessage({Kind::Info, QStringLiteral("Before.")});
        m_bar->showMessage({Kind::Busy, QStringLiteral("Sharing…")});
        QCOMPARE(text()->text(), QStringLiteral("Before."));
        QVERIFY(!progress()->isVisible());
        QTRY_VERIFY(progress()->isVisible());
        QCOMPARE(text()->text(), QStringLiteral("Sharing…"));
        m_bar->showMessage({Kind::Success, QStringLiteral("Shared.")});
        QVERIFY(!progress()->isVisible());
        QCOMPARE(text()->text(), QStringLiteral("Shared."));
    }

    void wrapsAWordThatIsLongerThanALine()
    {
        const QString longKey = QStringLiteral("Nothing under %1.").arg(QString(300, QLatin1Char('k')));
        m_bar->showMessage({Kind::Error, longKey});
        QVERIFY(m_bar->minimumSizeHint().width() < 400);
        QVERIFY(text()->heightForWidth(400) > 3 * text()->fontMetrics().height());
        QCOMPARE(text()->accessibleName(), longKey);
    }

    void copiesTheSentenceAsItIs()
    {
        const QString sentence = QString(100, QLatin1Char('k')) + QStringLiteral(" is missing.");
        m_bar->showMessage({Kind::Error, sentence});
        text()->actions().first()->trigger();
        QCOMPARE(QGuiApplication::clipboard()->text(), sentence);
    }

private:
    template <class T>
    [[nodiscard]] T* child(const char* name) const
    {
        return m_bar->findChild<T*>(QString::fromLatin1(name));
    }
    [[nodiscard]] QLabel* text() const { return child<QLabel>("messageText"); }
    [[nodiscard]] QPushButton* button() const { return child<QPushButton>("messageAction"); }
    [[nodiscard]] QProgressBar* progress() const { return child<QProgressBar>("busyIndicator"); }

    std::unique_ptr<MessageBar> m_bar;
};

int tst_messagebar(int argc, char** argv)
{
    return shmpix::test::runTest<QApplication, TestMessageBar>(argc, argv);
}

#include "tst_messagebar.moc"
