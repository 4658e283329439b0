#pragma once

#include <QSpinBox>

namespace shmpix {

/// An input field for the number of bytes from one row to the next; 0, shown as text, means rows without
/// padding.
class StrideBox final : public QSpinBox
{
    Q_OBJECT

public:
    explicit StrideBox(QWidget* parent = nullptr);

    /// Sets the number of bytes of a row without padding.
    void setTightBytes(qint64 bytes);

protected:
    [[nodiscard]] QString textFromValue(int value) const override;
    [[nodiscard]] int valueFromText(const QString& text) const override;
    [[nodiscard]] QValidator::State validate(QString& text, int& position) const override;

private:
    qint64 m_tightBytes = 0;
};

} // namespace shmpix
