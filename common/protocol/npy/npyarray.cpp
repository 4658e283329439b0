#include "common/protocol/npy/npyarray.h"

#include "common/image/imagelimits.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <optional>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(NpyArray)
};

Error bad(const QString& sentence)
{
    return Error{ErrorCode::BadData, sentence};
}

/// Returns the sample type of a NumPy type in either byte order.
std::optional<SampleType> sampleOf(const QByteArray& type)
{
    constexpr std::array all = {SampleType::Bool,    SampleType::UInt8,  SampleType::Int16,
                                SampleType::UInt16,  SampleType::UInt32, SampleType::Float16,
                                SampleType::Float32, SampleType::Float64};
    constexpr char orders[] = "<>|=";
    if (type.size() != 3 || !QByteArray::fromRawData(orders, 4).contains(type.front())) {
        return std::nullopt;
    }
    const auto* const found = std::find_if(all.begin(), all.end(), [&type](SampleType sample) {
        return numpyType(sample).sliced(1) == type.sliced(1);
    });
    return found == all.end() ? std::nullopt : std::optional(*found);
}

bool isChannels(qint64 side)
{
    return side == 1 || side == 3 || side == 4;
}

QString shapeText(const std::vector<qint64>& shape)
{
    QStringList sides;
    for (const qint64 side : shape) {
        sides.append(QString::number(side));
    }
    return QStringLiteral("(%1)").arg(sides.join(QStringLiteral(", ")));
}

/// The axes of the shape for rows, columns and channels; -1: none.
struct Axes
{
    int rows = 0;
    int columns = 1;
    int channels = -1;
    QString text;
};

std::optional<Axes> chooseAxes(const std::vector<qint64>& shape)
{
    // Leading axes of length one are a batch of one picture.
    int first = 0;
    while (int(shape.size()) - first > 3 && shape[static_cast<std::size_t>(first)] == 1) {
        ++first;
    }
    const int count = int(shape.size()) - first;
    if (count == 2) {
        return Axes{first, first + 1, -1, Text::tr("rows × columns")};
    }
    if (count != 3) {
        return std::nullopt;
    }
    const bool last = isChannels(shape.back());
    const bool leading = isChannels(shape[static_cast<std::size_t>(first)]);
    if (last) {
        return Axes{
            first, first + 1, first + 2,
            leading
                ? Text::tr("read as rows × columns × channels; channels × rows × columns is also possible")
                : Text::tr("rows × columns × channels")};
    }
    if (leading) {
        return Axes{first + 1, first + 2, first, Text::tr("channels × rows × columns")};
    }
    return std::nullopt;
}

std::optional<PixelFormat> formatOf(SampleType sample, qint64 channels)
{
    const ChannelOrder order = channels == 4   ? ChannelOrder::Rgba
                               : channels == 3 ? ChannelOrder::Rgb
                                               : ChannelOrder::Gray;
    const PixelFormat format{order, sample};
    const auto all = allPixelFormats();
    return std::find(all.begin(), all.end(), format) == all.end() ? std::nullopt : std::optional(format);
}

/// Returns the bytes between neighbours along each axis. The sides were checked, so their product is small.
std::vector<qint64> axisStrides(const NpyHeader& header, qint64 numberBytes)
{
    std::vector<qint64> strides(header.shape.size());
    qint64 stride = numberBytes;
    for (std::size_t i = 0; i < strides.size(); ++i) {
        const std::size_t axis = header.fortranOrder ? i : strides.size() - 1 - i;
        strides[axis] = stride;
        stride *= header.shape[axis];
    }
    return strides;
}

} // namespace

Result<NpyPicture> npyPicture(const NpyHeader& header)
{
    const auto sample = sampleOf(header.type);
    if (!sample) {
        return bad(Text::tr("A .npy array of type %1 is not a picture. Convert it, for example with "
                            "array.astype(numpy.uint8).")
                       .arg(QString::fromLatin1(header.type.left(20))));
    }
    const auto axes = chooseAxes(header.shape);
    if (!axes) {
        return bad(Text::tr("A .npy array of shape %1 is not a picture. Save it as rows × columns, with 1, 3 "
                            "or 4 channels as the last or the first axis.")
                       .arg(shapeText(header.shape)));
    }
    const auto side = [&](int axis) { return axis < 0 ? 1 : header.shape[static_cast<std::size_t>(axis)]; };
    const qint64 channels = side(axes->channels);
    const auto format = formatOf(*sample, channels);
    if (!format) {
        return bad(Text::tr("A .npy array with %1 channels of type %2 is not a picture. Convert it, for "
                            "example with array.astype(numpy.uint8).")
                       .arg(channels)
                       .arg(QString::fromLatin1(header.type)));
    }
    NpyPicture picture;
    picture.layout = {side(axes->columns), side(axes->rows), *format, 0, header.dataOffset, false};
    if (auto extent = checkedExtent(picture.layout); !extent) {
        return extent.error();
    }
    picture.dataBytes = rowBytes(*format, picture.layout.width) * picture.layout.height;
    const auto strides = axisStrides(header, sampleBytes(*sample));
    const auto stride = [&](int axis) { return axis < 0 ? 0 : strides[static_cast<std::size_t>(axis)]; };
    picture.strides = {stride(axes->rows), stride(axes->columns), stride(axes->channels)};
    picture.swapped = header.type.front() == '>' && sampleBytes(*sample) > 1;
    const qint64 number = sampleBytes(*sample);
    const bool inOrder = (channels == 1 || picture.strides[2] == number) &&
                         picture.strides[1] == number * channels &&
                         picture.strides[0] == picture.strides[1] * picture.layout.width;
    picture.isPlain = inOrder && !picture.swapped;
    picture.axes = QStringLiteral("%1 %2").arg(shapeText(header.shape), axes->text);
    return picture;
}

} // namespace shmpix
