#pragma once

#include "common/image/pixellayout.h"
#include "common/protocol/guess/layoutguess.h"

#include <QWidget>

#include <vector>

class QComboBox;
class QLabel;
class QLineEdit;
class QListWidget;
class QSpinBox;

namespace shmpix {

class StrideBox;

/// The layout of pixels without a header: input fields, proposals based on the bytes, and earlier choices.
/// Each change takes effect at once, so that the picture follows as the user types. GUI thread.
class LayoutPanel final : public QWidget
{
    Q_OBJECT

public:
    explicit LayoutPanel(QWidget* parent = nullptr);

    [[nodiscard]] PixelLayout layout() const;

    /// Fills in the fields without choosing a layout.
    void setPixelLayout(const PixelLayout& layout);

    /// Sets the layouts that are offered: guesses, the likeliest first, and the layouts used for the key
    /// before.
    void setProposals(const std::vector<LayoutGuess>& guesses, const std::vector<PixelLayout>& before);

Q_SIGNALS:
    void layoutChosen(const PixelLayout& layout);
    void proposalsWanted();

private:
    void makeFields();
    void layOut();
    void chooseFields();
    void chooseText();
    void showDerived();
    void addProposal(const PixelLayout& layout, const QString& reason);

    QSpinBox* m_width = nullptr;
    QSpinBox* m_height = nullptr;
    QComboBox* m_format = nullptr;
    StrideBox* m_stride = nullptr;
    QSpinBox* m_offset = nullptr;
    QComboBox* m_direction = nullptr;
    QLineEdit* m_text = nullptr;
    QLabel* m_numpy = nullptr;
    QListWidget* m_proposals = nullptr;
    bool m_filling = false; ///< the fields change because we fill them in
};

} // namespace shmpix
