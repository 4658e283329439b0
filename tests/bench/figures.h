#pragma once

#include <QJsonArray>
#include <QString>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace shmpix::bench {

/// How a figure stands to its reference.
enum class Comparison {
    AtMost,      ///< value / reference is to be at most the goal
    AtLeast,     ///< value / reference is to be at least the goal: rates
    TimesFaster, ///< reference / value is to be at least the goal: times
};

/// One figure that the project promises: what is measured, against what, in the same run.
struct Figure
{
    QString name;
    QString unit;
    double value = 0;
    QString reference; ///< what it is measured against
    double referenceValue = 0;
    Comparison comparison = Comparison::AtMost;
    std::optional<double> goal; ///< nothing: the figure is only stated

    [[nodiscard]] double ratio() const
    {
        return comparison == Comparison::TimesFaster ? referenceValue / value : value / referenceValue;
    }
    [[nodiscard]] bool holds() const
    {
        return !goal || (comparison == Comparison::AtMost ? ratio() <= *goal : ratio() >= *goal);
    }
};

/// Medians in milliseconds by benchmark name.
using Medians = std::map<std::string, double>;

/// The figures that the benchmarks give; one whose benchmarks did not run is left out.
[[nodiscard]] std::vector<Figure> timeFigures(const Medians& medians);

/// A table for people.
[[nodiscard]] QString toTable(const std::vector<Figure>& figures);

/// An array of {name, value, unit, reference, reference_value, ratio, goal, goal_is, holds}; goal_is says
/// whether the ratio is to be "at most" or "at least" the goal. Without a goal both are left out.
[[nodiscard]] QJsonArray toJson(const std::vector<Figure>& figures);

} // namespace shmpix::bench
