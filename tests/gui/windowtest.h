#pragma once

#include "common/base/message.h"

#include <QComboBox>
#include <QFileDialog>
#include <QImage>
#include <QWidget>
#include <QtTest>

// Waits until the window's message is of that kind, and stops the test function when it does not come to be.
#define WAIT_FOR_MESSAGE(window, wanted)                                                                     \
    QTRY_VERIFY2_WITH_TIMEOUT(shmpix::test::message(window).kind == shmpix::Message::Kind::wanted,           \
                              qPrintable(shmpix::test::message(window).text), 30000)
#define VERIFY_CONTAINS(text, part)                                                                          \
    QVERIFY2(QString(text).contains(part),                                                                   \
             qPrintable(QStringLiteral("“%1” does not say “%2”").arg(text, part)))

namespace shmpix::test {

/// Gives this process empty settings of its own. Before each test.
void clearSettings();

template <class T>
[[nodiscard]] T* child(const QWidget& window, const char* name)
{
    return window.findChild<T*>(QString::fromLatin1(name));
}

/// The message that the window's bar was given last.
[[nodiscard]] Message message(const QWidget& window);

/// Clicks the button of that name with the mouse.
void click(const QWidget& window, const char* button);

/// Types a key in the place of the one that is there.
void typeKey(const QWidget& window, const QString& key);

/// Opens the list and presses Enter on a row, as a user does.
void chooseRow(QComboBox& box, int row);

void chooseProtocol(const QWidget& window, const QString& name);

/// The picture in the window's view.
[[nodiscard]] QImage shownImage(const QWidget& window);

/// The file dialog of the window; null when none is open.
[[nodiscard]] QFileDialog* fileDialog(const QWidget& window);

/// Types a path into the dialog and accepts it.
void chooseFile(QFileDialog& dialog, const QString& path);

/// A file of the picture in the test's folder.
[[nodiscard]] QString writePicture(const QImage& image, const QString& name);
[[nodiscard]] QString writeFile(const QByteArray& bytes, const QString& name);

/// Counts how often the event loop comes round.
class Heartbeat final : public QObject
{
public:
    Heartbeat() { m_timer = startTimer(1); }
    [[nodiscard]] int beats() const { return m_beats; }

protected:
    void timerEvent(QTimerEvent*) override { ++m_beats; }

private:
    int m_timer;
    int m_beats = 0;
};

} // namespace shmpix::test
