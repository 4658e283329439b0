#pragma once

#include <QJsonArray>
#include <QString>

#include <map>
#include <string>
#include <vector>

namespace shmpix::bench {

/// One figure that the project promises: what is measured, against what, in the same run.
struct Figure
{
    QString name;
    QString unit;
    double value = 0;
    QString reference; ///< what it is measured against
    double referenceValue = 0;
    bool atMost = true; ///< ratio = value / reference must be at most `goal`; else reference / value at least
    double goal = 0;

    [[nodiscard]] double ratio() const { return atMost ? value / referenceValue : referenceValue / value; }
    [[nodiscard]] bool holds() const { return atMost ? ratio() <= goal : ratio() >= goal; }
};

/// Medians in milliseconds by benchmark name.
using Medians = std::map<std::string, double>;

/// The figures that the benchmarks give; one whose benchmarks did not run is left out.
[[nodiscard]] std::vector<Figure> timeFigures(const Medians& medians);

/// A table for people.
[[nodiscard]] QString toTable(const std::vector<Figure>& figures);

/// An array of {name, value, unit, reference, reference_value, ratio, goal, goal_is, holds}; goal_is says
/// whether the ratio is to be "at most" or "at least" the goal.
[[nodiscard]] QJsonArray toJson(const std::vector<Figure>& figures);

} // namespace shmpix::bench
