#include "common/live/ringaccess.h"
#include "tests/support/runtest.h"

#include <QTest>

#include <algorithm>
#include <vector>

using namespace shmpix;

namespace {

constexpr std::byte untouched{0xee};
constexpr std::size_t margin = 200; ///< before and after, larger than any alignment

std::vector<std::byte> noise(std::size_t count)
{
    std::vector<std::byte> bytes(count);
    quint32 state = 1;
    for (std::byte& byte : bytes) {
        state = state * 1664525U + 1013904223U;
        byte = std::byte(state >> 24U);
    }
    return bytes;
}

} // namespace

/// Copies frames, small ones and those that are too large for caches.
class TestCopyShared : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void every_byte_arrives_and_none_beside_data()
    {
        QTest::addColumn<qulonglong>("count");
        QTest::addColumn<qulonglong>("from");
        QTest::addColumn<qulonglong>("to");
        constexpr qulonglong large = 16 << 20;
        for (const qulonglong count :
             {0ULL, 1ULL, 63ULL, 4096ULL, large - 1, large, large + 1, large + 63, large + 64}) {
            for (const auto& [from, to] :
                 {std::pair(0ULL, 0ULL), {0ULL, 1ULL}, {13ULL, 63ULL}, {7ULL, 16ULL}}) {
                QTest::addRow("%llu bytes from %llu, to %llu behind a line of 64", count, from, to)
                    << count << from << to;
            }
        }
    }
    void every_byte_arrives_and_none_beside()
    {
        QFETCH(qulonglong, count);
        QFETCH(qulonglong, from);
        QFETCH(qulonglong, to);
        const std::vector<std::byte> source = noise(count + margin);
        std::vector<std::byte> target(count + 2 * margin, untouched);
        const auto lineOf = [](std::byte* bytes) {
            return (64 - reinterpret_cast<std::uintptr_t>(bytes) % 64) % 64;
        };
        const std::size_t at = lineOf(target.data()) + to;
        const std::span<const std::byte> bytes = std::span(source).subspan(from, count);

        copyShared(bytes, target.data() + at);

        const auto begin = target.begin() + std::ptrdiff_t(at);
        const auto end = begin + std::ptrdiff_t(count);
        const auto isUntouched = [](std::byte byte) { return byte == untouched; };
        const auto differs = std::mismatch(bytes.begin(), bytes.end(), begin).first - bytes.begin();
        QCOMPARE(differs, std::ptrdiff_t(count));
        QVERIFY(std::all_of(target.begin(), begin, isUntouched));
        QVERIFY(std::all_of(end, target.end(), isUntouched));
    }
};

int tst_copyshared(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestCopyShared>(argc, argv);
}

#include "tst_copyshared.moc"
