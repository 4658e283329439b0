#pragma once

#include "common/base/message.h"

#include <QComboBox>
#include <QFileDialog>
#include <QImage>
#include <QWidget>
#include <QtTest>

// Waits until the window shows a message of the kind, and ends the test function if it does not.
#define WAIT_FOR_MESSAGE(window, wanted)                                                                     \
    QTRY_VERIFY2_WITH_TIMEOUT(shmpix::test::message(window).kind == shmpix::Message::Kind::wanted,           \
                              qPrintable(shmpix::test::message(window).text), 30000)
#define VERIFY_CONTAINS(text, part)                                                                          \
    QVERIFY2(QString(text).contains(part),                                                                   \
             qPrintable(QStringLiteral("“%1” does not say “%2”").arg(text, part)))

namespace shmpix::test {

/// Gives this process separate, empty settings. Called before each test.
void clearSettings();

template <class T>
[[nodiscard]] T* child(const QWidget& window, const char* name)
{
    return window.findChild<T*>(QString::fromLatin1(name));
}

/// Returns the last message of the window's bar.
[[nodiscard]] Message message(const QWidget& window);

/// Clicks the button with the object name.
void click(const QWidget& window, const char* button);

/// Replaces the key by typing another one.
void typeKey(const QWidget& window, const QString& key);

/// Opens the list and presses Enter on a row, as a user does.
void chooseRow(QComboBox& box, int row);

void chooseProtocol(const QWidget& window, const QString& name);

/// Returns the picture in the window's view.
[[nodiscard]] QImage shownImage(const QWidget& window);

/// Returns the open file dialog of the window, or null.
[[nodiscard]] QFileDialog* fileDialog(const QWidget& window);

/// Types a path into the dialog and accepts it.
void chooseFile(QFileDialog& dialog, const QString& path);

/// Saves the picture in the folder of the test and returns the path.
[[nodiscard]] QString writePicture(const QImage& image, const QString& name);
[[nodiscard]] QString writeFile(const QByteArray& bytes, const QString& name);

/// Counts the iterations of the event loop.
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
