#include "common/protocol/protocolid.h"
#include "tests/support/runtest.h"

#include <QSet>
#include <QtTest>

using shmpix::allProtocols;
using shmpix::parseProtocol;
using shmpix::ProtocolId;

class TestProtocolId : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nameLeadsBackToTheProtocol_data();
    void nameLeadsBackToTheProtocol();
    void otherNamesAreRefusedInWords_data();
    void otherNamesAreRefusedInWords();
    void titlesAreDifferent();
};

void TestProtocolId::nameLeadsBackToTheProtocol_data()
{
    QTest::addColumn<ProtocolId>("id");
    QTest::addColumn<QString>("name");

    QTest::newRow("live") << ProtocolId::Live << QStringLiteral("live");
    QTest::newRow("datastream") << ProtocolId::Datastream << QStringLiteral("datastream");
    QTest::newRow("rawsize") << ProtocolId::Rawsize << QStringLiteral("rawsize");
    QTest::newRow("bmp") << ProtocolId::Bmp << QStringLiteral("bmp");
    QTest::newRow("png") << ProtocolId::Png << QStringLiteral("png");
    QTest::newRow("jpeg") << ProtocolId::Jpeg << QStringLiteral("jpeg");
}

void TestProtocolId::nameLeadsBackToTheProtocol()
{
    QFETCH(ProtocolId, id);
    QFETCH(QString, name);
    QCOMPARE(shmpix::protocolName(id), name);
    const auto parsed = parseProtocol(name);
    QVERIFY2(parsed.has_value(), qPrintable(parsed ? QString() : parsed.error().text));
    QCOMPARE(*parsed, id);
}

void TestProtocolId::otherNamesAreRefusedInWords_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("word");

    QTest::newRow("unknown") << QStringLiteral("tiff") << QStringLiteral("“tiff”");
    QTest::newRow("empty") << QString() << QStringLiteral("“”");
    QTest::newRow("upper case") << QStringLiteral("PNG") << QStringLiteral("“PNG”");
    QTest::newRow("a percent sign") << QStringLiteral("%2") << QStringLiteral("“%2”");
}

void TestProtocolId::otherNamesAreRefusedInWords()
{
    QFETCH(QString, name);
    QFETCH(QString, word);
    const auto parsed = parseProtocol(name);
    QVERIFY(!parsed);
    QCOMPARE(parsed.error().code, shmpix::ErrorCode::Usage);
    QVERIFY2(parsed.error().text.contains(word), qPrintable(parsed.error().text));
    QVERIFY2(parsed.error().text.contains(
                 QStringLiteral("live, datastream, rawsize, bmp, png, jpeg, pixels, npy")),
             qPrintable(parsed.error().text));
}

void TestProtocolId::titlesAreDifferent()
{
    QSet<QString> titles;
    for (ProtocolId id : allProtocols()) {
        QVERIFY2(!shmpix::protocolReaders(id).isEmpty(), qPrintable(shmpix::protocolName(id)));
        titles.insert(shmpix::protocolTitle(id));
    }
    QCOMPARE(titles.size(), qsizetype(allProtocols().size()));
    QVERIFY(!titles.contains(QString()));
}

int tst_protocolid(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestProtocolId>(argc, argv);
}

#include "tst_protocolid.moc"
