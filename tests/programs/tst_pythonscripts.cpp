#include "tests/support/pictures.h"
#include "tests/support/programs.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"

#include <QFileInfo>
#include <QTest>

using namespace shmpix::test;

/// Tests the two scripts of docs/python.md with the built programs.
class tst_PythonScripts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void whatPythonWritesIsLoaded_data();
    void whatPythonWritesIsLoaded();
    void whatIsSharedIsReadByPython_data() { whatPythonWritesIsLoaded_data(); }
    void whatIsSharedIsReadByPython();

private:
    QString m_python;
};

void tst_PythonScripts::initTestCase()
{
    m_python = pythonWithNumpy();
    QVERIFY2(!m_python.isEmpty(), "no Python here can import numpy and PIL");
}

void tst_PythonScripts::whatPythonWritesIsLoaded_data()
{
    QTest::addColumn<QString>("name");
    for (const char* name : {"photo", "alpha", "1x1", "Nx1", "1xN", "odd", "grey"}) {
        QTest::newRow(name) << QString::fromLatin1(name);
    }
}

void tst_PythonScripts::whatPythonWritesIsLoaded()
{
    QFETCH(QString, name);
    const QString key = uniqueName();
    const QString file = temporaryFolder() + QStringLiteral("/in.png");
    const QString saved = temporaryFolder() + QStringLiteral("/out.png");
    QVERIFY(picture(name).save(file));
    PeerProcess writer(m_python,
                       {QStringLiteral(SHMPIX_SOURCE "/interop/python/write_picture.py"), file, key});
    QVERIFY2(!writer.waitForLine(QStringLiteral("shared ")).isNull(), qPrintable(writer.standardError()));
    const Finished loaded = runReceiver({QStringLiteral("--key"), key, QStringLiteral("--save"), saved});
    QCOMPARE(loaded.exitCode, 0);
    const QImage wanted = QImage(file).convertToFormat(QImage::Format_RGBA8888);
    QVERIFY2(samePixels(QImage(saved), wanted), qPrintable(difference(QImage(saved), wanted)));
    writer.writeLine({});
    QCOMPARE(writer.exitCode(), 0);
    QCOMPARE(runReceiver({QStringLiteral("--key"), key}).exitCode, 3);
}

void tst_PythonScripts::whatIsSharedIsReadByPython()
{
    QFETCH(QString, name);
    const QString key = uniqueName();
    const QString file = temporaryFolder() + QStringLiteral("/in.png");
    const QString saved = temporaryFolder() + QStringLiteral("/out.png");
    QVERIFY(picture(name).save(file));
    HeadlessSender sender(
        {QStringLiteral("--key"), key, QStringLiteral("--protocol"), QStringLiteral("rawsize"), file});
    QVERIFY(!sender.waitForLine(QStringLiteral("shared ")).isNull());
    const Finished read =
        runToEnd(m_python, {QStringLiteral(SHMPIX_SOURCE "/interop/python/read_picture.py"), key, saved});
    QCOMPARE(read.exitCode, 0);
    QCOMPARE(read.err, QByteArray());
    const QImage wanted = QImage(file).convertToFormat(QImage::Format_RGBA8888);
    QVERIFY2(samePixels(QImage(saved), wanted), qPrintable(difference(QImage(saved), wanted)));
    QVERIFY2(QFileInfo::exists(QStringLiteral("/dev/shm/") + key),
             "the reader must not take the segment away");
}

int tst_pythonscripts(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, tst_PythonScripts>(argc, argv);
}

#include "tst_pythonscripts.moc"
