#include "common/doctor/keydoctor.h"
#include "tests/doctor/pastedprograms.h"
#include "tests/support/pictures.h"
#include "tests/support/programs.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"

#include <QDir>
#include <QTest>

using namespace shmpix;
using namespace shmpix::test;

namespace {

QString text(const char* utf8)
{
    return QString::fromUtf8(utf8);
}

struct KeyKind
{
    const char* title;
    QString key;
    bool everyProtocol; ///< otherwise only some, because only the name matters
};

std::vector<KeyKind> keyKinds()
{
    const QString file = text("file:") + temporaryFolder() + QLatin1Char('/');
    const QString systemv = text("systemv:") + temporaryFolder() + QLatin1Char('/');
    return {{"plain", uniqueName(), true},
            {"file", file + uniqueName(), true},
            {"qt", text("qt:") + uniqueName(), true},
            {"systemv", systemv + uniqueName(), true},
            {"F4_letters", text("图片\U0001F600") + uniqueName(), false},
            {"F5_posix", text("posix:/F5_ \"'\\\n\t\u202e?\?/%d{0}@NAME@%25") + uniqueName(), false},
            {"F5_file", file + text("F5_ \"'\\\n\u2028%d{0}@KEY@%25") + uniqueName(), false},
            {"F5_qt", text("qt:F5_ \"'\\\n/图%d{0}%25") + uniqueName(), false},
            {"F5_qt NUL", text("qt:F5_%00") + uniqueName(), false}};
}

/// One program and the segment under a key.
struct Case
{
    KeyKind kind;
    QString wanted; ///< the requested protocol
    Snippet snippet;
    int number; ///< among the pasted programs
};

QString idOf(const KeyNames& names, Peer peer)
{
    return names.names.at(static_cast<std::size_t>(peer)).id;
}

/// Later versions of Qt compile the programs for earlier ones but treat the native key differently.
bool isForThisQt(Peer peer)
{
    constexpr bool hasTypedKeys = QT_VERSION >= QT_VERSION_CHECK(6, 6, 0);
    return !hasTypedKeys || peer != Peer::QtNativeKey;
}

/// Returns the protocol that both ends use.
QString spoken(const Case& one)
{
    return one.wanted.isEmpty() ? one.snippet.protocol : one.wanted;
}

/// C# shares and saves the file of a picture unchanged, or BMP files with its kit. All others take any file.
QString endingFor(const Case& one)
{
    if (one.snippet.peer != Peer::CSharp) {
        return text("png");
    }
    const QString protocol = one.snippet.protocol;
    return protocol == QLatin1String("png") || protocol == QLatin1String("datastream") ? text("png")
           : protocol == QLatin1String("jpeg")                                         ? text("jpg")
                                                                                       : text("bmp");
}

/// As small as possible, because each row writes and reads files of the picture.
QImage small(const QString& name)
{
    return name == QLatin1String("photo") ? photo(160, 107) : picture(name);
}

/// Whether the received picture matches the sent one, as exactly as the protocol and the pictures of the
/// program allow.
QString isSame(const QImage& come, const QImage& sent, const QString& protocol)
{
    const bool isDeep = sent.pixelFormat().bitsPerPixel() > 32 || sent.format() == QImage::Format_Grayscale16;
    const bool isSame = protocol == QLatin1String("jpeg") ? largestDifference(come, sent) <= 60
                        : isDeep                          ? largestDifference(come, sent) <= 1
                                                          : samePixels(come, sent);
    return isSame ? QString() : difference(come, sent);
}

} // namespace

/// Runs all code that the key doctor offers with the segments that the programs really share and load.
class TestSnippets : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void Z2_whatIsOfferedForWhat_data();
    void Z2_whatIsOfferedForWhat();
    void Z2_whereThereIsNoCodeAnotherFormHasSome();
    void Z2_whatIsSharedIsReadByEachProgram_data() { addCases(Snippet::Role::Read); }
    void Z2_whatIsSharedIsReadByEachProgram();
    void Z2_aStreamIsReadByEachProgram_data();
    void Z2_aStreamIsReadByEachProgram();
    void Z2_whatEachProgramSharesIsLoaded_data() { addCases(Snippet::Role::Share); }
    void Z2_whatEachProgramSharesIsLoaded();

private:
    void addCases(Snippet::Role role) const;
    void collect(const KeyKind& kind, const QString& wanted);
    void read(const Case& one, HeadlessSender& sender, const QString& picture);

    std::vector<Case> m_cases;
    PastedPrograms m_programs;
};

void TestSnippets::initTestCase()
{
    for (const KeyKind& kind : keyKinds()) {
        if (kind.everyProtocol) {
            collect(kind, {});
        }
        for (const ProtocolId protocol : allProtocols()) {
            if (kind.everyProtocol || protocol == ProtocolId::Png || protocol == ProtocolId::Live) {
                collect(kind, protocolName(protocol));
            }
        }
    }
    const QByteArray failure = m_programs.make(newFolder());
    QVERIFY2(failure.isEmpty(), failure.constData());
    for (const char* name : {"photo", "alpha", "rgba16"}) {
        const QString file = temporaryFolder() + QLatin1Char('/') + text(name);
        QVERIFY(small(text(name)).save(file + text(".png")));
        QVERIFY(small(text(name)).save(file + text(".bmp")));
        QVERIFY(small(text(name)).save(file + text(".jpg"), nullptr, 100));
    }
}

void TestSnippets::collect(const KeyKind& kind, const QString& wanted)
{
    for (const Snippet& snippet : snippets(keyNames(kind.key), {wanted, {}})) {
        if (!snippet.code.isEmpty() && isForThisQt(snippet.peer)) {
            m_cases.push_back({kind, wanted, snippet, m_programs.add(snippet)});
        }
    }
}

void TestSnippets::Z2_whatIsOfferedForWhat_data()
{
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("peer");
    QTest::addColumn<QString>("itself"); ///< protocols
    QTest::addColumn<QString>("byKit");
    const auto add = [](const char* key, const char* peer, const char* itself, const char* byKit) {
        QTest::addRow("%s %s", key, peer) << text(key) << text(peer) << text(itself) << text(byKit);
    };
    const char* const files = "datastream rawsize bmp png jpeg";
    add("k", "qt-posix", files, "");
    add("k", "python", files, "live npy");
    add("k", "numpy", "rawsize npy", "live datastream bmp png jpeg");
    add("k", "opencv", files, "live npy");
    add("k", "csharp", "datastream bmp png jpeg", "live rawsize");
    add("k", "qt-key", "", "");
    add("k", "python-windows", "", "");
    add("file:/k", "python", files, "live npy");
    add("qt:k", "qt-key", files, "");
    add("qt:k", "qt-native-key", files, "");
    add("qt:k", "qt-systemv", "", ""); // it would remove the key file as well
    add("systemv:/k", "qt-systemv", files, "");
    add("qt:k", "qt-posix", "", "");
    add("qt:k", "python", "", "datastream rawsize bmp png jpeg npy");
    add("qt:a/b", "numpy", "", "datastream rawsize bmp png jpeg npy");
    add("qt:a%00b", "opencv", "", "");
    add("qt:k", "csharp", "", "");
}

void TestSnippets::Z2_whatIsOfferedForWhat()
{
    QFETCH(QString, key);
    QFETCH(QString, peer);
    QFETCH(QString, itself);
    QFETCH(QString, byKit);
    const KeyNames names = keyNames(key);
    for (const Snippet::Role role : {Snippet::Role::Share, Snippet::Role::Read}) {
        QStringList found;
        QStringList foundByKit;
        for (const ProtocolId protocol : allProtocols()) {
            for (const Snippet& snippet : snippets(names, {protocolName(protocol), {}})) {
                if (idOf(names, snippet.peer) == peer && snippet.role == role && !snippet.code.isEmpty()) {
                    (snippet.kit.isEmpty() ? found : foundByKit).append(protocolName(protocol));
                }
            }
        }
        QCOMPARE(found.join(QLatin1Char(' ')), itself);
        QCOMPARE(foundByKit.join(QLatin1Char(' ')), byKit);
    }
}

void TestSnippets::Z2_whereThereIsNoCodeAnotherFormHasSome()
{
    int without = 0;
    for (const KeyKind& kind : keyKinds()) {
        for (const ProtocolId protocol : allProtocols()) {
            for (const Snippet& snippet : snippets(keyNames(kind.key), {protocolName(protocol), {}})) {
                QCOMPARE(snippet.instead.has_value(), snippet.code.isEmpty());
                if (snippet.instead) {
                    ++without;
                    const auto others =
                        snippets(keyNames(snippet.instead->key), {snippet.instead->protocol, {}});
                    QVERIFY2(std::any_of(others.begin(), others.end(),
                                         [&snippet](const Snippet& other) {
                                             return other.peer == snippet.peer &&
                                                    other.role == snippet.role && !other.code.isEmpty();
                                         }),
                             qPrintable(kind.key + snippet.note));
                    QVERIFY(!snippet.note.isEmpty());
                }
            }
        }
    }
    QVERIFY(without > 0);
}

void TestSnippets::addCases(Snippet::Role role) const
{
    QTest::addColumn<int>("index");
    QTest::addColumn<QString>("picture");
    for (std::size_t i = 0; i < m_cases.size(); ++i) {
        const Case& one = m_cases[i];
        if (one.snippet.role != role) {
            continue;
        }
        QStringList pictures = {text("photo")};
        const bool mayBeAny = QStringList{text("live"), text("png"), text("npy")}.contains(one.wanted);
        if (role == Snippet::Role::Read && mayBeAny && one.kind.key == m_cases.front().kind.key) {
            pictures += {text("alpha"), text("rgba16")};
        }
        for (const QString& picture : pictures) {
            QTest::addRow("%s %s %s %s", qPrintable(idOf(keyNames(one.kind.key), one.snippet.peer)),
                          one.wanted.isEmpty() ? "any" : qPrintable(one.wanted), one.kind.title,
                          qPrintable(picture))
                << int(i) << picture;
        }
    }
}

void TestSnippets::read(const Case& one, HeadlessSender& sender, const QString& picture)
{
    QVERIFY2(!sender.waitForLine(text("shared ")).isNull(), qPrintable(sender.standardError()));
    const QString saved = temporaryFolder() + text("/saved.") + endingFor(one);
    QFile::remove(saved);
    PastedPrograms::Run run = m_programs.start(one.number, {saved});
    if (const int status = run.exitCode(); status != 0) {
        m_programs.reset();
        QFAIL(qPrintable(text("exit %1: ").arg(status) + run.standardError() + one.snippet.code));
    }
    const QString wrong = isSame(QImage(saved), small(picture), spoken(one));
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong + QLatin1Char('\n') + one.snippet.code));
    QVERIFY(examineKey(one.kind.key, {}).isThere); // the program has not removed it
}

void TestSnippets::Z2_whatIsSharedIsReadByEachProgram()
{
    QFETCH(int, index);
    QFETCH(QString, picture);
    const Case& one = m_cases.at(static_cast<std::size_t>(index));
    HeadlessSender sender({text("--key"), one.kind.key, text("--protocol"), spoken(one),
                           temporaryFolder() + QLatin1Char('/') + picture + text(".png")});
    read(one, sender, picture);
}

void TestSnippets::Z2_aStreamIsReadByEachProgram_data()
{
    QTest::addColumn<int>("index");
    for (std::size_t i = 0; i < m_cases.size(); ++i) {
        const Case& one = m_cases[i];
        if (one.snippet.role == Snippet::Role::Read && one.wanted == protocolName(ProtocolId::Live)) {
            QTest::addRow("%s %s", qPrintable(idOf(keyNames(one.kind.key), one.snippet.peer)), one.kind.title)
                << int(i);
        }
    }
}

/// Streams identical pictures.
void TestSnippets::Z2_aStreamIsReadByEachProgram()
{
    QFETCH(int, index);
    const Case& one = m_cases.at(static_cast<std::size_t>(index));
    const QString folder = newFolder();
    for (const char* name : {"/1.png", "/2.png"}) {
        QVERIFY(small(text("photo")).save(folder + text(name)));
    }
    HeadlessSender sender({text("--key"), one.kind.key, text("--loop"), text("--fps"), text("50"), folder});
    read(one, sender, text("photo"));
}

void TestSnippets::Z2_whatEachProgramSharesIsLoaded()
{
    QFETCH(int, index);
    QFETCH(QString, picture);
    const Case& one = m_cases.at(static_cast<std::size_t>(index));
    const QString file = temporaryFolder() + QLatin1Char('/') + picture + QLatin1Char('.') + endingFor(one);
    PastedPrograms::Run run = m_programs.start(one.number, {file});
    if (run.waitForLine(text("shared ")).isNull()) {
        m_programs.reset();
        QFAIL(qPrintable(run.standardError() + one.snippet.code));
    }
    const QString saved = temporaryFolder() + text("/saved.png");
    const QStringList protocol =
        one.wanted.isEmpty() ? QStringList() : QStringList{text("--protocol"), one.wanted};
    const Finished loaded =
        runReceiver(QStringList{text("--key"), one.kind.key, text("--save"), saved} + protocol);
    run.pressEnter();
    const int status = run.exitCode();
    if (status != 0) {
        m_programs.reset();
    }
    QVERIFY2(loaded.exitCode == 0, (loaded.err + one.snippet.code.toUtf8()).constData());
    const QString wrong = isSame(QImage(saved), QImage(file), spoken(one));
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong + QLatin1Char('\n') + one.snippet.code));
    QVERIFY2(status == 0, qPrintable(run.standardError()));
    QVERIFY(!examineKey(one.kind.key, {}).isThere);
}

int tst_snippets(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestSnippets>(argc, argv);
}

#include "tst_snippets.moc"
