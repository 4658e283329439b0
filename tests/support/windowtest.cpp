#include "tests/support/windowtest.h"

#include "common/ui/imageview.h"
#include "common/ui/keybox.h"
#include "common/ui/messagebar.h"
#include "tests/support/uniquekey.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QLineEdit>
#include <QSettings>

namespace shmpix::test {

void clearSettings()
{
    QCoreApplication::setOrganizationName(QStringLiteral("ShmpixTests"));
    QCoreApplication::setApplicationName(QStringLiteral("window"));
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope,
                       temporaryFolder() + QStringLiteral("/config"));
    QSettings().clear();
}

Message message(const QWidget& window)
{
    return child<MessageBar>(window, "message")->message();
}

void click(const QWidget& window, const char* button)
{
    auto* wanted = child<QAbstractButton>(window, button);
    QVERIFY2(wanted, button);
    QVERIFY2(wanted->isVisible() && wanted->isEnabled(), button);
    QTest::mouseClick(wanted, Qt::LeftButton);
}

void typeKey(const QWidget& window, const QString& key)
{
    auto* edit = child<KeyBox>(window, "keyBox")->lineEdit();
    edit->setFocus();
    edit->selectAll();
    QTest::keyClicks(edit, key);
}

void chooseRow(QComboBox& box, int row)
{
    box.showPopup();
    box.view()->setCurrentIndex(box.model()->index(row, 0));
    QTest::keyClick(box.view(), Qt::Key_Return);
}

void chooseProtocol(const QWidget& window, const QString& name)
{
    auto* box = child<QComboBox>(window, "protocolBox");
    const int index = box->findData(name);
    QVERIFY2(index >= 0, qPrintable(name));
    box->setCurrentIndex(index);
}

QImage shownImage(const QWidget& window)
{
    return child<ImageView>(window, "view")->image();
}

QFileDialog* fileDialog(const QWidget& window)
{
    for (auto* dialog : window.findChildren<QFileDialog*>()) {
        if (dialog->isVisible()) {
            return dialog;
        }
    }
    return nullptr;
}

void chooseFile(QFileDialog& dialog, const QString& path)
{
    auto* edit = dialog.findChild<QLineEdit*>(QStringLiteral("fileNameEdit"));
    QVERIFY(edit);
    edit->setText(path);
    QTest::keyClick(edit, Qt::Key_Return);
}

QString writePicture(const QImage& image, const QString& name)
{
    const QString path = temporaryFolder() + QLatin1Char('/') + name;
    return image.save(path) ? path : QString();
}

QString writeFile(const QByteArray& bytes, const QString& name)
{
    QFile file(temporaryFolder() + QLatin1Char('/') + name);
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() ? file.fileName() : QString();
}

} // namespace shmpix::test
