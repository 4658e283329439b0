#include "tests/bench/live/ratecurve.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace shmpix::bench {

namespace {

constexpr double width = 800;
constexpr double height = 480;
constexpr double left = 70;
constexpr double right = 775;
constexpr double top = 100;
constexpr double bottom = 405;

/// Colours that can be distinguished on white and on black, and marks for people who cannot distinguish
/// colours.
struct Look
{
    const char* colour;
    const char* mark; ///< a path around 0, 0
    const char* line; ///< more attributes
};
constexpr const char* circle = "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z";
constexpr std::array<Look, 6> looks = {{
    {"#2f81f7", "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z", "stroke-width=\"3.5\""},
    {"#848d97", circle, "stroke-width=\"2\" stroke-dasharray=\"7 4\""},
    {"#d4820b", "M-4-4h8v8h-8z", "stroke-width=\"2\""},
    {"#e5484d", "M0-5l5 9h-10z", "stroke-width=\"2\""},
    {"#9a6bf0", "M0-5.5l5 5.5l-5 5.5l-5-5.5z", "stroke-width=\"2\""},
    {"#2fa05a", "M0 5l5-9h-10z", "stroke-width=\"2\""},
}};

double gigabytesPerSecond(double framesPerSecond, QSize size)
{
    return framesPerSecond * double(frameBytes(size)) / 1e9;
}

QString number(double value)
{
    return QString::number(value, 'f', 1);
}

/// The positions of values in the picture; both axes are logarithmic.
class Axes
{
public:
    Axes(const std::vector<RatesOfSize>& curve)
        : m_leastBytes(std::log(double(frameBytes(curve.front().size))))
        , m_mostBytes(std::log(double(frameBytes(curve.back().size))))
    {
        double least = 1;
        double most = 1;
        for (const RatesOfSize& row : curve) {
            for (const auto& [name, rate] : row.rates) {
                least = std::min(least, gigabytesPerSecond(rate, row.size));
                most = std::max(most, gigabytesPerSecond(rate, row.size));
            }
        }
        m_least = std::log(std::max(least, 0.01) / 1.2);
        m_most = std::log(most * 1.2);
    }
    [[nodiscard]] double x(QSize size) const
    {
        return left + (right - left) * (std::log(double(frameBytes(size))) - m_leastBytes) /
                          (m_mostBytes - m_leastBytes);
    }
    [[nodiscard]] double y(double rate) const
    {
        return bottom - (bottom - top) * (std::log(rate) - m_least) / (m_most - m_least);
    }
    [[nodiscard]] bool contains(double rate) const
    {
        return std::log(rate) >= m_least && std::log(rate) <= m_most;
    }

private:
    double m_leastBytes;
    double m_mostBytes;
    double m_least = 0;
    double m_most = 0;
};

/// The usual name of a size.
QString sizeText(QSize size)
{
    switch (size.height()) {
    case 720:
    case 1080:
        return QStringLiteral("%1p").arg(size.height());
    case 2160:
        return QStringLiteral("4K");
    case 4320:
        return QStringLiteral("8K");
    default:
        return QStringLiteral("%1×%2").arg(size.width()).arg(size.height());
    }
}

QString text(double x, double y, const QString& words, const QString& attributes)
{
    return QStringLiteral("<text x=\"%1\" y=\"%2\" %3>%4</text>\n")
        .arg(number(x), number(y), attributes, words);
}

QString line(double x1, double y1, double x2, double y2)
{
    return QStringLiteral("<path class=\"grid\" d=\"M%1 %2L%3 %4\"/>\n")
        .arg(number(x1), number(y1), number(x2), number(y2));
}

QString grid(const std::vector<RatesOfSize>& curve, const Axes& axes)
{
    const QString middle = QStringLiteral("text-anchor=\"middle\"");
    QString svg;
    for (const RatesOfSize& row : curve) {
        const double x = axes.x(row.size);
        svg += line(x, top, x, bottom);
        svg += text(x, bottom + 20, sizeText(row.size), middle);
    }
    for (const double rate : {0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0}) {
        if (axes.contains(rate)) {
            svg += line(left, axes.y(rate), right, axes.y(rate));
            svg += text(left - 8, axes.y(rate) + 4, QString::number(rate),
                        QStringLiteral("text-anchor=\"end\""));
        }
    }
    svg += text((left + right) / 2, bottom + 48, QStringLiteral("size of the RGBA frames"), middle);
    svg +=
        text(0, 0, QStringLiteral("GB/s that reach the reader's memory"),
             middle + QStringLiteral(" transform=\"translate(22 %1) rotate(-90)\"").arg((top + bottom) / 2));
    return svg;
}

QString mark(double x, double y, const Look& look)
{
    return QStringLiteral("<path d=\"%1\" fill=\"%2\" transform=\"translate(%3 %4)\"/>\n")
        .arg(QLatin1String(look.mark), QLatin1String(look.colour), number(x), number(y));
}

QString stroke(const QString& path, const Look& look)
{
    return QStringLiteral("<path d=\"%1\" fill=\"none\" stroke=\"%2\" %3/>\n")
        .arg(path, QLatin1String(look.colour), QLatin1String(look.line));
}

QString series(const std::vector<RatesOfSize>& curve, const Axes& axes, const QString& name, const Look& look)
{
    QString path;
    QString marks;
    for (const RatesOfSize& row : curve) {
        const auto rate = row.rates.find(name);
        if (rate == row.rates.end() || rate->second <= 0) {
            continue;
        }
        const double x = axes.x(row.size);
        const double y = axes.y(std::max(gigabytesPerSecond(rate->second, row.size), 0.01));
        path += QStringLiteral("%1%2 %3").arg(path.isEmpty() ? QLatin1String("M") : QLatin1String("L"),
                                              number(x), number(y));
        marks += mark(x, y, look);
    }
    return stroke(path, look) + marks;
}

QString legend(const QString& title, std::size_t index, const Look& look)
{
    constexpr std::size_t columns = 3;
    const double x = left + double(index % columns) * 240;
    const std::size_t row = index / columns;
    const double y = 52 + double(row) * 22;
    return stroke(QStringLiteral("M%1 %2h34").arg(number(x), number(y)), look) + mark(x + 17, y, look) +
           text(x + 42, y + 4, title, {});
}

} // namespace

QString toSvg(const std::vector<RatesOfSize>& curve, const std::vector<Transport>& known)
{
    if (curve.empty()) {
        return {};
    }
    const Axes axes(curve);
    QString svg =
        QStringLiteral("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %1 %2\" width=\"%1\" "
                       "height=\"%2\" font-family=\"sans-serif\" font-size=\"13\">\n"
                       "<style>.paper{fill:#fff}.grid{stroke:#ccd2d9;fill:none}text{fill:#1f2328}"
                       "@media(prefers-color-scheme:dark){.paper{fill:#0d1117}.grid{stroke:#3a424c}"
                       "text{fill:#e6edf3}}</style>\n"
                       "<rect class=\"paper\" width=\"%1\" height=\"%2\"/>\n")
            .arg(width)
            .arg(height);
    svg += text(left, 28,
                QStringLiteral("Frames from one process into another, copied in and out, as fast as it goes"),
                QStringLiteral("font-size=\"16\" font-weight=\"bold\""));
    svg += grid(curve, axes);
    // Ours last, so that it lies above the others.
    for (std::size_t i = known.size(); i-- > 0;) {
        const Look& look = looks[i % looks.size()];
        svg += series(curve, axes, known[i].name, look) + legend(known[i].title, i, look);
    }
    return svg + QStringLiteral("</svg>\n");
}

} // namespace shmpix::bench
