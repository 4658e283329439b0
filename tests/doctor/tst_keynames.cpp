#include "common/doctor/keynames.h"
#include "common/doctor/stringliteral.h"
#include "tests/support/runtest.h"

#include <QDir>
#include <QTest>

using namespace shmpix;

namespace {

const PeerName& row(const KeyNames& names, const QString& id)
{
    for (const PeerName& name : names.names) {
        if (name.id == id) {
            return name;
        }
    }
    qFatal("no peer %s", qPrintable(id));
}

QString reachText(Reach reach)
{
    return reach == Reach::Same    ? QStringLiteral("same")
           : reach == Reach::Other ? QStringLiteral("other")
                                   : QStringLiteral("nothing");
}

QString text(const char* utf8)
{
    return QString::fromUtf8(utf8);
}

} // namespace

/// The names of a key in each kind of program, and the programs that cannot use the key.
class TestKeyNames : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aKeyHasAnExactNameInEachProgram_data();
    void aKeyHasAnExactNameInEachProgram();
    void whereANameCannotBeUsedItSaysWhyAndWhatToDo_data();
    void whereANameCannotBeUsedItSaysWhyAndWhatToDo();
    void anyTextGivesARowForEachProgram_data();
    void anyTextGivesARowForEachProgram();
    void F6_otherMemoryOfTheSameNameIsToldApart();
    void F7_windowsIgnoresCaseAndHasSessions();
    void aPortableNameIsShortAsciiAndItsOwn_data();
    void aPortableNameIsShortAsciiAndItsOwn();
    void namesThatDifferHaveDifferentPortableNames();
    void F5_namesAreQuotedForTheLanguage_data();
    void F5_namesAreQuotedForTheLanguage();
};

void TestKeyNames::aKeyHasAnExactNameInEachProgram_data()
{
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("peer");
    QTest::addColumn<QString>("reach");
    QTest::addColumn<QString>("code");
    const auto add = [](const char* key, const char* peer, const char* reach, const QString& code) {
        QTest::addRow("%s in %s", key, peer) << text(key) << text(peer) << text(reach) << code;
    };
    const QString tmp = QDir::tempPath();
    const char* hashed = "qipc_sharedmemory_mysharememd09b13b3f933b7e388bc16ae457e89256f757d97";
    add("my_share_mem", "qt-key", "other", text("QSharedMemory memory(\"my_share_mem\");"));
    add("qt:my_share_mem", "qt-key", "same", text("QSharedMemory memory(\"my_share_mem\");"));
    add("qt:my_share_mem", "qt-native-key", "same",
        QStringLiteral("memory.setNativeKey(\"%1/%2\");").arg(tmp, text(hashed)));
    add("qt:my_share_mem", "qt-systemv", "same",
        QStringLiteral("QNativeIpcKey(\"%1/%2\", QNativeIpcKey::Type::SystemV)").arg(tmp, text(hashed)));
    add("qt:my_share_mem", "python", "other", text("SharedMemory(name=\"my_share_mem\")"));
    add("a", "qt-native-key", "other", QStringLiteral("memory.setNativeKey(\"%1/a\");").arg(tmp));
    add("a", "qt-posix", "same", text("QNativeIpcKey(\"/a\", QNativeIpcKey::Type::PosixRealtime)"));
    add("posix:/a", "qt-posix", "same", text("QNativeIpcKey(\"/a\", QNativeIpcKey::Type::PosixRealtime)"));
    add("/a", "python", "same", text("SharedMemory(name=\"a\")"));
    add("a", "python", "same", text("SharedMemory(name=\"a\")"));
    add("a", "python-windows", "same", text("SharedMemory(name=\"a\")"));
    add("windows:a", "python-windows", "same", text("SharedMemory(name=\"a\")"));
    add("a", "qt-windows", "same", text("QNativeIpcKey(\"a\", QNativeIpcKey::Type::Windows)"));
    add("a", "numpy", "same", text("np.memmap(\"/dev/shm/a\", mode=\"r\")"));
    add("a", "opencv", "same", text("np.fromfile(\"/dev/shm/a\", np.uint8)"));
    add("a", "csharp", "same", text("MemoryMappedFile.CreateFromFile(\"/dev/shm/a\", FileMode.Open)"));
    add("a", "csharp-windows", "same", text("MemoryMappedFile.OpenExisting(\"a\")"));
    add("file:/data/a", "numpy", "same", text("np.memmap(\"/data/a\", mode=\"r\")"));
    add("file:/data/a", "python", "same", text("open(\"/data/a\", \"rb\").read()"));
    add("file:/data/a", "qt-posix", "other",
        text("QNativeIpcKey(\"/a\", QNativeIpcKey::Type::PosixRealtime)"));
    add("file:/dev/shm/a", "python", "same", text("SharedMemory(name=\"a\")"));
    add("file:/dev/shm/a", "numpy", "same", text("np.memmap(\"/dev/shm/a\", mode=\"r\")"));
    add("systemv:/data/a", "qt-native-key", "same", text("memory.setNativeKey(\"/data/a\");"));
    add("systemv:/data/a", "qt-systemv", "same",
        text("QNativeIpcKey(\"/data/a\", QNativeIpcKey::Type::SystemV)"));
    add("systemv:/data/a", "csharp", "other",
        text("MemoryMappedFile.CreateFromFile(\"/dev/shm/a\", FileMode.Open)"));
    add("qt:a%25b", "qt-key", "same", text("QSharedMemory memory(\"a%b\");"));
}

void TestKeyNames::aKeyHasAnExactNameInEachProgram()
{
    QFETCH(QString, key);
    QFETCH(QString, peer);
    QFETCH(QString, reach);
    QFETCH(QString, code);
    const KeyNames names = keyNames(key);
    QCOMPARE(row(names, peer).code, code);
    QCOMPARE(reachText(row(names, peer).reach), reach);
    QCOMPARE(names.proposal, QString());
}

void TestKeyNames::whereANameCannotBeUsedItSaysWhyAndWhatToDo_data()
{
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("peer");
    QTest::addColumn<bool>("hasName");
    QTest::addColumn<QString>("says");
    const auto add = [](const char* row, const QString& key, const char* peer, bool hasName,
                        const char* says) {
        QTest::newRow(row) << key << text(peer) << hasName << text(says);
    };
    const QString nul = QStringLiteral("a") + QChar(0) + QLatin1Char('b');
    add("F1_empty", QString(), "python", false, "key is empty");
    add("F1_slash inside", text("a/b"), "python", false, "slash");
    add("F1_slash inside, C#", text("a/b"), "csharp", false, "a-b-3ec69c85 is a name that works everywhere");
    add("F1_slash inside is fine in a Qt key", text("a/b"), "qt-key", true, "key file");
    add("F1_dots", text(".."), "numpy", false, "cannot be a key");
    add("F2_NUL, Python", nul, "python", false, "cuts a name at a NUL");
    add("F2_NUL, Qt", nul, "qt-key", false, "NUL");
    add("F3_256 bytes", QString(256, QLatin1Char('k')), "python", false, "256 bytes long");
    add("F3_256 bytes in letters of two", QString(128, QChar(0xe4)), "csharp", false, "256 bytes long");
    add("F3_255 bytes, macOS", QString(255, QLatin1Char('k')), "python", true,
        "On macOS, a name with its slash is limited to 31 bytes");
    add("F3_256 bytes in a Qt key", QString(256, QLatin1Char('k')), "qt-key", true, "key file");
    add("F3_31 bytes, Qt on macOS", QString(30, QLatin1Char('k')), "qt-posix", true,
        "Qt cuts a name after 30");
    add("F4_Chinese, Python", text("图片"), "python", true, "before 3.13 cannot open");
    add("F4_emoji, Python", text("🙂"), "python", true, "before 3.13 cannot open");
    add("F4_alias", text("图片"), "python", true, "Use shmpix-");
    add("map name on Linux", text("a"), "csharp", true, "Mono keeps the map private");
    add("prefix of platformSafeKey", text("a"), "qt-windows", true, "gives shm_a");
    add("native key", text("a"), "qt-native-key", true, "Write the full path");
    add("backslash", text("a\\b"), "csharp-windows", false, "a backslash");
    add("Global", text("Global\\a"), "csharp-windows", true, "Create global objects");
    add("temporary folder", text("qt:a"), "qt-key", true, "same folder for temporary files");
}

void TestKeyNames::whereANameCannotBeUsedItSaysWhyAndWhatToDo()
{
    QFETCH(QString, key);
    QFETCH(QString, peer);
    QFETCH(bool, hasName);
    QFETCH(QString, says);
    const PeerName found = row(keyNames(key), peer);
    QCOMPARE(!found.name.isEmpty(), hasName);
    QVERIFY2(found.note.contains(says), qPrintable(found.note));
    QVERIFY2(found.note.endsWith(QLatin1Char('.')), qPrintable(found.note));
}

void TestKeyNames::anyTextGivesARowForEachProgram_data()
{
    QTest::addColumn<QString>("key");
    const QStringList keys = {QString(),
                              text("/"),
                              text("//"),
                              text("."),
                              text("qt:"),
                              text("file:"),
                              text("file:relative"),
                              text("systemv:/"),
                              text("/tmp/a/b"),
                              text("posix:%00"),
                              text("windows:a"),
                              text("-rf"),
                              text("a b\n*\"'"),
                              QString(70000, QLatin1Char('x')),
                              QString(QChar(0xd800)),
                              text("http://a/b")};
    for (qsizetype i = 0; i < keys.size(); ++i) {
        QTest::addRow("%d", int(i)) << keys[i];
    }
}

void TestKeyNames::anyTextGivesARowForEachProgram()
{
    QFETCH(QString, key);
    const KeyNames names = keyNames(key);
    QCOMPARE(names.names.size(), std::size_t{11});
    QCOMPARE(names.address.has_value(), names.problem.isEmpty());
    for (std::size_t i = 0; i < names.names.size(); ++i) {
        const PeerName& name = names.names[i];
        QCOMPARE(std::size_t(name.peer), i);
        QCOMPARE(name.name.isEmpty(), name.reach == Reach::Nothing);
        QCOMPARE(name.code.isEmpty(), name.name.isEmpty());
        QCOMPARE(name.address.has_value(), !name.name.isEmpty());
        QVERIFY2(!name.name.isEmpty() || name.note.endsWith(QLatin1Char('.')), qPrintable(name.id));
    }
}

void TestKeyNames::F6_otherMemoryOfTheSameNameIsToldApart()
{
    const PeerName found = row(keyNames(text("frame")), text("qt-key"));
    QCOMPARE(found.address->toString(), text("qt:frame"));
    QVERIFY2(
        found.note.contains(text("different memory than posix:/frame. To share it, use the key qt:frame")),
        qPrintable(found.note));
    QVERIFY(!row(keyNames(text("qt:frame")), text("qt-key")).note.contains(text("different memory")));
}

void TestKeyNames::F7_windowsIgnoresCaseAndHasSessions()
{
    const QString note = row(keyNames(text("Frame")), text("python-windows")).note;
    QVERIFY2(note.contains(text("does not distinguish Frame from FRAME")), qPrintable(note));
    QVERIFY2(note.contains(text("Global\\Frame")), qPrintable(note));
    QVERIFY(row(keyNames(text("FRAME")), text("python-windows")).note.contains(text("FRAME from frame")));
    const QString local = row(keyNames(text("Local\\a")), text("csharp-windows")).note;
    QVERIFY2(local.contains(text("Global\\a")), qPrintable(local));
}

void TestKeyNames::aPortableNameIsShortAsciiAndItsOwn_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("start");
    QTest::newRow("fine") << text("my_share-mem.1") << text("my_share-mem.1");
    QTest::newRow("29 letters") << QString(29, QLatin1Char('k')) << QString(29, QLatin1Char('k'));
    QTest::newRow("30 letters") << QString(30, QLatin1Char('k'))
                                << QString(20, QLatin1Char('k')) + QLatin1Char('-');
    QTest::newRow("umlauts") << text("über") << text("uber-");
    QTest::newRow("Chinese") << text("图片") << text("shmpix-");
    QTest::newRow("blanks") << text("my picture") << text("my-picture-");
    QTest::newRow("hidden") << text(".a") << text("a-");
    QTest::newRow("option") << text("--a") << text("a-");
    QTest::newRow("nothing left") << text("/") << text("shmpix-");
}

void TestKeyNames::aPortableNameIsShortAsciiAndItsOwn()
{
    QFETCH(QString, name);
    QFETCH(QString, start);
    const QString portable = portableName(name);
    QVERIFY2(portable.startsWith(start), qPrintable(portable));
    QVERIFY2(portable.size() <= 29, qPrintable(portable));
    QCOMPARE(portableName(name), portable);
    QCOMPARE(portableName(portable), portable);
    QVERIFY(SegmentAddress::of(SegmentAddress::Scheme::Posix, portable).has_value());
}

void TestKeyNames::namesThatDifferHaveDifferentPortableNames()
{
    QVERIFY(portableName(text("图片")) != portableName(text("图像")));
    QVERIFY(portableName(QString(40, QLatin1Char('k'))) != portableName(QString(41, QLatin1Char('k'))));
    QVERIFY(portableName(text("a b")) != portableName(text("a  b")));
}

void TestKeyNames::F5_namesAreQuotedForTheLanguage_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("cpp");
    QTest::addColumn<QString>("script");
    QTest::newRow("quote") << text("a\"b") << text("\"a\\\"b\"") << text("\"a\\\"b\"");
    QTest::newRow("backslash") << text("a\\n") << text("\"a\\\\n\"") << text("\"a\\\\n\"");
    QTest::newRow("line break") << text("a\n1") << text("\"a\\0121\"") << text("\"a\\u000a1\"");
    QTest::newRow("bidi") << text("a\u202eb") << text("\"a\\342\\200\\256b\"") << text("\"a\\u202eb\"");
    QTest::newRow("Chinese") << text("图") << text("\"图\"") << text("\"图\"");
    QTest::newRow("emoji") << text("🙂") << text("\"🙂\"") << text("\"🙂\"");
    QTest::newRow("NUL") << text("a") + QChar(0) + QLatin1Char('7')
                         << text("QString::fromUtf8(\"a\\0007\", 3)") << text("\"a\\u00007\"");
    QTest::newRow("NUL, and marks for arguments")
        << text("%1%2") + QChar(0) << text("QString::fromUtf8(\"%1%2\\000\", 5)") << text("\"%1%2\\u0000\"");
    QTest::newRow("NUL, and half a surrogate pair")
        << QString(QChar(0xd800)) + QChar(0) << text("QString::fromUtf8(\"\ufffd\\000\", 4)")
        << text("\"\ufffd\\u0000\"");
    QTest::newRow("no-break space of no width")
        << text("a\ufeffb") << text("\"a\\357\\273\\277b\"") << text("\"a\\ufeffb\"");
    QTest::newRow("tag") << QString::fromUcs4(U"\U000e0041") << text("\"\\363\\240\\201\\201\"")
                         << text("\"\\U000e0041\"");
}

void TestKeyNames::F5_namesAreQuotedForTheLanguage()
{
    QFETCH(QString, name);
    QFETCH(QString, cpp);
    QFETCH(QString, script);
    QCOMPARE(quoted(name, Literal::Cpp), cpp);
    QCOMPARE(quoted(name, Literal::PythonOrCSharp), script);
}

int tst_keynames(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestKeyNames>(argc, argv);
}

#include "tst_keynames.moc"
