#include "receiver/window/segmentmodel.h"

#include "common/base/quantitytext.h"
#include "receiver/segmenttext.h"

#include <QSet>

#include <algorithm>

namespace shmpix {

namespace {

/// Two pixels per point, for high-resolution screens.
constexpr qreal pixelRatio = 2;

constexpr int side = SegmentSurvey::thumbnailSide;

QImage square(const SurveyedSegment& row)
{
    const QImage thumbnail = row.look ? row.look->thumbnail : QImage();
    if (thumbnail.isNull()) {
        static const QImage nothing = [] {
            QImage image(side, side, QImage::Format_ARGB32_Premultiplied);
            image.fill(Qt::transparent);
            image.setDevicePixelRatio(pixelRatio);
            return image;
        }();
        return nothing; // shared by all rows that have no picture yet
    }
    // copy() makes the area outside the image transparent.
    QImage image =
        thumbnail.copy((thumbnail.width() - side) / 2, (thumbnail.height() - side) / 2, side, side);
    image.setDevicePixelRatio(pixelRatio);
    return image;
}

QString explanation(const SurveyedSegment& row)
{
    QString text = addressText(row.segment);
    if (!row.segment.address) {
        text += QLatin1Char('\n') + SegmentModel::tr("No key leads there.");
    }
    if (row.look && !row.look->remark.isEmpty()) {
        text += QLatin1Char('\n') + row.look->remark;
    }
    if (row.segment.attached >= 0) {
        text += QLatin1Char('\n') + SegmentModel::tr("Attached %n time(s)", nullptr, row.segment.attached);
    }
    return text;
}

} // namespace

SegmentModel::Row SegmentModel::rowOf(const SurveyedSegment& data, const QImage& picture)
{
    Row row;
    row.data = data;
    row.texts[Segment] = addressText(data.segment);
    row.texts[Size] = bytesText(data.segment.bytes);
    row.texts[Content] = contentText(data);
    row.texts[Producer] = producerText(data.segment);
    row.texts[Owner] = ownerText(data.segment);
    row.texts[Age] = ageText(ageOf(data.segment));
    row.picture = picture;
    return row;
}

void SegmentModel::update(int index, const SurveyedSegment& data)
{
    Row& row = m_rows[static_cast<std::size_t>(index)];
    const bool hasSamePicture = (data.look ? data.look->thumbnail.cacheKey() : 0) ==
                                (row.data.look ? row.data.look->thumbnail.cacheKey() : 0);
    Row fresh = rowOf(data, hasSamePicture ? row.picture : square(data));
    const bool hasSameTexts = std::equal(std::begin(row.texts), std::end(row.texts), std::begin(fresh.texts));
    row = std::move(fresh);
    if (!hasSamePicture || !hasSameTexts) {
        Q_EMIT dataChanged(this->index(index, 0), this->index(index, ColumnCount - 1));
    }
}

void SegmentModel::removeGone(const std::vector<SurveyedSegment>& rows)
{
    QSet<QByteArray> there;
    for (const SurveyedSegment& row : rows) {
        there.insert(row.segment.identity());
    }
    for (int end = rowCount(); end > 0;) {
        const auto isGone = [&](int row) { return !there.contains(at(row).segment.identity()); };
        if (!isGone(end - 1)) {
            --end;
            continue;
        }
        int first = end - 1;
        while (first > 0 && isGone(first - 1)) {
            --first;
        }
        beginRemoveRows({}, first, end - 1);
        m_rows.erase(m_rows.begin() + first, m_rows.begin() + end);
        endRemoveRows();
        end = first;
    }
}

void SegmentModel::setRows(const std::vector<SurveyedSegment>& rows)
{
    removeGone(rows);
    // Both lists have the same order, so the rows that remain keep their order in the new list.
    const auto isAt = [this, &rows](std::size_t row) {
        return row < m_rows.size() && m_rows[row].data.segment.identity() == rows[row].segment.identity();
    };
    for (std::size_t row = 0; row < rows.size(); ++row) {
        if (isAt(row)) {
            update(static_cast<int>(row), rows[row]);
            continue;
        }
        std::size_t end = row + 1;
        while (end < rows.size() && (row == m_rows.size() ||
                                     m_rows[row].data.segment.identity() != rows[end].segment.identity())) {
            ++end;
        }
        std::vector<Row> fresh;
        std::transform(rows.begin() + static_cast<std::ptrdiff_t>(row),
                       rows.begin() + static_cast<std::ptrdiff_t>(end), std::back_inserter(fresh),
                       [](const SurveyedSegment& one) { return rowOf(one, square(one)); });
        beginInsertRows({}, static_cast<int>(row), static_cast<int>(end) - 1);
        m_rows.insert(m_rows.begin() + static_cast<std::ptrdiff_t>(row),
                      std::make_move_iterator(fresh.begin()), std::make_move_iterator(fresh.end()));
        endInsertRows();
        row = end - 1;
    }
}

void SegmentModel::setLook(const SurveyedSegment& seen)
{
    const auto found = std::find_if(m_rows.begin(), m_rows.end(), [&seen](const Row& row) {
        return row.data.segment.identity() == seen.segment.identity();
    });
    if (found != m_rows.end()) {
        update(static_cast<int>(found - m_rows.begin()), seen);
    }
}

int SegmentModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int SegmentModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant SegmentModel::data(const QModelIndex& index, int role) const
{
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    if (role == Qt::DisplayRole || (role == Qt::AccessibleTextRole && index.column() != Segment)) {
        return row.texts[index.column()];
    }
    if (role == Qt::AccessibleTextRole) {
        return row.texts[Segment];
    }
    if (role == Qt::DecorationRole && index.column() == Segment) {
        return row.picture;
    }
    if (role == Qt::ToolTipRole) {
        return explanation(row.data);
    }
    if (role == Qt::TextAlignmentRole && (index.column() == Size || index.column() == Age)) {
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    }
    return {};
}

QVariant SegmentModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Segment:
        return tr("Segment");
    case Size:
        return tr("Size");
    case Content:
        return tr("Protocol");
    case Producer:
        return tr("Producer");
    case Owner:
        return tr("Owner");
    default:
        return tr("Age");
    }
}

} // namespace shmpix
