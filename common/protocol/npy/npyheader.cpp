#include "common/protocol/npy/npyheader.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QtEndian>

#include <algorithm>
#include <array>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(NpyHeader)
};

constexpr std::array<char, 6> magic = {'\x93', 'N', 'U', 'M', 'P', 'Y'};
constexpr qint64 longestDictionary = 4096; // NumPy's dictionaries have fewer than 128 bytes
constexpr std::size_t mostAxes = 32;       // NumPy's own limit

Error bad(const QString& cause)
{
    return Error{
        ErrorCode::BadData,
        Text::tr("The .npy header is damaged or not supported: %1. Save the array again.").arg(cause)};
}

/// Returns the dictionary's text and sets `end` to where it ends.
Result<QString> readDictionary(ByteSource& source, qint64& end)
{
    std::array<std::byte, 12> start = {};
    const auto take = std::min<qint64>(source.size(), qint64(start.size()));
    if (auto read = source.read(0, std::span(start).first(static_cast<std::size_t>(take))); !read) {
        return read.error();
    }
    const int major = int(start[6]);
    if (major < 1 || major > 3 || start[7] != std::byte{0}) {
        return bad(Text::tr("version %1.%2").arg(major).arg(int(start[7])));
    }
    const qint64 begin = major == 1 ? 10 : 12;
    const qint64 length =
        major == 1 ? qFromLittleEndian<quint16>(&start[8]) : qint64{qFromLittleEndian<quint32>(&start[8])};
    if (length > longestDictionary || !isWithin(begin, length, source.size())) {
        return bad(Text::tr("it would be %1 bytes long").arg(length));
    }
    QByteArray text(length, Qt::Uninitialized);
    if (auto read = source.read(begin, std::as_writable_bytes(std::span(text.data(), text.size()))); !read) {
        return read.error();
    }
    end = begin + length;
    return QString::fromUtf8(text);
}

/// Returns the value of a key: the text between the colon and the following comma.
QString valueOf(const QString& dictionary, const QString& key, const QString& pattern)
{
    const QRegularExpression expression(
        QStringLiteral("['\"]%1['\"]\\s*:\\s*(%2)\\s*[,}]").arg(key, pattern));
    const auto match = expression.match(dictionary);
    return match.hasMatch() ? match.captured(1) : QString();
}

Result<std::vector<qint64>> parseShape(const QString& tuple)
{
    std::vector<qint64> shape;
    const QStringList words = tuple.mid(1, tuple.size() - 2).split(QLatin1Char(','), Qt::SkipEmptyParts);
    for (const QString& word : words) {
        const QString digits = word.trimmed();
        if (digits.isEmpty()) {
            continue;
        }
        bool isNumber = false;
        const qint64 side = digits.toLongLong(&isNumber);
        if (!isNumber || side < 0 || shape.size() == mostAxes) {
            return bad(Text::tr("its shape is %1").arg(tuple.left(60)));
        }
        shape.push_back(side);
    }
    return shape;
}

} // namespace

bool beginsAsNpy(ByteSource& source)
{
    std::array<char, magic.size()> start = {};
    return source.size() >= 10 && source.read(0, std::as_writable_bytes(std::span(start))) && start == magic;
}

Result<NpyHeader> readNpyHeader(ByteSource& source)
{
    if (!beginsAsNpy(source)) {
        return bad(Text::tr("it does not start with \\x93NUMPY"));
    }
    NpyHeader header;
    const auto dictionary = readDictionary(source, header.dataOffset);
    if (!dictionary) {
        return dictionary.error();
    }
    const QString type =
        valueOf(*dictionary, QStringLiteral("descr"), QStringLiteral("['\"][^'\"]*['\"]|\\["));
    const QString order = valueOf(*dictionary, QStringLiteral("fortran_order"), QStringLiteral("True|False"));
    const QString tuple = valueOf(*dictionary, QStringLiteral("shape"), QStringLiteral("\\([0-9, ]*\\)"));
    if (type.isEmpty() || order.isEmpty() || tuple.isEmpty()) {
        return bad(
            Text::tr("descr, fortran_order or shape is missing, or descr is not a plain numeric type"));
    }
    auto shape = parseShape(tuple);
    if (!shape) {
        return shape.error();
    }
    header.type = type.mid(1, type.size() - 2).toLatin1();
    header.fortranOrder = order == QLatin1StringView("True");
    header.shape = std::move(*shape);
    return header;
}

QByteArray npyHeaderBytes(const QByteArray& type, const std::vector<qint64>& shape)
{
    QByteArray sides;
    for (const qint64 side : shape) {
        sides += QByteArray::number(side) + ", ";
    }
    QByteArray dictionary =
        "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + sides.chopped(2) + "), }";
    constexpr qsizetype begin = 10;
    constexpr qsizetype alignment = 64;
    const qsizetype unpadded = begin + dictionary.size() + 1;
    dictionary += QByteArray((alignment - unpadded % alignment) % alignment, ' ') + '\n';
    QByteArray header(magic.data(), qsizetype(magic.size()));
    header += QByteArray("\x01\x00", 2);
    std::array<char, 2> length = {};
    qToLittleEndian(static_cast<quint16>(dictionary.size()), length.data());
    return header + QByteArray(length.data(), 2) + dictionary;
}

} // namespace shmpix
