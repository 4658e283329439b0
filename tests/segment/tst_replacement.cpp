#include "tests/support/expect.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/traces.h"
#include "tests/support/uniquekey.h"

#include <QDeadlineTimer>
#include <QFile>

#include <algorithm>
#include <array>
#include <cstring>
#include <thread>
#include <vector>

using namespace shmpix;
using namespace shmpix::test;

/// Sharing again: a reader at any moment gets the old picture or the new one, whole, never a mixture and
/// never nothing. A second process shares three pictures in turn as fast as it can.
class TestReplacement : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void B7_loadGivesOneOfThePicturesWhole_data();
    void B7_loadGivesOneOfThePicturesWhole();
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

constexpr int whileMilliseconds = 500;

/// There are three, because a writer with two files would put each of two pictures into the same file again
/// and again. Nobody could then tell that it is written while it is read.
std::vector<QImage> picturesOf(const std::array<QSize, 3>& sizes)
{
    std::vector<QImage> pictures;
    for (const QSize& size : sizes) {
        pictures.push_back(photo(size.width(), size.height()));
    }
    pictures[1].invertPixels();
    pictures[2] = pictures[2].rgbSwapped().mirrored(true, true);
    return pictures;
}

std::vector<QImage> picturesOf(const QSize& size)
{
    return picturesOf({size, size, size});
}

QStringList alternating(const QString& address, const QString& protocol, const std::vector<QImage>& pictures)
{
    QStringList words = {QStringLiteral("alternate"), address, protocol};
    for (const QImage& picture : pictures) {
        words.append(fileOf(picture));
    }
    return words;
}

struct Seen
{
    std::array<int, 3> times = {};
    QString wrong;
};

QString text(const Seen& seen)
{
    return QStringLiteral("A, B and C were seen %1, %2 and %3 times")
        .arg(seen.times[0])
        .arg(seen.times[1])
        .arg(seen.times[2]);
}

/// Counts the picture, or notes that it is none of them.
void note(Seen& seen, const QImage& image, const std::vector<QImage>& pictures)
{
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        if (image == pictures[i].convertToFormat(image.format())) {
            ++seen.times[i];
            return;
        }
    }
    seen.wrong = QStringLiteral("neither A nor B nor C; against A: ") + difference(image, pictures[0]);
}

/// Loads for a while, and until each picture was seen; stops at the first unknown picture.
Seen watch(const QString& address, const std::vector<QImage>& pictures)
{
    Seen seen;
    const QDeadlineTimer deadline(whileMilliseconds);
    const QDeadlineTimer latest(whileMilliseconds + 20000);
    const auto sawAll = [&seen] {
        return std::find(seen.times.begin(), seen.times.end(), 0) == seen.times.end();
    };
    while (seen.wrong.isEmpty() && (!deadline.hasExpired() || (!sawAll() && !latest.hasExpired()))) {
        const auto loaded = load(address);
        if (loaded) {
            note(seen, loaded->image, pictures);
        } else {
            seen.wrong = described(loaded);
        }
    }
    return seen;
}

} // namespace

void TestReplacement::B7_loadGivesOneOfThePicturesWhole_data()
{
    QTest::addColumn<QString>("scheme");
    QTest::addColumn<QString>("protocol");
    QTest::addColumn<QSize>("a");
    QTest::addColumn<QSize>("b");
    QTest::addColumn<QSize>("c");
    for (const QString& scheme : schemes()) {
        for (const char* protocol : {"rawsize", "datastream"}) {
            const auto row = [&](const char* title, const QSize& a, const QSize& b, const QSize& c) {
                QTest::addRow("%s, %s, %s", qPrintable(scheme), protocol, title)
                    << scheme << QString::fromLatin1(protocol) << a << b << c;
            };
            row("same size", {320, 240}, {320, 240}, {320, 240});
            row("small, same size", {16, 16}, {16, 16}, {16, 16});
            row("different sizes", {320, 240}, {200, 150}, {77, 400});
        }
    }
}

void TestReplacement::B7_loadGivesOneOfThePicturesWhole()
{
    QFETCH(QString, scheme);
    QFETCH(QString, protocol);
    QFETCH(QSize, a);
    QFETCH(QSize, b);
    QFETCH(QSize, c);
    const QString address = m_traces.newAddress(scheme);
    const auto pictures = picturesOf({a, b, c});
    PeerProcess peer(channelPeer(), alternating(address, protocol, pictures));
    m_traces.watch(peer);
    QCOMPARE(peer.waitForLine(QStringLiteral("alternating")), QStringLiteral("alternating"));
    const Seen seen = watch(address, pictures);
    peer.writeLine(QStringLiteral("end"));
    QVERIFY2(seen.wrong.isEmpty(), qPrintable(seen.wrong + QLatin1String("; ") + text(seen)));
    const int seldom = *std::min_element(seen.times.begin(), seen.times.end());
    QVERIFY2(seldom > 0, qPrintable(text(seen)));
    QVERIFY(peer.waitForLine(QStringLiteral("shares")).startsWith(QLatin1String("shares")));
    QCOMPARE(peer.exitCode(), 0);
}

void TestReplacement::severalReadersGetOneOfThePicturesWhole()
{
    QFETCH(QString, scheme);
    const QString address = m_traces.newAddress(scheme);
    const auto pictures = picturesOf(QSize(64, 48));
    PeerProcess peer(channelPeer(), alternating(address, QStringLiteral("rawsize"), pictures));
    m_traces.watch(peer);
    QCOMPARE(peer.waitForLine(QStringLiteral("alternating")), QStringLiteral("alternating"));
    std::array<Seen, 4> seen;
    std::vector<std::thread> readers;
    for (Seen& mine : seen) {
        readers.emplace_back([&mine, &address, &pictures] { mine = watch(address, pictures); });
    }
    for (std::thread& reader : readers) {
        reader.join();
    }
    peer.writeLine(QStringLiteral("end"));
    for (const Seen& mine : seen) {
        QVERIFY2(mine.wrong.isEmpty(), qPrintable(mine.wrong + QLatin1String("; ") + text(mine)));
    }
    QCOMPARE(peer.exitCode(), 0);
}

void TestReplacement::whatABareReaderHasMappedNeverChanges()
{
    QFETCH(QString, scheme);
    const QString address = m_traces.newAddress(scheme);
    const auto pictures = picturesOf(QSize(320, 240));
    PeerProcess peer(channelPeer(), alternating(address, QStringLiteral("rawsize"), pictures));
    m_traces.watch(peer);
    QCOMPARE(peer.waitForLine(QStringLiteral("alternating")), QStringLiteral("alternating"));
    for (int round = 0; round < 10; ++round) {
        QFile file(filesOf(address).first());
        QVERIFY(file.open(QIODevice::ReadOnly));
        const qint64 size = file.size();
        QCOMPARE(size, qint64{4 + 320 * 240 * 4});
        const uchar* mapped = file.map(0, size);
        QVERIFY(mapped != nullptr);
        file.close(); // like readers that keep only the mapping
        const QByteArray first(reinterpret_cast<const char*>(mapped), size);
        const QImage image(mapped + 4, 320, 240, QImage::Format_RGBA8888);
        Seen seen;
        note(seen, image.copy(), pictures);
        QCOMPARE(seen.wrong, QString());
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

void TestReplacement::openingEveryFileAroundDoesNotHurtTheSender()
{
    QFETCH(QString, scheme);
    const QString address = m_traces.newAddress(scheme);
    const auto pictures = picturesOf(QSize(16, 16));
    PeerProcess peer(channelPeer(), alternating(address, QStringLiteral("rawsize"), pictures));
    m_traces.watch(peer);
    QCOMPARE(peer.waitForLine(QStringLiteral("alternating")), QStringLiteral("alternating"));
    // Like a backup, an indexer or "grep -r": reads also the hidden files, at any moment of their creation.
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
    const Seen seen = watch(address, pictures);
    QVERIFY2(seen.wrong.isEmpty(), qPrintable(seen.wrong));
    peer.writeLine(QStringLiteral("end"));
    const QString shares = peer.waitForLine(QStringLiteral("shares"));
    QVERIFY2(shares.startsWith(QLatin1String("shares")), "the sender died");
    QCOMPARE(peer.exitCode(), 0);
}

int tst_replacement(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestReplacement>(argc, argv);
}

#include "tst_replacement.moc"
