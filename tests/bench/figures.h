#pragma once

#include <QJsonArray>
#include <QString>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace shmpix::bench {

/// How a figure compares with its reference.
enum class Comparison {
    AtMost,      ///< value / reference must be at most the goal
    AtLeast,     ///< value / reference must be at least the goal: for rates
    TimesFaster, ///< reference / value must be at least the goal: for times
};

/// One figure that the project promises, and its reference, measured in the same run.
struct Figure
{
    QString name;
    QString unit;
    double value = 0;
    QString reference; ///< what the figure is compared with
    double referenceValue = 0;
    Comparison comparison = Comparison::AtMost;
    std::optional<double> goal; ///< nothing: the figure is only reported

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

/// The figures from the benchmarks; figures whose benchmarks did not run are left out.
[[nodiscard]] std::vector<Figure> timeFigures(const Medians& medians);

/// A table for people.
[[nodiscard]] QString toTable(const std::vector<Figure>& figures);

/// An array of {name, value, unit, reference, reference_value, ratio, goal, goal_is, holds}; goal_is says
/// whether the ratio must be "at most" or "at least" the goal. Without a goal, both are left out.
[[nodiscard]] QJsonArray toJson(const std::vector<Figure>& figures);

} // namespace shmpix::bench
