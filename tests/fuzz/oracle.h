#pragma once

#include "common/protocol/codec.h"
#include "tests/fuzz/input.h"

#include <QByteArray>
#include <QString>

namespace shmpix::fuzz {

/// Ends the program, which counts as a finding, and says why.
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

/// The next number from the front of the input, little-endian; zeros where it is over.
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

/// Pictures that are larger are looked at, but not decoded: time and memory would go into their pixels alone.
[[nodiscard]] constexpr bool isQuick(qint64 width, qint64 height)
{
    constexpr qint64 most = qint64{1} << 20;
    return width * height <= most;
}

/// Demands what has to be true of every result, whatever the bytes were: a refusal with a sentence, or a
/// picture within the limits whose pixels all have a colour.
void requireSound(const Result<Decoded>& result, qint64 sourceBytes);

/// Demands the same pixels, 16 bits a channel; but for pixels that have a number for which the file has no
/// colour, which everybody shows as they like.
void requireSamePixels(const QImage& ours, const QImage& theirs, const char* theirName);

} // namespace shmpix::fuzz
