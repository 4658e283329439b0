#include "receiver/window/savedialog.h"

#include <QDir>
#include <QFileInfo>
#include <QSettings>

namespace shmpix {

namespace {

const QString folderSetting = QStringLiteral("files/folder");

} // namespace

SaveDialog::SaveDialog(QWidget* parent)
    : QFileDialog(parent, tr("Save the picture"),
                  QSettings().value(folderSetting, QDir::homePath()).toString())
{
    setObjectName(QStringLiteral("saveDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setAcceptMode(QFileDialog::AcceptSave);
    setFileMode(QFileDialog::AnyFile);
    setNameFilters({tr("PNG, lossless (*.png)"), tr("JPEG, small, lossy (*.jpg *.jpeg)"), tr("BMP (*.bmp)"),
                    tr("All files (*)")});
    setDefaultSuffix(QStringLiteral("png"));
    selectFile(tr("picture") + QStringLiteral(".png"));
    connect(this, &QFileDialog::filterSelected, this, [this](const QString& filter) {
        setDefaultSuffix(filter.contains(QStringLiteral("*.jpg"))   ? QStringLiteral("jpg")
                         : filter.contains(QStringLiteral("*.bmp")) ? QStringLiteral("bmp")
                                                                    : QStringLiteral("png"));
    });
    connect(this, &QFileDialog::fileSelected, this,
            [](const QString& path) { QSettings().setValue(folderSetting, QFileInfo(path).absolutePath()); });
}

} // namespace shmpix
