#include "sender/window/picturedialog.h"

#include <QFileInfo>
#include <QImageReader>
#include <QSettings>

namespace shmpix {

namespace {

const QString folderSetting = QStringLiteral("files/folder");

/// The filter of the file dialog: "*.png *.jpg …", all formats that Qt reads.
QString pictureFilter()
{
    QStringList patterns;
    for (const QByteArray& format : QImageReader::supportedImageFormats()) {
        patterns.append(QStringLiteral("*.") + QString::fromLatin1(format));
    }
    return patterns.join(QLatin1Char(' '));
}

} // namespace

QFileDialog* makePictureDialog(QWidget* parent, const QString& name, const QString& title,
                               QFileDialog::FileMode mode)
{
    auto* dialog = new QFileDialog(parent, title, QSettings().value(folderSetting).toString());
    dialog->setObjectName(name);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(mode);
    if (mode != QFileDialog::Directory) {
        dialog->setNameFilters(
            {QFileDialog::tr("Pictures (%1)").arg(pictureFilter()), QFileDialog::tr("All files (*)")});
    }
    QObject::connect(dialog, &QFileDialog::fileSelected, dialog, [](const QString& path) {
        QSettings().setValue(folderSetting, QFileInfo(path).absolutePath());
    });
    return dialog;
}

} // namespace shmpix
