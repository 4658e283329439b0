#pragma once

#include "common/channel/loadpicture.h"

#include <QTextBrowser>

namespace shmpix {

/// Shows the facts about a loaded picture as text that can be selected and copied. Other possible sizes are
/// links. GUI thread.
class FactsPanel final : public QTextBrowser
{
    Q_OBJECT

public:
    explicit FactsPanel(QWidget* parent = nullptr);

    void showFacts(const LoadedPicture& picture);

Q_SIGNALS:
    void sizeChosen(QSize size);

private:
    QString m_html; ///< the text that is shown
};

} // namespace shmpix
