#include "tests/interop/kitpeer.h"
#include "tests/support/runtest.h"

#include <QTemporaryDir>
#include <QTest>

using namespace shmpix::test;

/// interop/python/shmpix.py beside other users, other process namespaces and its successors: access to its
/// segments, detection of dead owners, removal, and the targets of saving (peers/pythonkitowners.py).
class tst_PythonKitOwners : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY2(!pythonWithOpenCv().isEmpty(), "no Python here can import cv2"); }

    void Z6_savingWritesIntoWhatIsNoFile_data();
    void Z6_savingWritesIntoWhatIsNoFile() { runCheck("saving_writes_into_what_is_no_file"); }
    void Z6_savingKeepsWhatAFileHad() { runCheck("saving_keeps_what_a_file_had"); }
    void Z7_failingSavesNameThePath() { runCheck("failing_saves_name_the_path"); }
    void Z8_theCommandSaysOneLine() { runCheck("the_command_says_one_line"); }

    void Z11_accessLasts_data();
    void Z11_accessLasts() { runCheck("access_lasts"); }
    void Z11_accessIsGiven_data() { addSchemes(); }
    void Z11_accessIsGiven() { runCheck("access_is_given"); }
    void Z11_theCommandGivesAccess() { runCheck("the_command_gives_access"); }
    void Z11_aGroupsBitsGoToNoOtherGroup() { runCheck("a_groups_bits_go_to_no_other_group"); }
    void Z11_aReaderThatMayNotFollowSaysSo() { runCheck("a_reader_that_may_not_follow_says_so"); }

    void Z12_whoLivesElsewhereIsNotDead_data();
    void Z12_whoLivesElsewhereIsNotDead() { runCheck("who_lives_elsewhere_is_not_dead"); }
    void Z12_theRecordSaysItsNamespace() { runCheck("the_record_says_its_namespace"); }

    void Z13_blockedNamesArePassedOver_data();
    void Z13_blockedNamesArePassedOver() { runCheck("blocked_names_are_passed_over"); }
    void Z13_whatAKilledOneLeftIsFoundUnderAnyName()
    {
        runCheck("what_a_killed_one_left_is_found_under_any_name");
    }

    void Z14_successorsAreLeftAlone_data();
    void Z14_successorsAreLeftAlone() { runCheck("successors_are_left_alone"); }
    void Z14_aRemovedRecordIsMadeAnew() { runCheck("a_removed_record_is_made_anew"); }

private:
    /// Adds rows of words, which are the arguments of the check.
    static void addRows(const QStringList& rows);
    static void addSchemes();
    static void runCheck(const char* name);
};

void tst_PythonKitOwners::addRows(const QStringList& rows)
{
    QTest::addColumn<QString>("words");
    for (const QString& row : rows) {
        QTest::newRow(qPrintable(row)) << row;
    }
}

void tst_PythonKitOwners::addSchemes()
{
    addRows(
        {QStringLiteral("file"), QStringLiteral("posix"), QStringLiteral("qt"), QStringLiteral("systemv")});
}

void tst_PythonKitOwners::Z6_savingWritesIntoWhatIsNoFile_data()
{
    addRows({QStringLiteral("fifo"), QStringLiteral("device")});
}

void tst_PythonKitOwners::Z11_accessLasts_data()
{
    addRows({QStringLiteral("file png"), QStringLiteral("file live"), QStringLiteral("posix png"),
             QStringLiteral("posix live"), QStringLiteral("qt png"), QStringLiteral("systemv png")});
}

void tst_PythonKitOwners::Z12_whoLivesElsewhereIsNotDead_data()
{
    addRows({QStringLiteral("file inside"), QStringLiteral("file outside"), QStringLiteral("posix inside"),
             QStringLiteral("qt inside"), QStringLiteral("systemv inside")});
}

void tst_PythonKitOwners::Z13_blockedNamesArePassedOver_data()
{
    addRows({QStringLiteral("folder .owner"), QStringLiteral("folder .spare"), QStringLiteral("file .owner"),
             QStringLiteral("file .spare"), QStringLiteral("link .owner"), QStringLiteral("link .spare")});
}

void tst_PythonKitOwners::Z14_successorsAreLeftAlone_data()
{
    addRows({QStringLiteral("file still"), QStringLiteral("file live"), QStringLiteral("posix still"),
             QStringLiteral("posix live"), QStringLiteral("qt still"), QStringLiteral("systemv still")});
}

void tst_PythonKitOwners::runCheck(const char* name)
{
    const QTemporaryDir folder;
    QVERIFY(folder.isValid());
    QStringList arguments{QStringLiteral(SHMPIX_SOURCE "/tests/interop/peers/pythonkitowners.py"),
                          pythonKitFolder(), folder.path(), QString::fromLatin1(name)};
    if (QTest::currentDataTag() != nullptr) {
        QFETCH(QString, words);
        arguments += words.split(QLatin1Char(' '));
    }
    const Finished finished = runToEnd(pythonWithOpenCv(), arguments, 120000);
    QVERIFY2(finished.exitCode == 0, (finished.out + finished.err).constData());
}

int tst_pythonkitowners(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, tst_PythonKitOwners>(argc, argv);
}

#include "tst_pythonkitowners.moc"
