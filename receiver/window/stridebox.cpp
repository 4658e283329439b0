#include "receiver/window/stridebox.h"

#include <QLineEdit>

namespace shmpix {

StrideBox::StrideBox(QWidget* parent)
    : QSpinBox(parent)
{
    constexpr int most = 1 << 30;
    setRange(-most, most);
}

void StrideBox::setTightBytes(qint64 bytes)
{
    m_tightBytes = bytes;
    if (value() == 0 && !hasFocus()) {
        lineEdit()->setText(textFromValue(0));
    }
}

QString StrideBox::textFromValue(int value) const
{
    return value == 0 ? tr("%1, no padding").arg(m_tightBytes) : QSpinBox::textFromValue(value);
}

int StrideBox::valueFromText(const QString& text) const
{
    return text == textFromValue(0) ? 0 : QSpinBox::valueFromText(text);
}

QValidator::State StrideBox::validate(QString& text, int& position) const
{
    return text == textFromValue(0) ? QValidator::Acceptable : QSpinBox::validate(text, position);
}

} // namespace shmpix
