#include "tests/ipc/expect.h"
#include "tests/ipc/traces.h"
#include "tests/support/pictures.h"
#include "tests/support/uniquekey.h"

#include <QDeadlineTimer>
#include <QDir>
#include <QFile>

#include <atomic>
#include <cstring>
#include <thread>

using namespace shmpix;
using namespace shmpix::test;

/// Sharing again: whoever looks at any moment gets the old picture or the new one, whole, never a mixture and
/// never nothing. A second process shares two pictures in turn as fast as it can.
class ReplacementTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void loadGivesOneOfThePicturesWhole_data();
    void loadGivesOneOfThePicturesWhole();
    void severalReadersGetOneOfThePicturesWhole_data() { addSchemes(schemes()); }
    void severalReadersGetOneOfThePicturesWhole();
    void whatABareReaderHasMappedNeverChanges_data() { addSchemes(withoutLock()); }
    void whatABareReaderHasMappedNeverChanges();
    void openingEveryFileAroundDoesNotHurtTheSender_data() { addSchemes(withoutLock()); }
    void openingEveryFileAroundDoesNotHurtTheSender();
    void cleanup() { QCOMPARE(m_traces.takeFound(), QString()); }

private:
    static QStringList withoutLock() { return {QStringLiteral("posix"), QStringLiteral("file")}; }
    static QStringList schemes() { return withoutLock() + QStringList(QStringLiteral("qt")); }

    Traces m_traces;
};

namespace {

constexpr int whileMilliseconds = 800;

/// A row of the table in the first test: two pictures that are different everywhere.
struct Pair
{
    QImage a;
    QImage b;
};

Pair pairOf(const QSize& a, const QSize& b)
{
    QImage inverted = photo(b.width(), b.height());
    inverted.invertPixels();
    return {photo(a.width(), a.height()), inverted};
}

QStringList alternating(const QString& address, const QString& protocol, const Pair& pair)
{
    return {QStringLiteral("alternate"), address, protocol, fileOf(pair.a), fileOf(pair.b)};
}

struct Seen
{
    int a = 0;
    int b = 0;
    QString wrong;
};

/// Loads for a while; stops at the first that is neither picture.
Seen watch(const QString& address, const Pair& pair)
{
    Seen seen;
    const QDeadlineTimer deadline(whileMilliseconds);
    while (!deadline.hasExpired()) {
        const auto loaded = load(address);
        if (!loaded) {
            seen.wrong = described(loaded);
            return seen;
        }
        if (loaded->image == pair.a.convertToFormat(loaded->image.format())) {
            ++seen.a;
        } else if (loaded->image == pair.b.convertToFormat(loaded->image.format())) {
            ++seen.b;
        } else {
            seen.wrong = QStringLiteral("neither A nor B: ") + difference(loaded->image, pair.a);
            return seen;
        }
    }
    return seen;
}

QString text(const Seen& seen)
{
    return QStringLiteral("A %1 times, B %2 times").arg(seen.a).arg(seen.b);
}

} // namespace

void ReplacementTest::loadGivesOneOfThePicturesWhole_data()
{
    QTest::addColumn<QString>("scheme");
    QTest::addColumn<QString>("protocol");
    QTest::addColumn<QSize>("a");
    QTest::addColumn<QSize>("b");
    for (const QString& scheme : schemes()) {
        for (const char* protocol : {"rawsize", "datastream"}) {
            const auto row = [&](const char* title, const QSize& a, const QSize& b) {
                QTest::addRow("%s, %s, %s", qPrintable(scheme), protocol, title)
                    << scheme << QString::fromLatin1(protocol) << a << b;
            };
            row("same size", {320, 240}, {320, 240});
            row("small, same size", {16, 16}, {16, 16});
            row("different sizes", {320, 240}, {200, 150});
        }
    }
}

void ReplacementTest::loadGivesOneOfThePicturesWhole()
{
    QFETCH(QString, scheme);
    QFETCH(QString, protocol);
    QFETCH(QSize, a);
    QFETCH(QSize, b);
    const QString address = m_traces.newAddress(scheme);
    const Pair pair = pairOf(a, b);
    PeerProcess peer(channelPeer(), alternating(address, protocol, pair));
    m_traces.watch(peer);
    QCOMPARE(peer.waitForLine(QStringLiteral("alternating")), QStringLiteral("alternating"));
    const Seen seen = watch(address, pair);
    peer.writeLine(QStringLiteral("end"));
    QVERIFY2(seen.wrong.isEmpty(), qPrintable(seen.wrong + QLatin1String(" after ") + text(seen)));
    QVERIFY2(seen.a > 0 && seen.b > 0, qPrintable(text(seen)));
    QVERIFY(peer.waitForLine(QStringLiteral("shares")).startsWith(QLatin1String("shares")));
    QCOMPARE(peer.exitCode(), 0);
}

void ReplacementTest::severalReadersGetOneOfThePicturesWhole()
{
    QFETCH(QString, scheme);
    const QString address = m_traces.newAddress(scheme);
    const Pair pair = pairOf({64, 48}, {64, 48});
    PeerProcess peer(channelPeer(), alternating(address, QStringLiteral("rawsize"), pair));
    m_traces.watch(peer);
    QCOMPARE(peer.waitForLine(QStringLiteral("alternating")), QStringLiteral("alternating"));
    std::array<Seen, 4> seen;
    std::vector<std::thread> readers;
    for (Seen& mine : seen) {
        readers.emplace_back([&mine, &address, &pair] { mine = watch(address, pair); });
    }
    for (std::thread& reader : readers) {
        reader.join();
    }
    peer.writeLine(QStringLiteral("end"));
    for (const Seen& mine : seen) {
        QVERIFY2(mine.wrong.isEmpty(), qPrintable(mine.wrong + QLatin1String(" after ") + text(mine)));
    }
    QCOMPARE(peer.exitCode(), 0);
}

void ReplacementTest::whatABareReaderHasMappedNeverChanges()
{
    QFETCH(QString, scheme);
    const QString address = m_traces.newAddress(scheme);
    const Pair pair = pairOf({320, 240}, {320, 240});
    PeerProcess peer(channelPeer(), alternating(address, QStringLiteral("rawsize"), pair));
    m_traces.watch(peer);
    QCOMPARE(peer.waitForLine(QStringLiteral("alternating")), QStringLiteral("alternating"));
    for (int round = 0; round < 10; ++round) {
        QFile file(filesOf(address).first());
        QVERIFY(file.open(QIODevice::ReadOnly));
        const qint64 size = file.size();
        QCOMPARE(size, qint64{4 + 320 * 240 * 4});
        const uchar* mapped = file.map(0, size);
        QVERIFY(mapped != nullptr);
        file.close(); // as those readers do that keep the mapping only
        const QByteArray first(reinterpret_cast<const char*>(mapped), size);
        const QImage image(mapped + 4, 320, 240, QImage::Format_RGBA8888);
        QVERIFY2(samePixels(image, pair.a) || samePixels(image, pair.b), "a mixture was mapped");
        int looks = 0;
        const QDeadlineTimer deadline(whileMilliseconds / 10);
        while (!deadline.hasExpired()) {
            QVERIFY2(std::memcmp(mapped, first.constData(), static_cast<std::size_t>(size)) == 0,
                     qPrintable(QStringLiteral("changed after %1 looks").arg(looks)));
            ++looks;
        }
    }
    peer.writeLine(QStringLiteral("end"));
    QVERIFY(peer.waitForLine(QStringLiteral("shares")).startsWith(QLatin1String("shares")));
    QCOMPARE(peer.exitCode(), 0);
}

void ReplacementTest::openingEveryFileAroundDoesNotHurtTheSender()
{
    QFETCH(QString, scheme);
    const QString address = m_traces.newAddress(scheme);
    const Pair pair = pairOf({16, 16}, {16, 16});
    PeerProcess peer(channelPeer(), alternating(address, QStringLiteral("rawsize"), pair));
    m_traces.watch(peer);
    QCOMPARE(peer.waitForLine(QStringLiteral("alternating")), QStringLiteral("alternating"));
    // As a backup, an indexer or "grep -r" does: also the hidden files, at any moment of their making.
    const QStringList files = filesOf(address);
    int opened = 0;
    const QDeadlineTimer deadline(whileMilliseconds);
    while (!deadline.hasExpired()) {
        for (const QString& name : files) {
            QFile file(name);
            opened += file.open(QIODevice::ReadOnly) ? 1 : 0;
        }
    }
    QVERIFY(opened > 0);
    const Seen seen = watch(address, pair);
    QVERIFY2(seen.wrong.isEmpty(), qPrintable(seen.wrong));
    peer.writeLine(QStringLiteral("end"));
    const QString shares = peer.waitForLine(QStringLiteral("shares"));
    QVERIFY2(shares.startsWith(QLatin1String("shares")), "the sender died");
    QCOMPARE(peer.exitCode(), 0);
}

QTEST_GUILESS_MAIN(ReplacementTest)
#include "tst_replacement.moc"
