#pragma once

#include <QFileDialog>

namespace shmpix {

/// A file dialog for pictures that starts in the last folder, remembered in QSettings, and deletes itself.
/// Show it with open(). GUI thread.
[[nodiscard]] QFileDialog* makePictureDialog(QWidget* parent, const QString& name, const QString& title,
                                             QFileDialog::FileMode mode);

} // namespace shmpix
