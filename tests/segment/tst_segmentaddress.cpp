#include "tests/support/expect.h"
#include "tests/support/runtest.h"

using namespace shmpix;
using namespace shmpix::test;

class TestSegmentAddress : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyTextFormIsParsedAndPrinted_data();
    void everyTextFormIsParsedAndPrinted();
    void aTextThatNamesNothingIsRefusedInWords_data();
    void aTextThatNamesNothingIsRefusedInWords();
    void aNameWithPercentAndWithoutSchemeIsVerbatim();
    void aWindowsAddressIsRefusedInWordsElsewhere();
};

using Scheme = SegmentAddress::Scheme;

namespace {

QString chinese(qsizetype characters)
{
    return QString(characters, QChar(0x56fe)); // 图, three bytes in UTF-8
}

} // namespace

void TestSegmentAddress::everyTextFormIsParsedAndPrinted_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("scheme");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("printed");
    const auto row = [](const char* title, const QString& text, Scheme scheme, const QString& name,
                        const QString& printed) {
        QTest::newRow(title) << text << static_cast<int>(scheme) << name << printed;
    };
    const auto same = [&row](const char* text, Scheme scheme, const char* name) {
        row(text, QLatin1String(text), scheme, QLatin1String(name), QLatin1String(text));
    };
    const QString posix = QStringLiteral("posix:/");
    same("posix:/shmpix", Scheme::Posix, "shmpix");
    same("windows:my_share_mem", Scheme::Windows, "my_share_mem");
    same("systemv:/tmp/key", Scheme::SystemV, "/tmp/key");
    same("qt:169254", Scheme::Qt, "169254");
    same("qt:a/b", Scheme::Qt, "a/b");
    same("file:/dev/shm/test1", Scheme::File, "/dev/shm/test1");
    same("file:/tmp/a b", Scheme::File, "/tmp/a b");
    same("posix:/a%25b", Scheme::Posix, "a%b");
    same("qt:100%25", Scheme::Qt, "100%");
    same("file:/tmp/%2500", Scheme::File, "/tmp/%00");
    row("plain name", QStringLiteral("shmpix"), Scheme::Posix, QStringLiteral("shmpix"),
        posix + QLatin1String("shmpix"));
    row("plain name, leading slash", QStringLiteral("/shmpix"), Scheme::Posix, QStringLiteral("shmpix"),
        posix + QLatin1String("shmpix"));
    row("posix: without slash", QStringLiteral("posix:shmpix"), Scheme::Posix, QStringLiteral("shmpix"),
        posix + QLatin1String("shmpix"));
    row("unknown scheme is a name", QStringLiteral("shm:x"), Scheme::Posix, QStringLiteral("shm:x"),
        posix + QLatin1String("shm:x"));
    row("path is cleaned", QStringLiteral("file:/tmp/../dev//shm/x"), Scheme::File,
        QStringLiteral("/dev/shm/x"), QStringLiteral("file:/dev/shm/x"));
    const QString longest(255, QLatin1Char('k'));
    row("255 bytes", longest, Scheme::Posix, longest, posix + longest);
    row("Chinese, 255 bytes", chinese(85), Scheme::Posix, chinese(85), posix + chinese(85));
    row("Chinese Qt key", QStringLiteral("qt:") + chinese(3), Scheme::Qt, chinese(3),
        QStringLiteral("qt:") + chinese(3));
    row("Qt key of 300 bytes", QStringLiteral("qt:") + QString(300, QLatin1Char('k')), Scheme::Qt,
        QString(300, QLatin1Char('k')), QStringLiteral("qt:") + QString(300, QLatin1Char('k')));
}

void TestSegmentAddress::everyTextFormIsParsedAndPrinted()
{
    QFETCH(QString, text);
    QFETCH(int, scheme);
    QFETCH(QString, name);
    QFETCH(QString, printed);
    const auto address = SegmentAddress::parse(text);
    EXPECT_SUCCESS(address);
    QCOMPARE(static_cast<int>(address->scheme()), scheme);
    QCOMPARE(address->name(), name);
    QCOMPARE(address->toString(), printed);
    const auto again = SegmentAddress::parse(printed);
    EXPECT_SUCCESS(again);
    QVERIFY2(*again == *address, qPrintable(again->toString()));
}

void TestSegmentAddress::aTextThatNamesNothingIsRefusedInWords_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("words");
    const auto row = [](const char* title, const QString& text, const char* words) {
        QTest::newRow(title) << text << QString::fromUtf8(words);
    };
    row("empty", QString(), "empty");
    row("scheme only", QStringLiteral("posix:"), "empty");
    row("slash only", QStringLiteral("/"), "cannot be a key");
    row("dot", QStringLiteral("."), "cannot be a key");
    row("two dots", QStringLiteral(".."), "cannot be a key");
    row("posix:/..", QStringLiteral("posix:/.."), "cannot be a key");
    row("inner slash", QStringLiteral("a/b"), "slash");
    row("two leading slashes", QStringLiteral("//a"), "slash");
    row("NUL", QStringLiteral("a") + QChar(0) + QStringLiteral("b"), "NUL");
    row("NUL, escaped", QStringLiteral("posix:/a%00b"), "NUL");
    row("NUL in a Qt key", QStringLiteral("qt:a%00b"), "NUL");
    row("256 bytes", QString(256, QLatin1Char('k')), "256 bytes");
    row("300 bytes", QString(300, QLatin1Char('k')), "300 bytes");
    row("Chinese, 258 bytes", chinese(86), "258 bytes");
    row("relative file", QStringLiteral("file:picture"), "full path");
    row("file is a folder", QStringLiteral("file:/tmp/"), "full path");
    row("file is the root folder", QStringLiteral("file:/tmp/.."), "full path");
    row("file is a resource of Qt", QStringLiteral("file::/picture"), "full path");
    row("relative key file", QStringLiteral("systemv:key"), "full path");
}

void TestSegmentAddress::aTextThatNamesNothingIsRefusedInWords()
{
    QFETCH(QString, text);
    QFETCH(QString, words);
    const auto address = SegmentAddress::parse(text);
    EXPECT_FAILURE(address, ErrorCode::Usage);
    EXPECT_CONTAINS(address.error().text, words);
}

void TestSegmentAddress::aNameWithPercentAndWithoutSchemeIsVerbatim()
{
    const auto address = SegmentAddress::parse(QStringLiteral("a%25b%00"));
    EXPECT_SUCCESS(address);
    QCOMPARE(address->name(), QStringLiteral("a%25b%00"));
    QCOMPARE(address->toString(), QStringLiteral("posix:/a%2525b%2500"));
    const auto again = SegmentAddress::parse(address->toString());
    EXPECT_SUCCESS(again);
    QCOMPARE(again->name(), address->name());
}

void TestSegmentAddress::aWindowsAddressIsRefusedInWordsElsewhere()
{
    const SegmentAddress address = parsed(QStringLiteral("windows:shmpix"));
    const auto source = openSegment(address);
    EXPECT_FAILURE(source, ErrorCode::Usage);
    EXPECT_CONTAINS(source.error().text, QStringLiteral("windows:shmpix"));
    const auto writer = makeSegmentWriter(address);
    EXPECT_FAILURE(writer, ErrorCode::Usage);
    EXPECT_CONTAINS(writer.error().text, QStringLiteral("windows:shmpix"));
}

int tst_segmentaddress(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestSegmentAddress>(argc, argv);
}

#include "tst_segmentaddress.moc"
