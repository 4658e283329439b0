#include "common/ui/keybox.h"

#include <QLineEdit>
#include <QSettings>
#include <QStyledItemDelegate>

namespace shmpix {

namespace {

constexpr qsizetype mostRemembered = 10;
constexpr int peerRole = Qt::UserRole;

QString settingsKey()
{
    return QStringLiteral("keys/recent");
}

/// Shows a key with its peer; only the key is put into the box.
class KeyDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        return QStyledItemDelegate::sizeHint(option, index).grownBy({0, 2, 0, 2});
    }

protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override
    {
        QStyledItemDelegate::initStyleOption(option, index);
        if (const QString peer = index.data(peerRole).toString(); !peer.isEmpty()) {
            option->text += QStringLiteral("   –   ") + peer;
        }
    }
};

} // namespace

std::vector<KeyPreset> keyPresets()
{
    const QString datastream = QStringLiteral("datastream");
    return {{QStringLiteral("shmpix"), KeyBox::tr("Shmpix"), datastream},
            {QStringLiteral("qt:169254"), KeyBox::tr("Qt programs: QSharedMemory::setKey"), datastream},
            {QStringLiteral("my_share_mem"), KeyBox::tr("Python: shared_memory"), QStringLiteral("rawsize")},
            {QStringLiteral("test1"), KeyBox::tr("OpenCV and C#: a BMP file"), QStringLiteral("bmp")}};
}

KeyBox::KeyBox(std::vector<KeyPreset> presets, QWidget* parent)
    : QComboBox(parent)
    , m_presets(std::move(presets))
    , m_remembered(QSettings().value(settingsKey()).toStringList())
{
    setObjectName(QStringLiteral("keyBox"));
    setAccessibleName(tr("Key"));
    setToolTip(tr(
        "The name of the shared memory: a plain name, or posix:/NAME, qt:KEY, systemv:/FILE or file:/PATH."));
    setEditable(true);
    setInsertPolicy(QComboBox::NoInsert);
    setCompleter(nullptr); // it would complete a new key to an old one with the same beginning
    setItemDelegate(new KeyDelegate(this));
    setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    setMinimumContentsLength(8);
    setMaxVisibleItems(static_cast<int>(mostRemembered) + 5);
    fill();
    connect(this, &QComboBox::activated, this, [this](int index) {
        if (!m_choosing) {
            return; // also emitted when a typed key is in the list and the box loses the focus
        }
        const int preset = index - static_cast<int>(m_remembered.size());
        if (preset >= 0 && preset < static_cast<int>(m_presets.size())) {
            Q_EMIT presetChosen(m_presets[static_cast<std::size_t>(preset)]);
        }
    });
}

void KeyBox::showPopup()
{
    m_choosing = true;
    QComboBox::showPopup();
}

void KeyBox::hidePopup()
{
    QComboBox::hidePopup();
    // The choice is signalled directly after the list is hidden.
    QMetaObject::invokeMethod(
        this, [this] { m_choosing = false; }, Qt::QueuedConnection);
}

void KeyBox::remember(const QString& key)
{
    if (key.isEmpty() || m_remembered.value(0) == key) {
        return;
    }
    m_remembered.removeAll(key);
    m_remembered.prepend(key);
    m_remembered = m_remembered.first(std::min(m_remembered.size(), mostRemembered));
    QSettings().setValue(settingsKey(), m_remembered);
    fill();
}

void KeyBox::fill()
{
    const QString text = currentText();
    const int cursor = lineEdit()->cursorPosition();
    clear();
    addItems(m_remembered);
    for (const KeyPreset& preset : m_presets) {
        addItem(preset.key);
        setItemData(count() - 1, preset.peer, peerRole);
        setItemData(count() - 1, preset.peer, Qt::AccessibleDescriptionRole);
    }
    setCurrentIndex(-1);
    setEditText(text);
    lineEdit()->setCursorPosition(cursor);
}

} // namespace shmpix
