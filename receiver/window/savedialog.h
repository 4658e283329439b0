#pragma once

#include <QFileDialog>

namespace shmpix {

/// The dialog for saving a picture, modal only to its window. Remembers the folder and deletes itself when
/// closed. GUI thread.
class SaveDialog final : public QFileDialog
{
    Q_OBJECT

public:
    explicit SaveDialog(QWidget* parent);
};

} // namespace shmpix
