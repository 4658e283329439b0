#include "common/protocol/depthnote.h"

#include <QCoreApplication>

namespace shmpix {

QString depthNote(const QImage& image)
{
    const bool deep = image.format() == QImage::Format_Grayscale16 || image.depth() > 32 ||
                      image.pixelFormat().redSize() > 8;
    return deep ? QCoreApplication::translate("DepthNote",
                                              "This protocol keeps 8 of the picture's 16 bits per channel. "
                                              "The Qt data stream and PNG keep all of them.")
                : QString();
}

} // namespace shmpix
