#pragma once

#include "common/segment/segmentaddress.h"

#include <QHash>
#include <QSet>
#include <QStringList>

#include <optional>

namespace shmpix {

/// The key that ftok(file, 'Q'), which Qt uses, computes from a file's numbers.
[[nodiscard]] quint32 systemVKeyOf(quint64 device, quint64 inode);

enum class Effort {
    Quick,   ///< microseconds
    Thorough ///< half a second at worst
};

/// The argument of setKey(), recovered from the name of its key file, which consists of the key's letters and
/// the SHA-1 of the key. Found if the key consists of letters, optionally followed by a small number, or,
/// with a thorough search, if it is a number of up to six digits; otherwise nothing.
[[nodiscard]] std::optional<QString> qtKeyOf(const QString& keyFileName, Effort effort);

/// Finds the key files of System V keys in the places where Qt puts them, because a key is only a number.
/// Used on one thread, not the GUI's.
class KeyFiles
{
public:
    /// Searches the folders of temporary files again.
    void refresh();

    /// The address that leads to the key: qt: if the argument of setKey() is known, otherwise systemv: with
    /// the file. `maker` is the living process that created the segment, whose working folder is searched, or
    /// 0. Nothing if no file was found.
    [[nodiscard]] std::optional<SegmentAddress> addressOf(quint32 key, qint64 maker);

    /// Searches thoroughly for the keys that addressOf() has not found since refresh(), and remembers them.
    void searchFurther();

private:
    void add(const QString& folder, const QString& beginning);

    QHash<quint32, QString> m_files;
    QHash<QString, QString> m_qtKeys; ///< by the name of the key file; empty if not found
    QSet<QString> m_folders;          ///< that were searched since refresh()
    QStringList m_open;               ///< key files left for a thorough search
};

} // namespace shmpix
