#pragma once

#include <QComboBox>
#include <QStringList>

#include <vector>

namespace shmpix {

/// A key that suits a kind of peer.
struct KeyPreset
{
    QString key;
    QString peer;     ///< for people: "Qt setKey"
    QString protocol; ///< the peer's protocol, by its name on the command line
};

/// The keys that both windows propose.
[[nodiscard]] std::vector<KeyPreset> keyPresets();

/// The input field for the key. Its list has the recently used keys, kept in QSettings, followed by the
/// presets. GUI thread.
class KeyBox final : public QComboBox
{
    Q_OBJECT

public:
    explicit KeyBox(std::vector<KeyPreset> presets, QWidget* parent = nullptr);

    /// The typed text without surrounding blanks.
    [[nodiscard]] QString key() const { return currentText().trimmed(); }
    void setKey(const QString& key) { setEditText(key); }

    /// Adds a key at the head of the list and stores it in the settings.
    void remember(const QString& key);

    void showPopup() override;
    void hidePopup() override;

Q_SIGNALS:
    /// Emitted for a choice from the list, not for a typed key.
    void presetChosen(const shmpix::KeyPreset& preset);

private:
    void fill();

    std::vector<KeyPreset> m_presets;
    QStringList m_remembered;
    bool m_choosing = false;
};

} // namespace shmpix
