#include "tests/bench/listresponse.h"

#include "common/protocol/codec.h"
#include "receiver/window/receiverwindow.h"
#include "receiver/window/segmentmodel.h"
#include "tests/bench/heartbeat.h"
#include "tests/support/peerprocess.h"
#include "tests/support/pictures.h"
#include "tests/support/uniquekey.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTimer>
#include <QToolButton>
#include <QTreeView>

#include <cstdio>

namespace shmpix::bench {

namespace {

constexpr int segmentCount = 500;
constexpr QSize pictureSize(1920, 1080);

/// Removes the segments when this process ends, even if it is killed: its end of the pipe then closes.
class Remover
{
public:
    explicit Remover(const QString& prefix)
    {
        m_process.start(QStringLiteral("sh"),
                        {QStringLiteral("-c"), QStringLiteral("cat; rm -f -- /dev/shm/%1-*").arg(prefix)});
        m_process.waitForStarted();
    }
    ~Remover()
    {
        m_process.closeWriteChannel();
        m_process.waitForFinished();
    }

private:
    QProcess m_process;
};

/// Full HD in three protocols, 8.3 MB or 6.2 MB each, so that not only the cheapest one is measured.
bool makeSegments(const QString& prefix)
{
    std::vector<QByteArray> pictures;
    for (const ProtocolId id : {ProtocolId::Rawsize, ProtocolId::Bmp, ProtocolId::Datastream}) {
        QImage image = test::photo(pictureSize.width(), pictureSize.height(), QImage::Format_ARGB32);
        const auto encoding = codecFor(id).encode(image, {});
        QByteArray bytes(encoding->bytes, '\0');
        encoding->write(
            std::as_writable_bytes(std::span(bytes.data(), static_cast<std::size_t>(bytes.size()))));
        pictures.push_back(bytes);
    }
    for (int i = 0; i < segmentCount; ++i) {
        const QByteArray& bytes = pictures[static_cast<std::size_t>(i) % pictures.size()];
        QFile file(QStringLiteral("/dev/shm/%1-%2").arg(prefix).arg(i, 3, 10, QLatin1Char('0')));
        if (!file.open(QIODevice::WriteOnly | QIODevice::Unbuffered) || file.write(bytes) != bytes.size()) {
            return false;
        }
    }
    return true;
}

/// The time at which the list was first painted with rows.
class FirstRows final : public QObject
{
public:
    FirstRows(QTreeView& view, const QElapsedTimer& clock)
        : m_view(view)
        , m_clock(clock)
    {
        view.viewport()->installEventFilter(this);
    }
    bool eventFilter(QObject*, QEvent* event) override
    {
        if (event->type() == QEvent::Paint && m_milliseconds < 0 &&
            m_view.model()->rowCount() >= segmentCount) {
            m_milliseconds = double(m_clock.nsecsElapsed()) / 1e6;
        }
        return false;
    }
    [[nodiscard]] double milliseconds() const { return m_milliseconds; }

private:
    QTreeView& m_view;
    const QElapsedTimer& m_clock;
    double m_milliseconds = -1;
};

/// How many rows under that prefix have a picture.
int picturesSeen(const SegmentModel& model, const QString& prefix)
{
    int seen = 0;
    for (int row = 0; row < model.rowCount(); ++row) {
        const SurveyedSegment& data = model.at(row);
        seen += data.segment.name.startsWith(prefix) && data.look && !data.look->thumbnail.isNull() ? 1 : 0;
    }
    return seen;
}

} // namespace

int measureListResponse(int argc, char** argv)
{
    QApplication application(argc, argv);
    const QString prefix = QString::fromLocal8Bit(argv[2]);
    ReceiverWindow window({});
    window.show();
    constexpr int settle = 500;
    // quit() would close the windows.
    QTimer::singleShot(settle, qApp, [] { QCoreApplication::exit(); });
    QCoreApplication::exec();

    auto* view = window.findChild<QTreeView*>(QStringLiteral("segmentList"));
    const auto* model = qobject_cast<SegmentModel*>(view->model());
    QElapsedTimer clock;
    Heartbeat heartbeat;
    FirstRows firstRows(*view, clock);
    heartbeat.start();
    clock.start();
    window.findChild<QToolButton*>(QStringLiteral("segmentsButton"))->click();
    double allSeen = -1;
    constexpr int lookAgain = 100;
    constexpr qint64 longest = 120'000;
    constexpr qint64 afterwards = 6000; // a few refreshes without changes
    QTimer watch;
    QObject::connect(&watch, &QTimer::timeout, &watch, [&] {
        if (allSeen < 0 && picturesSeen(*model, prefix) == segmentCount) {
            allSeen = double(clock.elapsed());
        }
        const bool isOver = allSeen >= 0 && double(clock.elapsed()) > allSeen + afterwards;
        if (isOver || clock.elapsed() > longest) {
            QCoreApplication::exit();
        }
    });
    watch.start(lookAgain);
    QCoreApplication::exec();
    heartbeat.beat();
    std::printf("%f %f %f\n", firstRows.milliseconds(), heartbeat.longest(), allSeen);
    return 0;
}

std::vector<Figure> listResponseFigures()
{
    const QString prefix = test::uniqueName();
    const Remover remover(prefix);
    if (!makeSegments(prefix)) {
        std::fprintf(
            stderr,
            "shmpix-bench: /dev/shm has no room for %d segments of 8 MB; those figures are left out\n",
            segmentCount);
        return {};
    }
    const QTemporaryDir settings;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
    environment.insert(QStringLiteral("XDG_CONFIG_HOME"), settings.path());
    const test::Finished done =
        test::runToEnd(QCoreApplication::applicationFilePath(), {QStringLiteral("--list-response"), prefix},
                       200'000, environment);
    const QList<QByteArray> numbers = done.out.trimmed().split(' ');
    const double firstRows = numbers.value(0).toDouble();
    const double allSeen = numbers.value(2).toDouble();
    if (done.exitCode != 0 || firstRows <= 0 || allSeen <= 0) {
        std::fprintf(stderr, "shmpix-bench: the list did not show all of them: %s%s\n", done.out.constData(),
                     done.err.constData());
        return {};
    }
    std::printf("listing %d segments of 8 MB: all pictures after %.0f ms\n", segmentCount, allSeen);
    const QString what = QStringLiteral("listing 500 segments of 8 MB: ");
    return {{what + QStringLiteral("longest GUI stall"), QStringLiteral("ms"), numbers.value(1).toDouble(),
             QStringLiteral("the limit"), 50, Comparison::AtMost, 1},
            {what + QStringLiteral("first rows"), QStringLiteral("ms"), firstRows,
             QStringLiteral("the limit"), 200, Comparison::AtMost, 1}};
}

} // namespace shmpix::bench
