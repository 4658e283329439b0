#pragma once

#include "common/channel/snippets.h"
#include "common/segment/keynames.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QPlainTextEdit;
class QPushButton;
class QTabBar;
class QTreeWidget;

namespace shmpix {

/// What a key is called in other programs, and a program to paste for the one that is selected. Looks at
/// nothing but the text, and only while it is seen, shortly after the last change. GUI thread.
class DoctorPanel final : public QWidget
{
    Q_OBJECT

public:
    explicit DoctorPanel(QWidget* parent = nullptr);

    /// The key as it is typed; `protocol` by its name, empty for the one that is natural for each program.
    void setKey(const QString& key);
    void setProtocol(const QString& protocol);

    /// Whether the programs read or share.
    void setRole(Snippet::Role role);

    [[nodiscard]] QSize sizeHint() const override;

Q_SIGNALS:
    /// The user wants the proposed name in place of the typed one.
    void keyProposed(const QString& key);

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
    void showSelected();

    QString m_key;
    QString m_protocol;
    KeyNames m_names;
    std::vector<Snippet> m_snippets;
    QTimer m_patience;
    QLabel* m_problem = nullptr;
    QPushButton* m_useProposal = nullptr;
    QTreeWidget* m_table = nullptr;
    QLabel* m_note = nullptr;
    QTabBar* m_role = nullptr;
    QPushButton* m_copy = nullptr;
    QPlainTextEdit* m_code = nullptr;
};

} // namespace shmpix
