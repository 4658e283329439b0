#pragma once

#include "common/segment/segmentaddress.h"

#include <QHash>
#include <QSet>
#include <QStringList>

#include <optional>

namespace shmpix {

/// The key that ftok(file, 'Q'), which Qt uses, makes of a file's numbers.
[[nodiscard]] quint32 systemVKeyOf(quint64 device, quint64 inode);

enum class Effort {
    Quick,   ///< microseconds
    Thorough ///< half a second at worst
};

/// The key that setKey() was given, from the name of the file that Qt made of it: its letters and the SHA-1
/// of the whole. Found when the key has letters only, or letters and a small number behind them, or,
/// thoroughly, when it is a number of up to six digits; else nothing.
[[nodiscard]] std::optional<QString> qtKeyOf(const QString& keyFileName, Effort effort);

/// Finds the files that System V keys are made of, in the places where Qt puts them: a key is a number that
/// does not say which. Used on one thread, not the GUI's.
class KeyFiles
{
public:
    /// Looks through the folders of temporary files again.
    void refresh();

    /// The address that leads to the key: qt: when what setKey() was given is known, else systemv: with the
    /// file. `maker` is the living process that made the segment, whose working folder is looked through;
    /// else 0. Nothing when no file was found.
    [[nodiscard]] std::optional<SegmentAddress> addressOf(quint32 key, qint64 maker);

    /// Searches thoroughly for what addressOf() did not find out since refresh(); it knows it from then on.
    void searchFurther();

private:
    void add(const QString& folder, const QString& beginning);

    QHash<quint32, QString> m_files;
    QHash<QString, QString> m_qtKeys; ///< by the name of the key file; empty when it was not found
    QSet<QString> m_folders;          ///< that were looked through since refresh()
    QStringList m_open;               ///< key files whose keys a thorough search may find
};

} // namespace shmpix
