#pragma once

#include <QFileDialog>

namespace shmpix {

/// A file dialog for pictures that begins in the folder of the last one, which it remembers in QSettings, and
/// deletes itself. To be shown by open(). GUI thread.
[[nodiscard]] QFileDialog* makePictureDialog(QWidget* parent, const QString& name, const QString& title,
                                             QFileDialog::FileMode mode);

} // namespace shmpix
