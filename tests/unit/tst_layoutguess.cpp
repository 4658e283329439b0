#include "common/base/memorysource.h"
#include "common/protocol/layoutguess.h"
#include "tests/support/pictures.h"
#include "tests/unit/headlesspictures.h"

#include <QImageReader>
#include <QRandomGenerator>
#include <QTest>

#include <array>

using namespace shmpix;
using namespace shmpix::test;

namespace {

/// Photographs of Debian's package lomiri-wallpapers-16.04, and one made by arithmetic.
constexpr std::array photographs = {
    "aitzgorri_by_Aitzol_Berasategi",
    "picosdeeuropa_by_Aitzol_Berasategi",
    "sunset_by_Aitzol_Berasategi",
    "Bridge_by_Sander_Klootwijk",
    "Picture_1A_by_freespace",
    "Wine_by_Jakkub_Mede",
    "free_by_Peter_Nerlich",
    "greentock_by_Peter_Nerlich",
    "made by arithmetic",
};
/// As many of them, from the first on, show sky over land: those tell red from blue.
constexpr int landscapes = 3;

constexpr std::array sizes = {
    QSize(640, 480),   QSize(1280, 720), QSize(1003, 757),  QSize(480, 640), QSize(512, 512),
    QSize(1600, 1200), QSize(320, 240),  QSize(800, 600),   QSize(333, 500), QSize(1918, 1078),
    QSize(250, 188),   QSize(427, 640),  QSize(1920, 1080), QSize(700, 700), QSize(1024, 768),
    QSize(128, 96),    QSize(1500, 500), QSize(3840, 2160), QSize(64, 48),
};

constexpr std::array formats = {
    "bgr8",    "gray8", "bgra8",  "rgb8",    "gray16", "bgrx8",  "gray32f",
    "nv12",    "rgba8", "rgb16",  "yuyv",    "rgb32f", "bgr8",   "rggb8",
    "gray16f", "gray8", "rgba16", "gray64f", "bgra8",  "rgb16f", "rgba32f",
};

constexpr std::array surroundings = {
    Surroundings::Exact,       Surroundings::Exact,    Surroundings::Page,      Surroundings::Exact,
    Surroundings::LargerZeros, Surroundings::Padded4,  Surroundings::Exact,     Surroundings::LargerStale,
    Surroundings::Page,        Surroundings::Padded64, Surroundings::Padded256,
};

template <class List>
auto pick(const List& list, int index)
{
    return list[static_cast<std::size_t>(index) % list.size()];
}

QImage photograph(int index, QSize size)
{
    const QString name = QString::fromLatin1(pick(photographs, index));
    if (name.contains(QLatin1Char(' '))) {
        return photo(size.width(), size.height());
    }
    QImageReader reader(QStringLiteral("/usr/share/backgrounds/%1.jpg").arg(name));
    QSize scaled = reader.size();
    scaled.scale(size, Qt::KeepAspectRatioByExpanding);
    reader.setScaledSize(scaled);
    const QImage image = reader.read();
    return image
        .copy((image.width() - size.width()) / 2, (image.height() - size.height()) / 2, size.width(),
              size.height())
        .convertToFormat(QImage::Format_RGB32);
}

Result<std::vector<LayoutGuess>> guess(const QByteArray& segment)
{
    MemorySource source(
        std::as_bytes(std::span(segment.constData(), static_cast<std::size_t>(segment.size()))));
    return guessLayouts(source);
}

QString texts(const std::vector<LayoutGuess>& guesses)
{
    QStringList list;
    for (const LayoutGuess& one : guesses) {
        list.append(layoutText(one.layout));
    }
    return list.isEmpty() ? QStringLiteral("nothing") : list.join(QStringLiteral("  "));
}

/// The first rows of the table: a photo, a size, a format and what surrounds it, none of which goes with
/// another, since their numbers have no common divisors.
struct Row
{
    int picture;
    QSize size;
    QString format;
    Surroundings around;
    Extra extra;
};

Row rowOf(int index)
{
    Row row{index * 5, pick(sizes, index * 7), QString::fromLatin1(pick(formats, index)),
            pick(surroundings, index * 3), static_cast<Extra>(index % 3)};
    const bool sharesColours = row.format == QLatin1String("nv12") || row.format == QLatin1String("yuyv") ||
                               row.format == QLatin1String("rggb8");
    if (sharesColours) {
        row.size = QSize(row.size.width() / 2 * 2, row.size.height() / 2 * 2);
    }
    if (row.format == QLatin1String("rgb8") || row.format == QLatin1String("rgba8")) {
        row.picture = index % landscapes;
    }
    if (row.format == QLatin1String("bgrx8") && row.extra == Extra::None) {
        row.extra = Extra::Zeros; // with 255 it would be bgra8
    }
    return row;
}

HeadlessPicture madeOf(const Row& row)
{
    const QImage older =
        row.around == Surroundings::LargerStale ? photograph(row.picture + 1, row.size * 1.5) : QImage();
    return headless(photograph(row.picture, row.size), row.format, row.around, row.extra, older);
}

QByteArray noise(qsizetype bytes)
{
    QByteArray data(bytes, Qt::Uninitialized);
    QRandomGenerator random(5);
    for (char& byte : data) {
        byte = char(random.generate() & 0xff);
    }
    return data;
}

} // namespace

class LayoutGuessTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void thePhotographsAreThere();
    void aVgaPhotoInBgrIsTheFirstProposal_data();
    void aVgaPhotoInBgrIsTheFirstProposal();
    void atLeastNinetyOfAHundredPicturesAreTheFirstProposal();
    void redAndBlueExchangedIsTheNextProposal();
    void theReasonIsASentence();
    void noiseIsProposedByItsSizeAlone();
    void hostileSegmentsAreAnsweredWithLayoutsThatFit_data();
    void hostileSegmentsAreAnsweredWithLayoutsThatFit();
    void aSourceThatIsTakenAwayIsAnError();
};

void LayoutGuessTest::thePhotographsAreThere()
{
    for (int i = 0; i < static_cast<int>(photographs.size()); ++i) {
        QVERIFY2(!photograph(i, QSize(64, 48)).isNull(), pick(photographs, i));
    }
}

void LayoutGuessTest::aVgaPhotoInBgrIsTheFirstProposal_data()
{
    QTest::addColumn<int>("picture");
    for (int i = 0; i < static_cast<int>(photographs.size()); ++i) {
        QTest::newRow(pick(photographs, i)) << i;
    }
}

void LayoutGuessTest::aVgaPhotoInBgrIsTheFirstProposal()
{
    QFETCH(int, picture);
    const HeadlessPicture made =
        headless(photograph(picture, QSize(640, 480)), QStringLiteral("bgr8"), Surroundings::Exact);
    const auto guesses = guess(made.segment);
    QVERIFY(guesses && !guesses->empty());
    QCOMPARE(layoutText(guesses->front().layout), QStringLiteral("640x480:bgr8"));
}

void LayoutGuessTest::atLeastNinetyOfAHundredPicturesAreTheFirstProposal()
{
    constexpr int pictures = 100;
    int right = 0;
    for (int i = 0; i < pictures; ++i) {
        const Row row = rowOf(i);
        const HeadlessPicture made = madeOf(row);
        const auto guesses = guess(made.segment);
        QVERIFY(guesses);
        if (!guesses->empty() && guesses->front().layout == made.layout) {
            ++right;
            continue;
        }
        qInfo().noquote() << "missed" << i << pick(photographs, row.picture) << layoutText(made.layout)
                          << "in a segment of kind" << static_cast<int>(row.around)
                          << "proposed:" << texts(*guesses);
    }
    qInfo() << right << "of" << pictures << "are the first proposal";
    QVERIFY2(right >= 90, qPrintable(QStringLiteral("only %1 of %2").arg(right).arg(pictures)));
}

void LayoutGuessTest::redAndBlueExchangedIsTheNextProposal()
{
    const HeadlessPicture made =
        headless(photograph(5, QSize(640, 480)), QStringLiteral("bgr8"), Surroundings::Exact);
    const auto guesses = guess(made.segment);
    QVERIFY(guesses && guesses->size() >= 2);
    QCOMPARE(layoutText(guesses->at(1).layout), QStringLiteral("640x480:rgb8"));
}

void LayoutGuessTest::theReasonIsASentence()
{
    const HeadlessPicture made =
        headless(photograph(1, QSize(640, 480)), QStringLiteral("gray8"), Surroundings::Exact);
    const auto guesses = guess(made.segment);
    QVERIFY(guesses && !guesses->empty());
    QCOMPARE(guesses->front().reason,
             QStringLiteral(
                 "640 × 480 pixels of one byte fill the segment exactly, and each row resembles the next."));
}

void LayoutGuessTest::noiseIsProposedByItsSizeAlone()
{
    const auto guesses = guess(noise(640 * 480 * 3));
    QVERIFY(guesses && !guesses->empty());
    QVERIFY2(guesses->front().reason.contains(QStringLiteral("the rows say nothing")),
             qPrintable(guesses->front().reason));
}

void LayoutGuessTest::hostileSegmentsAreAnsweredWithLayoutsThatFit_data()
{
    QTest::addColumn<QByteArray>("segment");
    for (const int bytes : {0, 1, 2, 3, 7, 16, 63, 64, 100, 255, 4095, 4096, 4097}) {
        QTest::addRow("%d zeros", bytes) << QByteArray(bytes, '\0');
        QTest::addRow("%d bytes of noise", bytes) << noise(bytes);
        QTest::addRow("%d bytes of 255", bytes) << QByteArray(bytes, '\xff');
    }
    QTest::addRow("a blank picture") << QByteArray(640 * 480 * 3, '\0');
    QTest::addRow("a white picture") << QByteArray(640 * 480 * 3, '\xff');
    QTest::addRow("much noise") << noise(3'000'001);
    QTest::addRow("much of nothing") << QByteArray(300'000'000, '\0');
    QTest::addRow("one byte, then nothing") << QByteArray(1, '\x7f').append(QByteArray(5'000'000, '\0'));
    QTest::addRow("nothing, then one byte") << QByteArray(5'000'000, '\0').append('\x01');
    QTest::addRow("nothing, then one byte far away") << QByteArray(100'000'000, '\0').append('\x01');
    QTest::addRow("two values in turn") << QByteArray("\x01\xfe", 2).repeated(500'000);
    QTest::addRow("not a number") << QByteArray("\x00\x00\xc0\x7f", 4).repeated(640 * 480);
    QTest::addRow("infinities") << QByteArray("\x00\x00\x80\x7f", 4).repeated(640 * 480);
    QByteArray ramp;
    for (int i = 0; i < 1'000'000; ++i) {
        ramp.append(char(i & 0xff));
    }
    QTest::addRow("a ramp that repeats itself") << ramp;
}

void LayoutGuessTest::hostileSegmentsAreAnsweredWithLayoutsThatFit()
{
    QFETCH(QByteArray, segment);
    const auto guesses = guess(segment);
    QVERIFY(guesses);
    QVERIFY(guesses->size() <= mostLayoutGuesses);
    for (const LayoutGuess& one : *guesses) {
        QVERIFY2(checkedExtent(one.layout, segment.size()), qPrintable(layoutText(one.layout)));
        QVERIFY(!one.reason.isEmpty());
    }
}

void LayoutGuessTest::aSourceThatIsTakenAwayIsAnError()
{
    class Gone final : public ByteSource
    {
    public:
        [[nodiscard]] qint64 size() const override { return 640 * 480; }
        [[nodiscard]] Result<void> read(qint64, std::span<std::byte>) override
        {
            return Error{ErrorCode::BadData, QStringLiteral("Gone.")};
        }
    };
    Gone source;
    const auto guesses = guessLayouts(source);
    QVERIFY(!guesses);
    QCOMPARE(guesses.error().text, QStringLiteral("Gone."));
}

QTEST_GUILESS_MAIN(LayoutGuessTest)
#include "tst_layoutguess.moc"
