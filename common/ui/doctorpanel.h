#pragma once

#include "common/doctor/keynames.h"
#include "common/doctor/snippets.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QPlainTextEdit;
class QPushButton;
class QTabBar;
class QTreeWidget;

namespace shmpix {

/// Shows the key's names in other programs, and sample code for the selected program or, if it cannot use the
/// key, a form that it can use. Depends only on the text, and updates only while visible, shortly after the
/// last change. GUI thread.
class DoctorPanel final : public QWidget
{
    Q_OBJECT

public:
    /// `peers` is the role of the programs at the other end. These are shown first, and the window can adapt
    /// to them.
    explicit DoctorPanel(Snippet::Role peers, QWidget* parent = nullptr);

    /// Sets the key as typed; `protocol` is a name, or empty if none is chosen.
    void setKey(const QString& key);
    void setProtocol(const QString& protocol);

    /// Sets the last finding: the key as typed, and the protocol's name. It applies while that key is set.
    void setFound(const ShareForm& found);

    /// Shows the programs at the other end.
    void showPeers();

    [[nodiscard]] QSize sizeHint() const override;

Q_SIGNALS:
    /// The user wants the proposed name in place of the typed one.
    void keyProposed(const QString& key);
    /// The user wants this window to do what the selected program can.
    void formProposed(const QString& key, const QString& protocol);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void makeTop();
    void makeTable();
    void makeCode();
    void layOut();
    void refreshSoon();
    void refresh();
    void fillTable();
    [[nodiscard]] int likeliestRow() const;
    void showSelected();
    void showInstead(const Snippet* snippet);
    [[nodiscard]] const Snippet* selected() const;
    [[nodiscard]] Snippet::Role role() const;

    Snippet::Role m_peers;
    QString m_key;
    QString m_protocol;
    ShareForm m_found;
    KeyNames m_names;
    std::vector<Snippet> m_snippets;
    QTimer m_patience;
    QLabel* m_problem = nullptr;
    QPushButton* m_useProposal = nullptr;
    QTreeWidget* m_table = nullptr;
    QLabel* m_note = nullptr;
    QPushButton* m_instead = nullptr;
    QTabBar* m_role = nullptr;
    QPushButton* m_copy = nullptr;
    QPlainTextEdit* m_code = nullptr;
};

} // namespace shmpix
