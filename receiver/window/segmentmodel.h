#pragma once

#include "common/listing/segmentsurvey.h"

#include <QAbstractTableModel>

namespace shmpix {

/// The segments of a SegmentWatch as a model. Rows are changed in place, so that views keep their selection
/// and position. GUI thread.
class SegmentModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Segment, Size, Content, Producer, Owner, Age, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    /// Replaces the list. Remaining segments keep their row, and their picture until a newer one arrives.
    void setRows(const std::vector<SurveyedSegment>& rows);

    /// Updates one segment after it has been looked at.
    void setLook(const SurveyedSegment& row);

    [[nodiscard]] const SurveyedSegment& at(int row) const
    {
        return m_rows[static_cast<std::size_t>(row)].data;
    }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Row
    {
        SurveyedSegment data;
        QString texts[ColumnCount];
        QImage picture; ///< the thumbnail in the middle of a square
    };

    [[nodiscard]] static Row rowOf(const SurveyedSegment& data, const QImage& picture);
    void update(int row, const SurveyedSegment& data);
    void removeGone(const std::vector<SurveyedSegment>& rows);

    std::vector<Row> m_rows;
};

} // namespace shmpix
