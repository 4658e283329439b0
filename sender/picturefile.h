#pragma once

#include "common/base/result.h"

#include <QImage>
#include <QString>

namespace shmpix {

/// A picture that is ready to be shared, and its origin.
struct Picture
{
    QImage image;
    QString name;         ///< for people: the file's name, "Clipboard"
    qint64 fileBytes = 0; ///< of the file; 0 if the picture is from no file
};

/// Reads a picture file in any format of Qt and applies the camera's orientation. PNG, JPEG and BMP undergo
/// the same checks as bytes from a segment, so that a truncated file is rejected and not shown in part. Any
/// thread but the GUI's. Fails with NotFound, NotPermitted, Usage for a name that is too long, BadData or
/// System.
[[nodiscard]] Result<Picture> loadPictureFile(const QString& path);

} // namespace shmpix
