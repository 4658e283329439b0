#include "common/ui/keybox.h"

#include "tests/support/runtest.h"
#include "tests/support/windowtest.h"

#include <QApplication>
#include <QLineEdit>
#include <QSignalSpy>

using namespace shmpix;

class TestKeyBox : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { test::clearSettings(); }

    void proposesAKeyForEachPeer()
    {
        KeyBox box(keyPresets());
        QSignalSpy chosen(&box, &KeyBox::presetChosen);
        for (const KeyPreset& preset : keyPresets()) {
            box.show();
            test::chooseRow(box, box.findText(preset.key));
            QCOMPARE(box.key(), preset.key);
            QCOMPARE(chosen.takeFirst().first().value<KeyPreset>().protocol, preset.protocol);
        }
    }

    void remembersTheLastTenInTheSettings()
    {
        KeyBox box(keyPresets());
        for (int i = 0; i < 12; ++i) {
            box.remember(QStringLiteral("key%1").arg(i));
        }
        box.remember(QStringLiteral("key5"));
        const KeyBox next(keyPresets());
        QCOMPARE(next.count(), 10 + int(keyPresets().size()));
        QCOMPARE(next.itemText(0), QStringLiteral("key5"));
        QCOMPARE(next.itemText(1), QStringLiteral("key11"));
        QCOMPARE(next.itemText(9), QStringLiteral("key2"));
    }

    void rememberingLeavesWhatIsTyped()
    {
        KeyBox box(keyPresets());
        box.setKey(QStringLiteral("being typed"));
        box.lineEdit()->setCursorPosition(3);
        box.remember(QStringLiteral("other"));
        QCOMPARE(box.key(), QStringLiteral("being typed"));
        QCOMPARE(box.lineEdit()->cursorPosition(), 3);
    }

    void anOldKeyIsNoPreset()
    {
        KeyBox box(keyPresets());
        box.remember(QStringLiteral("old"));
        QSignalSpy chosen(&box, &KeyBox::presetChosen);
        box.show();
        test::chooseRow(box, 0);
        QCOMPARE(box.key(), QStringLiteral("old"));
        QCOMPARE(chosen.count(), 0);
    }

    void typingTheKeyOfAPresetChoosesNothing()
    {
        KeyBox box(keyPresets());
        box.show();
        QSignalSpy chosen(&box, &KeyBox::presetChosen);
        box.setKey({});
        QTest::keyClicks(box.lineEdit(), keyPresets().back().key);
        QTest::keyClick(box.lineEdit(), Qt::Key_Return);
        QTest::keyClick(box.lineEdit(), Qt::Key_Tab);
        QCOMPARE(box.key(), keyPresets().back().key);
        QCOMPARE(chosen.count(), 0);
    }

    void doesNotCompleteToAnOldKey()
    {
        KeyBox box(keyPresets());
        box.show();
        box.setKey({});
        QTest::keyClicks(box.lineEdit(), QStringLiteral("test"));
        QTest::keyClick(box.lineEdit(), Qt::Key_Return);
        QCOMPARE(box.key(), QStringLiteral("test"));
    }

    void leavesBlanksAroundTheKeyOut()
    {
        KeyBox box(keyPresets());
        box.setKey(QStringLiteral("  shmpix \n"));
        QCOMPARE(box.key(), QStringLiteral("shmpix"));
    }
};

int tst_keybox(int argc, char** argv)
{
    return shmpix::test::runTest<QApplication, TestKeyBox>(argc, argv);
}

#include "tst_keybox.moc"
