#pragma once

#include <QSpinBox>

namespace shmpix {

/// An input field for the bytes from row to row; 0, shown as text, means rows without padding.
class StrideBox final : public QSpinBox
{
    Q_OBJECT

public:
    explicit StrideBox(QWidget* parent = nullptr);

    /// Says how many bytes a row without padding has.
    void setTightBytes(qint64 bytes);

protected:
    [[nodiscard]] QString textFromValue(int value) const override;
    [[nodiscard]] int valueFromText(const QString& text) const override;
    [[nodiscard]] QValidator::State validate(QString& text, int& position) const override;

private:
    qint64 m_tightBytes = 0;
};

} // namespace shmpix
