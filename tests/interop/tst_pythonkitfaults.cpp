#include "tests/interop/kitpeer.h"
#include "tests/support/runtest.h"

#include <QTemporaryDir>
#include <QTest>

using namespace shmpix::test;

/// interop/python/shmpix.py with damaged segments, invalid arguments, and files of other users: it always
/// fails with a sentence and never with a traceback (peers/pythonkitfaults.py).
class tst_PythonKitFaults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY2(!pythonWithOpenCv().isEmpty(), "no Python here can import cv2"); }

    void Z16_damagedBytesEndInASentence_data() { addProtocols(); }
    void Z16_damagedBytesEndInASentence() { runCheck(QStringLiteral("damaged_bytes")); }
    void Z16_hugeNumbersInHeadersEndInASentence_data() { addProtocols(); }
    void Z16_hugeNumbersInHeadersEndInASentence() { runCheck(QStringLiteral("huge_numbers")); }
    void Z10_memoryIsThePicturesAndNotTheSegments_data() { addProtocols(); }
    void Z10_memoryIsThePicturesAndNotTheSegments() { runCheck(QStringLiteral("memory_is_the_pictures")); }
    void Z16_nonsenseEndsInASentence_data();
    void Z16_nonsenseEndsInASentence() { runCheck(QString()); }

private:
    static void addProtocols();
    /// Runs the named check, or by default the check in the row's data.
    static void runCheck(const QString& name);
};

void tst_PythonKitFaults::addProtocols()
{
    QTest::addColumn<QString>("mode");
    QTest::addColumn<QString>("argument");
    for (const char* mode : {"packages", "bare"}) {
        for (const char* protocol :
             {"datastream", "rawsize", "bmp", "png", "jpeg", "npy", "pixels", "live"}) {
            if (qstrcmp(mode, "bare") != 0 || qstrcmp(protocol, "jpeg") != 0) {
                QTest::addRow("%s %s", mode, protocol)
                    << QString::fromLatin1(mode) << QString::fromLatin1(protocol);
            }
        }
    }
}

void tst_PythonKitFaults::Z16_nonsenseEndsInASentence_data()
{
    QTest::addColumn<QString>("mode");
    QTest::addColumn<QString>("argument");
    for (const char* mode : {"packages", "bare"}) {
        for (const char* check : {"hostile_npy_headers", "hostile_texts", "nonsense_pictures",
                                  "nonsense_to_writers", "too_little_memory", "other_peoples_names"}) {
            QTest::addRow("%s %s", mode, check) << QString::fromLatin1(mode) << QString::fromLatin1(check);
        }
    }
    for (const char* check : {"nonsense_arrays", "libraries_say_nothing", "interlaced_pictures_are_read"}) {
        QTest::addRow("packages %s", check) << QStringLiteral("packages") << QString::fromLatin1(check);
    }
}

void tst_PythonKitFaults::runCheck(const QString& name)
{
    QFETCH(QString, mode);
    QFETCH(QString, argument);
    const QTemporaryDir folder;
    QVERIFY(folder.isValid());
    QStringList arguments{QStringLiteral(SHMPIX_SOURCE "/tests/interop/peers/pythonkitfaults.py"),
                          pythonKitFolder(), folder.path(), mode};
    if (!name.isEmpty()) {
        arguments << name;
    }
    const Finished finished = runToEnd(pythonWithOpenCv(), arguments << argument, 200000);
    QVERIFY2(finished.exitCode == 0, (finished.out + finished.err).constData());
}

int tst_pythonkitfaults(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, tst_PythonKitFaults>(argc, argv);
}

#include "tst_pythonkitfaults.moc"
