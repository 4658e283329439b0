#pragma once

#include <QtGlobal>

#include <array>
#include <cstddef>
#include <cstdint>

/// The parts of the PNG format (W3C PNG, second edition) that reader and writer share.
namespace shmpix::png {

constexpr std::array<unsigned char, 8> signature = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

/// Length, type and checksum around a chunk's data.
constexpr qint64 chunkOverhead = 12;
constexpr qint64 headerDataBytes = 13;

/// The most data one chunk may have.
constexpr qint64 maximumChunkBytes = 0x7fffffff;

/// The most data one stored deflate block can have, and what stands before it.
constexpr qint64 maximumStoredBytes = 65535;
constexpr qint64 storedHeaderBytes = 5;

constexpr std::uint32_t chunkType(const char (&name)[5])
{
    return static_cast<std::uint32_t>(static_cast<unsigned char>(name[0])) << 24 |
           static_cast<std::uint32_t>(static_cast<unsigned char>(name[1])) << 16 |
           static_cast<std::uint32_t>(static_cast<unsigned char>(name[2])) << 8 |
           static_cast<std::uint32_t>(static_cast<unsigned char>(name[3]));
}

enum class ColorType : unsigned char { Grey = 0, Rgb = 2, Palette = 3, GreyAlpha = 4, Rgba = 6 };

} // namespace shmpix::png
