#pragma once

#include "common/base/result.h"

#include <QString>

namespace shmpix {

/// The address of a segment. The text forms, the same in windows, on command lines and in settings:
///   NAME             the platform's native name: what Python's SharedMemory(name=...) and C#'s map name take
///   posix:/NAME      a POSIX object
///   windows:NAME     a Windows file mapping
///   systemv:/FILE    System V memory whose key file is FILE (QSharedMemory's native key)
///   qt:KEY           what QSharedMemory::setKey(KEY) names
///   file:/PATH       a mapped file
/// After a scheme, % and a NUL are written %25 and %00, as QNativeIpcKey::toString() does; a plain NAME is
/// verbatim.
class SegmentAddress
{
public:
    enum class Scheme { Posix, Windows, SystemV, Qt, File };

    /// Fails with Usage and says what to write instead.
    [[nodiscard]] static Result<SegmentAddress> parse(const QString& text);

    /// The address of a verbatim name of that kind. Fails like parse().
    [[nodiscard]] static Result<SegmentAddress> of(Scheme scheme, const QString& name);

    [[nodiscard]] Scheme scheme() const { return m_scheme; }

    /// The name without the scheme; a POSIX name without its slash.
    [[nodiscard]] const QString& name() const { return m_name; }

    /// The text form with the scheme.
    [[nodiscard]] QString toString() const;

    friend bool operator==(const SegmentAddress&, const SegmentAddress&) = default;

private:
    SegmentAddress(Scheme scheme, QString name)
        : m_scheme(scheme)
        , m_name(std::move(name))
    {
    }

    Scheme m_scheme;
    QString m_name;
};

} // namespace shmpix
