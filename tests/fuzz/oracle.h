#pragma once

#include "common/protocol/codec.h"
#include "tests/fuzz/input.h"

#include <QByteArray>
#include <QString>

namespace shmpix::fuzz {

/// Prints the reason and ends the program, which counts as a finding.
[[noreturn]] void fail(const QString& finding);

inline void require(bool holds, const char* finding)
{
    if (!holds) {
        fail(QString::fromUtf8(finding));
    }
}

[[nodiscard]] inline QByteArray bytesOf(Input input)
{
    return {reinterpret_cast<const char*>(input.data()), static_cast<qsizetype>(input.size())};
}

/// Takes the next little-endian number from the front of the input. Missing bytes are zeros.
template <class Number>
[[nodiscard]] Number take(Input& input)
{
    quint64 number = 0;
    const std::size_t count = std::min(sizeof(Number), input.size());
    for (std::size_t i = 0; i < count; ++i) {
        number |= std::to_integer<quint64>(input[i]) << (8 * i);
    }
    input = input.subspan(count);
    return static_cast<Number>(number);
}

/// Larger pictures are examined but not decoded, because the pixels alone would use up time and memory.
[[nodiscard]] constexpr bool isQuick(qint64 width, qint64 height)
{
    constexpr qint64 most = qint64{1} << 20;
    return width * height <= most;
}

/// Checks the conditions that every result must meet, whatever the bytes were: either a refusal with a
/// sentence, or a picture within the limits whose pixels all have a colour.
void requireSound(const Result<Decoded>& result, qint64 sourceBytes);

/// Checks for equal pixels with 16 bits per channel. Ignores pixels whose index has no colour in the file,
/// because every reader shows them differently.
void requireSamePixels(const QImage& ours, const QImage& theirs, const char* theirName);

} // namespace shmpix::fuzz
