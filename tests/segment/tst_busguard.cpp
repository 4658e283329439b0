#include "common/base/linux/filedescriptor.h"
#include "common/segment/posix/mappedregion.h"
#include "tests/support/peerprocess.h"
#include "tests/support/runtest.h"

#include <QCoreApplication>
#include <QFile>
#include <QtTest>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <thread>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

using namespace shmpix;
using namespace shmpix::test;

namespace {

constexpr std::size_t page = 4096;
constexpr std::size_t pages = 64;

/// A file without a name that anybody could cut.
class CuttableFile
{
public:
    explicit CuttableFile(std::size_t bytes = pages * page)
        : m_fd(::memfd_create("shmpix-test", MFD_CLOEXEC))
    {
        resize(bytes);
        const std::vector<char> ones(bytes, 1);
        m_isFilled = ::pwrite(m_fd.get(), ones.data(), bytes, 0) == ssize_t(bytes);
    }
    void resize(std::size_t bytes) const { m_isFilled &= ::ftruncate(m_fd.get(), off_t(bytes)) == 0; }
    [[nodiscard]] MappedRegion map(MappedRegion::Access access = MappedRegion::Access::Read) const
    {
        return MappedRegion(m_fd.get(), pages * page, access);
    }
    [[nodiscard]] bool isFilled() const { return m_isFilled; }
    [[nodiscard]] std::byte read(std::size_t place) const
    {
        std::byte byte = {};
        return ::pread(m_fd.get(), &byte, 1, off_t(place)) == 1 ? byte : std::byte{0xee};
    }

private:
    FileDescriptor m_fd;
    mutable bool m_isFilled = true;
};

std::byte touch(std::span<const std::byte> bytes, std::size_t place)
{
    return *static_cast<const volatile std::byte*>(bytes.data() + place);
}

void store(std::span<std::byte> bytes, std::size_t place, std::byte value)
{
    *static_cast<volatile std::byte*>(bytes.data() + place) = value;
}

/// The sum of every 64th byte.
std::size_t sumOf(std::span<const std::byte> bytes)
{
    std::size_t sum = 0;
    for (std::size_t i = 0; i < bytes.size(); i += 64) {
        sum += std::size_t(touch(bytes, i));
    }
    return sum;
}

qsizetype mappings()
{
    QFile file(QStringLiteral("/proc/self/maps"));
    return file.open(QIODevice::ReadOnly) ? file.readAll().count('\n') : -1;
}

/// The functions that run in a child process, which may be killed by the signal.
namespace child {

volatile std::sig_atomic_t handled = 0;

void leave(int, siginfo_t*, void*)
{
    ::_exit(7);
}

void leavePlainly(int)
{
    ::_exit(8);
}

void count(int)
{
    handled = handled + 1;
}

void useFull(void (*handler)(int, siginfo_t*, void*))
{
    struct sigaction action = {};
    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO;
    ::sigaction(SIGBUS, &action, nullptr);
}

/// Touches an empty mapping that nobody guards.
void touchForeign()
{
    const CuttableFile file;
    void* const address = ::mmap(nullptr, page, PROT_READ, MAP_SHARED, ::memfd_create("empty", 0), 0);
    static_cast<void>(touch({static_cast<const std::byte*>(address), page}, 0));
}

/// Whether a guarded mapping still is guarded.
bool isGuarded()
{
    const CuttableFile file;
    const MappedRegion map = file.map();
    file.resize(0);
    return touch(map.bytes(), 0) == std::byte{0} && map.isCut();
}

/// Returns 0 if everything is as it should be. The process must survive.
int run(const QByteArray& what)
{
    if (what == "foreign fault, handler") {
        useFull(leave);
    } else if (what == "foreign fault, plain handler") {
        ::signal(SIGBUS, leavePlainly);
    } else if (what == "foreign fault, handler that returns once") {
        struct sigaction action = {};
        action.sa_handler = count;
        action.sa_flags = SA_RESETHAND;
        ::sigaction(SIGBUS, &action, nullptr);
    } else if (what == "sent, handler") {
        ::signal(SIGBUS, count);
    } else if (what == "sent, ignored") {
        ::signal(SIGBUS, SIG_IGN);
    } else if (what.endsWith("default")) {
        ::signal(SIGBUS, SIG_DFL); // a sanitiser installs another handler
    }
    if (!isGuarded()) {
        return 3;
    }
    if (what.startsWith("foreign")) {
        touchForeign();
        return 4;
    }
    ::raise(SIGBUS);
    if (what == "sent, handler" && handled != 1) {
        return 5;
    }
    return isGuarded() ? 0 : 6;
}

} // namespace child

} // namespace

/// A process survives if somebody cuts a file that it has mapped, whatever its threads do with the mapping.
class TestBusGuard : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void B6_whatIsCutOffReadsAsZeros_data();
    void B6_whatIsCutOffReadsAsZeros();
    void B6_whatIsCutOffTakesStores();
    void B6_whatHasGrownAgainStaysCut();
    void B6_severalThreadsReadACutMapping();
    void B6_severalThreadsWriteACutMapping();
    void twoMappingsAreGuardedEachForItself();
    void movedMappingIsGuarded();
    void placeOfAGuardIsUsedAgain();
    void mappingsAreMadeAndDroppedInSeveralThreads();
    void otherSignalsGoToWhoHandledThemBefore_data();
    void otherSignalsGoToWhoHandledThemBefore();
};

void TestBusGuard::B6_whatIsCutOffReadsAsZeros_data()
{
    QTest::addColumn<std::size_t>("left");
    for (const std::size_t left : {std::size_t{0}, std::size_t{12}, page - 1, page, 5 * page + 100}) {
        QTest::addRow("cut to %zu bytes", left) << left;
    }
}

void TestBusGuard::B6_whatIsCutOffReadsAsZeros()
{
    QFETCH(std::size_t, left);
    const CuttableFile file;
    const MappedRegion map = file.map();
    QVERIFY(file.isFilled());
    QCOMPARE(sumOf(map.bytes()), pages * page / 64);
    QVERIFY(!map.isCut());
    file.resize(left);
    for (std::size_t i = 0; i < pages * page; i += 61) {
        QCOMPARE(int(touch(map.bytes(), i)), i < left ? 1 : 0);
    }
    QVERIFY(map.isCut());
}

void TestBusGuard::B6_whatIsCutOffTakesStores()
{
    const CuttableFile file;
    const MappedRegion map = file.map(MappedRegion::Access::ReadWrite);
    file.resize(page);
    for (std::size_t i = 0; i < pages; ++i) {
        store(map.bytes(), i * page, std::byte(i + 2));
    }
    for (std::size_t i = 0; i < pages; ++i) {
        QCOMPARE(int(touch(map.bytes(), i * page)), int(i + 2));
    }
    QVERIFY(map.isCut());
    QCOMPARE(int(file.read(0)), 2); // the remaining part is still shared
}

void TestBusGuard::B6_whatHasGrownAgainStaysCut()
{
    const CuttableFile file;
    const MappedRegion map = file.map(MappedRegion::Access::ReadWrite);
    file.resize(0);
    store(map.bytes(), 3 * page, std::byte{9});
    file.resize(pages * page);
    QVERIFY(map.isCut());
    QCOMPARE(int(touch(map.bytes(), 3 * page)), 9);
    QCOMPARE(int(file.read(3 * page)), 0);
}

/// Readers see the old content, then zeros, and nothing else.
void TestBusGuard::B6_severalThreadsReadACutMapping()
{
    for (std::size_t round = 0; round < 50; ++round) {
        const CuttableFile file;
        const MappedRegion map = file.map();
        const std::size_t wanted = round * page / 64 + 1;
        std::atomic<int> ready = 0;
        std::atomic<int> wrong = 0;
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        const auto read = [&] {
            ++ready;
            std::size_t before = pages * page / 64;
            while (before != wanted && std::chrono::steady_clock::now() < deadline) {
                const std::size_t sum = sumOf(map.bytes());
                wrong += sum > before || sum < wanted ? 1 : 0;
                before = sum;
            }
            wrong += before != wanted ? 1 : 0;
        };
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back(read);
        }
        while (ready < 4) {
            std::this_thread::yield();
        }
        file.resize(round * page + 1);
        for (std::thread& thread : threads) {
            thread.join();
        }
        QVERIFY(map.isCut());
        QCOMPARE(wrong.load(), 0);
    }
}

void TestBusGuard::B6_severalThreadsWriteACutMapping()
{
    for (std::size_t round = 0; round < 50; ++round) {
        const CuttableFile file;
        const MappedRegion map = file.map(MappedRegion::Access::ReadWrite);
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i < 4; ++i) {
            threads.emplace_back([&, i] {
                for (std::size_t place = i; !map.isCut() || place < 4 * page; place += 64) {
                    store(map.bytes(), place % (pages * page), std::byte{2});
                }
            });
        }
        file.resize(round % 4 * page);
        for (std::thread& thread : threads) {
            thread.join();
        }
        QVERIFY(map.isCut());
    }
}

void TestBusGuard::twoMappingsAreGuardedEachForItself()
{
    const CuttableFile one;
    const CuttableFile other;
    const MappedRegion first = one.map();
    const MappedRegion second = other.map();
    const MappedRegion again = one.map();
    one.resize(0);
    QCOMPARE(sumOf(first.bytes()), 0U);
    QVERIFY(first.isCut());
    QVERIFY(!again.isCut()); // this part was not touched
    QCOMPARE(sumOf(again.bytes()), 0U);
    QVERIFY(again.isCut());
    QVERIFY(!second.isCut());
    QCOMPARE(sumOf(second.bytes()), pages * page / 64);
}

void TestBusGuard::movedMappingIsGuarded()
{
    const CuttableFile file;
    MappedRegion first = file.map();
    MappedRegion second = std::move(first);
    MappedRegion third;
    third = std::move(second);
    first = MappedRegion();
    second = MappedRegion();
    file.resize(page);
    QCOMPARE(sumOf(third.bytes()), page / 64);
    QVERIFY(third.isCut());
    const MappedRegion fourth = std::move(third);
    QVERIFY(fourth.isCut());
    QVERIFY(!first.isCut() && !second.isCut() && !third.isCut()); // NOLINT: that is what is tested
}

void TestBusGuard::placeOfAGuardIsUsedAgain()
{
    for (int i = 0; i < 10; ++i) {
        const CuttableFile file;
        const MappedRegion map = file.map();
        QVERIFY(!map.isCut());
        file.resize(0);
        QCOMPARE(sumOf(map.bytes()), 0U);
        QVERIFY(map.isCut());
    }
}

void TestBusGuard::mappingsAreMadeAndDroppedInSeveralThreads()
{
    const CuttableFile whole;
    const CuttableFile cut;
    std::atomic<int> wrong = 0;
    const auto work = [&] {
        for (int i = 0; i < 1000; ++i) {
            MappedRegion good = whole.map();
            MappedRegion bad = cut.map();
            if (i % 3 == 0) {
                std::swap(good, bad);
                std::swap(good, bad);
            }
            wrong += touch(good.bytes(), 0) != std::byte{1} || good.isCut() ? 1 : 0;
            wrong += touch(bad.bytes(), page) != std::byte{0} || !bad.isCut() ? 1 : 0;
        }
    };
    cut.resize(0);
    work();
    const qsizetype before = mappings();
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back(work);
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    QCOMPARE(wrong.load(), 0);
    const qsizetype after = mappings();
    QVERIFY2(after < before + 100, qPrintable(QStringLiteral("%1, then %2").arg(before).arg(after)));
}

void TestBusGuard::otherSignalsGoToWhoHandledThemBefore_data()
{
    constexpr int died = -1;
    QTest::addColumn<int>("exitCode");
    QTest::addRow("foreign fault, default") << died;
    QTest::addRow("foreign fault, handler") << 7;
    QTest::addRow("foreign fault, plain handler") << 8;
    QTest::addRow("foreign fault, handler that returns once") << died;
    QTest::addRow("sent, default") << died;
    QTest::addRow("sent, ignored") << 0;
    QTest::addRow("sent, handler") << 0;
}

void TestBusGuard::otherSignalsGoToWhoHandledThemBefore()
{
    QFETCH(int, exitCode);
    const Finished ended = runToEnd(QCoreApplication::applicationFilePath(),
                                    {QStringLiteral("tst_busguard"), QStringLiteral("child"),
                                     QString::fromLatin1(QTest::currentDataTag())});
    QVERIFY2(ended.exitCode == exitCode,
             (QByteArray::number(ended.exitCode) + ": " + ended.out + ended.err.left(2000)).constData());
}

int tst_busguard(int argc, char** argv)
{
    if (argc == 3 && qstrcmp(argv[1], "child") == 0) {
        return child::run(argv[2]);
    }
    return shmpix::test::runTest<QCoreApplication, TestBusGuard>(argc, argv);
}

#include "tst_busguard.moc"
