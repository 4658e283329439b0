#include "tests/bench/figures.h"

#include <QJsonObject>

#include <algorithm>
#include <array>

namespace shmpix::bench {

namespace {

struct TimeComparison
{
    const char* name;
    const char* benchmark;
    const char* reference;
    const char* referenceBenchmark;
    Comparison comparison;
    double goal;
};

constexpr TimeComparison timesFaster(const char* name, const char* ours, const char* reference,
                                     const char* theirs, double goal)
{
    return {name, ours, reference, theirs, Comparison::TimesFaster, goal};
}

constexpr TimeComparison timesLonger(const char* name, const char* ours, const char* reference,
                                     const char* theirs, double goal)
{
    return {name, ours, reference, theirs, Comparison::AtMost, goal};
}

constexpr auto stockWrite = "out << image";
constexpr auto stockRead = "in >> image on the same bytes";
constexpr auto imdecode = "mmap and cv::imdecode of the same segment";
constexpr auto oneCopy = "one memcpy of the picture's bytes";

constexpr std::array comparisons = {
    timesFaster("datastream write, 1080p photo RGBA", "write/1080p-rgba", stockWrite,
                "stock-write/1080p-rgba", 50),
    timesFaster("datastream write, 1080p photo RGB", "write/1080p-rgb", stockWrite, "stock-write/1080p-rgb",
                50),
    timesFaster("datastream write, 4K photo RGBA", "write/4K-rgba", stockWrite, "stock-write/4K-rgba", 50),
    timesFaster("datastream write, 4K photo RGB", "write/4K-rgb", stockWrite, "stock-write/4K-rgb", 50),
    timesLonger("datastream write, 1080p photo RGBA", "write/1080p-rgba", oneCopy, "memcpy/1080p-rgba", 2.5),
    timesLonger("datastream write, 1080p photo RGB", "write/1080p-rgb", oneCopy, "memcpy/1080p-rgb", 2.5),
    timesLonger("datastream write, 4K photo RGBA", "write/4K-rgba", oneCopy, "memcpy/4K-rgba", 2.5),
    timesLonger("datastream write, 4K photo RGB", "write/4K-rgb", oneCopy, "memcpy/4K-rgb", 2.5),
    timesFaster("datastream read, 1080p photo RGBA", "read/1080p-rgba", stockRead, "stock-read/1080p-rgba",
                4),
    timesFaster("datastream read, 1080p photo RGB", "read/1080p-rgb", stockRead, "stock-read/1080p-rgb", 4),
    timesFaster("datastream read, 4K photo RGBA", "read/4K-rgba", stockRead, "stock-read/4K-rgba", 4),
    timesFaster("datastream read, 4K photo RGB", "read/4K-rgb", stockRead, "stock-read/4K-rgb", 4),
    timesLonger("sharing again by rawsize, 4K RGBA8888", "share-again/4K-rgba", oneCopy, "memcpy/4K-rgba",
                1.2),
    timesFaster("whole hop by rawsize, 4K PNG file to QImage", "hop/rawsize", "stock peers' datastream",
                "hop/stock", 5),
    timesLonger(
        "8-bit palette BMP 1600x1200 in a segment to a QImage that QPainter draws as it is (Indexed8)",
        "bmp/palette", imdecode, "opencv-bmp/palette", 1.0),
    timesLonger("24-bit BMP 4K in a segment to a QImage that QPainter draws as it is (BGR888)",
                "bmp/4K-24bit", imdecode, "opencv-bmp/4K-24bit", 1.0),
    timesLonger("pixels bgr8 4K in a segment to a QImage that QPainter draws as it is (BGR888)",
                "pixels/4K-bgr8", "mmap, a copy and cv::cvtColor to BGRA of the same segment",
                "opencv-pixels/4K-bgr8", 1.0),
};

QString goalWords(const Figure& figure)
{
    return figure.comparison == Comparison::AtMost ? QStringLiteral("at most") : QStringLiteral("at least");
}

QString goalText(const Figure& figure)
{
    return figure.goal ? QStringLiteral("%1 %2").arg(goalWords(figure)).arg(*figure.goal)
                       : QStringLiteral("—");
}

QString holdsText(const Figure& figure)
{
    if (!figure.goal) {
        return QStringLiteral("—");
    }
    return figure.holds() ? QStringLiteral("yes") : QStringLiteral("no");
}

} // namespace

std::vector<Figure> timeFigures(const Medians& medians)
{
    std::vector<Figure> figures;
    for (const TimeComparison& comparison : comparisons) {
        const auto value = medians.find(comparison.benchmark);
        const auto reference = medians.find(comparison.referenceBenchmark);
        if (value != medians.end() && reference != medians.end()) {
            figures.push_back({QString::fromLatin1(comparison.name), QStringLiteral("ms"), value->second,
                               QString::fromLatin1(comparison.reference), reference->second,
                               comparison.comparison, comparison.goal});
        }
    }
    return figures;
}

QString toTable(const std::vector<Figure>& figures)
{
    QString table = QStringLiteral("| Figure | Measured | Against | | Ratio | Goal | Holds |\n"
                                   "|---|---|---|---|---|---|---|\n");
    for (const Figure& figure : figures) {
        table += QStringLiteral("| %1 | %2 %3 | %4 | %5 %3 | %6 | %7 | %8 |\n")
                     .arg(figure.name)
                     .arg(figure.value, 0, 'f', 2)
                     .arg(figure.unit, figure.reference)
                     .arg(figure.referenceValue, 0, 'f', 2)
                     .arg(figure.ratio(), 0, 'f', 2)
                     .arg(goalText(figure), holdsText(figure));
    }
    return table;
}

QJsonArray toJson(const std::vector<Figure>& figures)
{
    QJsonArray array;
    for (const Figure& figure : figures) {
        QJsonObject object{
            {QStringLiteral("name"), figure.name},
            {QStringLiteral("value"), figure.value},
            {QStringLiteral("unit"), figure.unit},
            {QStringLiteral("reference"), figure.reference},
            {QStringLiteral("reference_value"), figure.referenceValue},
            {QStringLiteral("ratio"), figure.ratio()},
            {QStringLiteral("holds"), figure.holds()},
        };
        if (figure.goal) {
            object.insert(QStringLiteral("goal"), *figure.goal);
            object.insert(QStringLiteral("goal_is"), goalWords(figure));
        }
        array.append(object);
    }
    return array;
}

} // namespace shmpix::bench
