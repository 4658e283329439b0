#pragma once

#include "common/channel/subscriber.h"

#include <QTextBrowser>

namespace shmpix {

/// The facts about a loaded picture, as text that can be selected and copied. Other sizes that fit are links.
/// GUI thread.
class FactsPanel final : public QTextBrowser
{
    Q_OBJECT

public:
    explicit FactsPanel(QWidget* parent = nullptr);

    void showFacts(const LoadedPicture& picture);

Q_SIGNALS:
    void sizeChosen(QSize size);

private:
    QString m_html; ///< that is shown
};

} // namespace shmpix
