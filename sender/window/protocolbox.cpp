#include "sender/window/protocolbox.h"

#include "common/app/defaults.h"
#include "common/ui/keybox.h"

namespace shmpix {

namespace {

/// Returns nothing for an invalid key, such as one that is half typed.
QString defaultFor(const QString& key)
{
    const auto address = SegmentAddress::parse(keyOrDefault(key));
    return address ? protocolName(defaultProtocolFor(*address)) : QString();
}

} // namespace

ProtocolBox::ProtocolBox(QWidget* parent)
    : QComboBox(parent)
{
    setObjectName(QStringLiteral("protocolBox"));
    setAccessibleName(tr("Share as"));
    setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    setMinimumContentsLength(20);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    for (const ProtocolId id : allProtocols()) {
        addItem(QStringLiteral("%1 – %2").arg(protocolTitle(id), protocolReaders(id)), protocolName(id));
    }
    setCurrentIndex(findData(protocolName(defaultProtocol)));
    connect(this, &QComboBox::activated, this,
            [this] { m_isChosen = true; }); // also if the protocol was already shown
    connect(this, &QComboBox::currentIndexChanged, this, [this] { m_isChosen = true; });
}

ProtocolId ProtocolBox::protocol() const
{
    const auto shown = parseProtocol(currentData().toString());
    return shown ? *shown : defaultProtocol;
}

void ProtocolBox::choose(const QString& name)
{
    if (const int index = findData(name); index >= 0) {
        m_isChosen = true;
        setCurrentIndex(index);
    }
}

void ProtocolBox::followKey(const QString& key)
{
    const int index = m_isChosen ? -1 : findData(defaultFor(key));
    if (index >= 0) {
        setCurrentIndex(index);
        m_isChosen = false;
    }
}

void ProtocolBox::take(const KeyPreset& preset)
{
    choose(preset.protocol);
    m_isChosen = preset.protocol != defaultFor(preset.key);
}

} // namespace shmpix
