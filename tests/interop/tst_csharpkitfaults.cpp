#include "tests/interop/kitpeer.h"
#include "tests/support/uniquekey.h"

#include <QDir>
#include <QTest>

using namespace shmpix::test;

/// The C# kit and hostile arguments, bytes and files: what does not end in a sentence of its own is a fault.
/// Answers are those of tests/interop/peers/CSharpKitFaults.cs.
class tst_CSharpKitFaults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();

    void Z16_badArgumentsEndInASentence();
    void Z16_damagedSegmentsEndInASentence_data();
    void Z16_damagedSegmentsEndInASentence();

private:
    QString m_program;
    QString m_checkedProgram; ///< where arithmetic that overflows is an exception
};

namespace {

const QString ok = QStringLiteral("ok ");

} // namespace

void tst_CSharpKitFaults::initTestCase()
{
    m_program = temporaryFolder() + QLatin1String("/CSharpKitFaults.exe");
    m_checkedProgram = temporaryFolder() + QLatin1String("/CSharpKitFaultsChecked.exe");
    const QString kit = QStringLiteral(SHMPIX_SOURCE "/interop/csharp/Shmpix.cs");
    const QStringList sources{kit, QStringLiteral(SHMPIX_SOURCE "/tests/interop/peers/CSharpKitFaults.cs")};
    QCOMPARE(compileCSharp(m_program, sources), QByteArray());
    QCOMPARE(compileCSharp(m_checkedProgram, QStringList{QStringLiteral("-checked+")} + sources),
             QByteArray());
}

void tst_CSharpKitFaults::Z16_badArgumentsEndInASentence()
{
    for (const QString& program : {m_program, m_checkedProgram}) {
        KitPeer peer(QStringLiteral("mono"), {program});
        peer.writeLine(QStringLiteral("bad"));
        QCOMPARE(peer.readLine(60000), ok);
    }
}

void tst_CSharpKitFaults::Z16_damagedSegmentsEndInASentence_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("layout");
    const QDir golden(QStringLiteral(SHMPIX_SOURCE "/tests/data/golden"));
    for (const char* name : {"bmp", "bmp-palette", "bmp-alpha", "rawsize", "rawsize-wide", "pixels"}) {
        const QString file = golden.filePath(QStringLiteral("0.1.0/") + QLatin1String(name));
        const QString layout = QString::fromUtf8(bytesOfFile(file + QLatin1String(".layout"))).trimmed();
        QTest::newRow(name) << file + QLatin1String(".bin") << layout;
    }
    for (const char* name : {"open", "features", "later-minor"}) {
        QTest::addRow("live %s", name)
            << golden.filePath(QStringLiteral("live-1.0/%1.bin").arg(QLatin1String(name))) << QString();
    }
}

void tst_CSharpKitFaults::Z16_damagedSegmentsEndInASentence()
{
    QFETCH(QString, file);
    QFETCH(QString, layout);
    const bool isLive = layout.isNull() && file.contains(QLatin1String("live"));
    for (const QString& program : {m_program, m_checkedProgram}) {
        KitPeer peer(QStringLiteral("mono"), {program});
        peer.writeLine(QStringList{QStringLiteral("damage"), file, layout, QStringLiteral("20261127"),
                                   isLive ? QStringLiteral("20") : QStringLiteral("200")}
                           .join(QLatin1Char('\t')));
        QCOMPARE(peer.readLine(60000), ok);
    }
}

QTEST_GUILESS_MAIN(tst_CSharpKitFaults)
#include "tst_csharpkitfaults.moc"
