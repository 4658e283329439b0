#include "common/segment/segmentaddress.h"

#include "common/base/platform.h"

#include <QCoreApplication>
#include <QDir>

#include <array>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(SegmentAddress)
};

using Scheme = SegmentAddress::Scheme;

struct SchemeName
{
    Scheme scheme;
    QLatin1StringView prefix;
};

constexpr std::array<SchemeName, 5> schemeNames = {{
    {Scheme::Posix, QLatin1StringView("posix:")},
    {Scheme::Windows, QLatin1StringView("windows:")},
    {Scheme::SystemV, QLatin1StringView("systemv:")},
    {Scheme::Qt, QLatin1StringView("qt:")},
    {Scheme::File, QLatin1StringView("file:")},
}};

constexpr qsizetype longestPosixName = 255; // bytes; NAME_MAX

constexpr Scheme nativeScheme = onWindows ? Scheme::Windows : Scheme::Posix;

Error invalid(const QString& text)
{
    return {ErrorCode::Usage, text};
}

QString escaped(const QString& name)
{
    QString text = name;
    text.replace(QLatin1Char('%'), QLatin1StringView("%25"));
    text.replace(QChar(0), QLatin1StringView("%00"));
    return text;
}

Result<QString> checkedPosixName(QString name)
{
    if (name.startsWith(QLatin1Char('/'))) {
        name.remove(0, 1);
    }
    if (name.isEmpty() || name == QLatin1StringView(".") || name == QLatin1StringView("..")) {
        return invalid(Text::tr("“%1” cannot be a key. Enter a name, such as shmpix.").arg(name));
    }
    if (name.contains(QLatin1Char('/'))) {
        return invalid(Text::tr("The key “%1” contains a slash, which is not allowed in the name of shared "
                                "memory. Remove it, or write file:/path for a mapped file.")
                           .arg(name));
    }
    if (const qsizetype bytes = name.toUtf8().size(); bytes > longestPosixName) {
        return invalid(
            Text::tr("The key is %1 bytes long, and the system allows at most %2. Choose a shorter key.")
                .arg(bytes)
                .arg(longestPosixName));
    }
    return name;
}

Result<QString> checkedPath(const QString& path, Scheme scheme)
{
    const QString cleaned = QDir::cleanPath(path); // of "/tmp/.." the root folder is left
    const bool isResource = path.startsWith(QLatin1Char(':'));
    if (!QDir::isAbsolutePath(path) || isResource || path.endsWith(QLatin1Char('/')) ||
        cleaned.endsWith(QLatin1Char('/'))) {
        return invalid(
            Text::tr("“%1” is not the full path of a file. Write %2/full/path.")
                .arg(path, scheme == Scheme::File ? QStringLiteral("file:") : QStringLiteral("systemv:")));
    }
    return cleaned;
}

} // namespace

Result<SegmentAddress> SegmentAddress::parse(const QString& text)
{
    Scheme scheme = nativeScheme;
    QString name = text;
    for (const SchemeName& candidate : schemeNames) {
        if (text.startsWith(candidate.prefix)) {
            scheme = candidate.scheme;
            name = text.mid(candidate.prefix.size());
            name.replace(QLatin1StringView("%00"), QString(QChar(0)));
            name.replace(QLatin1StringView("%25"), QLatin1StringView("%"));
        }
    }
    return of(scheme, name);
}

Result<SegmentAddress> SegmentAddress::of(Scheme scheme, const QString& name)
{
    if (name.isEmpty()) {
        return invalid(Text::tr("The key is empty. Enter a name, such as shmpix."));
    }
    if (name.contains(QChar(0))) {
        return invalid(Text::tr("The key contains a NUL character, which no system accepts. Remove it."));
    }
    Result<QString> checked = name;
    if (scheme == Scheme::Posix) {
        checked = checkedPosixName(name);
    } else if (scheme == Scheme::File || scheme == Scheme::SystemV) {
        checked = checkedPath(name, scheme);
    }
    if (!checked) {
        return checked.error();
    }
    return SegmentAddress(scheme, *checked);
}

QString SegmentAddress::toString() const
{
    for (const SchemeName& candidate : schemeNames) {
        if (candidate.scheme == m_scheme) {
            const QString slash = m_scheme == Scheme::Posix ? QStringLiteral("/") : QString();
            return candidate.prefix + slash + escaped(m_name);
        }
    }
    return m_name;
}

} // namespace shmpix
