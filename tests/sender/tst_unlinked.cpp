#include "common/app/defaults.h"

#include "tests/support/expect.h"
#include "tests/support/pictures.h"
#include "tests/support/programs.h"
#include "tests/support/runtest.h"
#include "tests/support/traces.h"
#include "tests/support/uniquekey.h"

#include <QFile>
#include <QTest>

using namespace shmpix;
using namespace shmpix::test;

namespace {

/// Attaches like Python programs that do not know about the resource tracker of the module.
constexpr const char* plainReader = R"(
import sys
from multiprocessing.shared_memory import SharedMemory
memory = SharedMemory(name=sys.argv[1])
print(len(memory.buf))
memory.close()
)";

QString fileOfKey(const QString& key)
{
    return QStringLiteral("/dev/shm/") + key;
}

} // namespace

/// How the built sender reacts if its segment loses its name.
class TestUnlinked : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup() { QCOMPARE(m_traces.takeFound(), QString()); }
    void B8_H1_pythonReaderTakesTheNameAlongAndTheSenderSharesAgain();
    void B8_senderToldToKeepSharesAgainToo();
    void B8_nameThatSomebodyElseTookIsLeftToThem();

private:
    [[nodiscard]] QStringList words() const { return {QStringLiteral("--key"), m_key, m_file}; }

    Traces m_traces;
    QString m_key;
    QString m_file;
    QImage m_picture;
};

void TestUnlinked::init()
{
    static_assert(presenceInterval < std::chrono::seconds(1));
    m_key = uniqueName();
    static_cast<void>(m_traces.watched(QStringLiteral("posix:/") + m_key));
    m_picture = photo(200, 150);
    m_file = temporaryFolder() + QStringLiteral("/picture.png");
    QVERIFY(m_picture.save(m_file));
}

void TestUnlinked::B8_H1_pythonReaderTakesTheNameAlongAndTheSenderSharesAgain()
{
    HeadlessSender sender(words());
    QVERIFY(!sender.waitForLine(QStringLiteral("shared ")).isNull());
    for (int round = 0; round < 3; ++round) {
        const Finished python =
            runToEnd(pythonWithNumpy(), {QStringLiteral("-c"), QString::fromLatin1(plainReader), m_key});
        QVERIFY2(python.exitCode == 0, python.err.constData());
        QVERIFY(!sender.waitForLine(QStringLiteral("shared again 200x150")).isNull());
        const QString saved = temporaryFolder() + QStringLiteral("/saved.png");
        const Finished loaded =
            runReceiver({QStringLiteral("--key"), m_key, QStringLiteral("--save"), saved});
        QVERIFY2(loaded.exitCode == 0, loaded.err.constData());
        QVERIFY2(samePixels(QImage(saved), m_picture), qPrintable(difference(QImage(saved), m_picture)));
    }
    sender.terminate();
    QCOMPARE(sender.exitCode(), 0);
    QVERIFY2(sender.standardError().contains(QStringLiteral("If a Python program has just ended")),
             qPrintable(sender.standardError()));
    QVERIFY(!QFile::exists(fileOfKey(m_key)));
}

void TestUnlinked::B8_senderToldToKeepSharesAgainToo()
{
    HeadlessSender sender(QStringList{QStringLiteral("--keep")} + words());
    QVERIFY(!sender.waitForLine(QStringLiteral("shared ")).isNull());
    QVERIFY(QFile::remove(fileOfKey(m_key)));
    QVERIFY(!sender.waitForLine(QStringLiteral("shared again")).isNull());
    sender.terminate();
    QCOMPARE(sender.exitCode(), 0);
    EXPECT_CONTAINS(m_traces.takeFound(), fileOfKey(m_key)); // kept
    QVERIFY(!sender.standardError().isEmpty());
}

void TestUnlinked::B8_nameThatSomebodyElseTookIsLeftToThem()
{
    HeadlessSender sender(words());
    QVERIFY(!sender.waitForLine(QStringLiteral("shared ")).isNull());
    const QString foreign = fileOfKey(m_key + QStringLiteral("-foreign"));
    QFile file(foreign);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("somebody else's") == 15);
    file.close();
    QCOMPARE(std::rename(qPrintable(foreign), qPrintable(fileOfKey(m_key))), 0);
    QTRY_VERIFY(sender.standardError().contains(QStringLiteral("Another program has replaced")));
    sender.terminate();
    QCOMPARE(sender.exitCode(), 0);
    QFile left(fileOfKey(m_key));
    QVERIFY(left.open(QIODevice::ReadOnly));
    QCOMPARE(left.readAll(), QByteArray("somebody else's"));
    QVERIFY(left.remove());
}

int tst_unlinked(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestUnlinked>(argc, argv);
}

#include "tst_unlinked.moc"
