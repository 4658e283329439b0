#pragma once

#include <QFileDialog>

namespace shmpix {

/// Asks for the file to save a picture to, not modal to anything but its window. Remembers the folder.
/// Deletes itself when it is closed. GUI thread.
class SaveDialog final : public QFileDialog
{
    Q_OBJECT

public:
    explicit SaveDialog(QWidget* parent);
};

} // namespace shmpix
