#include "tests/interop/kitpeer.h"

#include "tests/support/pictures.h"
#include "tests/support/programs.h"
#include "tests/support/uniquekey.h"

#include <QFile>
#include <QJsonDocument>
#include <QStandardPaths>

namespace shmpix::test {

QString KitPeer::ask(const QStringList& words)
{
    writeLine(words.join(QLatin1Char('\t')));
    const QString answer = readLine();
    return answer.isNull() ? QStringLiteral("no answer: ") + standardError() : answer;
}

JsonSender::JsonSender(const QStringList& arguments)
    : m_process(QStringLiteral(SHMPIX_BIN "/shmpix-sender"),
                QStringList{QStringLiteral("--headless"), QStringLiteral("--json")} + arguments)
    , m_report(QJsonDocument::fromJson(m_process.readLine().toUtf8()).object())
{
}

JsonSender::~JsonSender()
{
    m_process.terminate();
    static_cast<void>(m_process.exitCode());
}

QImage received(const QString& address, const QString& layout, QByteArray& error)
{
    const QString saved = newFile(QStringLiteral(".png"));
    QStringList arguments{QStringLiteral("--key"), address, QStringLiteral("--save"), saved};
    if (!layout.isEmpty()) {
        arguments << QStringLiteral("--layout") << layout;
    }
    error = runReceiver(arguments).err;
    return QImage(saved);
}

QString pythonKitFolder()
{
    return QStringLiteral(SHMPIX_SOURCE "/interop/python");
}

std::unique_ptr<KitPeer> startPythonKit(Packages packages)
{
    QStringList arguments{QStringLiteral(SHMPIX_SOURCE "/tests/interop/peers/pythonkit.py"),
                          pythonKitFolder()};
    if (packages == Packages::Hidden) {
        arguments << QStringLiteral("bare");
    }
    return std::make_unique<KitPeer>(pythonWithOpenCv(), arguments);
}

std::unique_ptr<KitPeer> startMono(const QString& program, const QStringList& before)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("MONO_DISABLE_SHARED_AREA"), QStringLiteral("1"));
    const QStringList words = before + QStringList{QStringLiteral("mono"), program};
    return std::make_unique<KitPeer>(words.first(), words.mid(1), environment);
}

QByteArray compileCSharp(const QString& program, const QStringList& arguments)
{
    if (QStandardPaths::findExecutable(QStringLiteral("mcs")).isEmpty()) {
        return QByteArrayLiteral("no C# compiler here: install mono-mcs");
    }
    const Finished finished =
        runToEnd(QStringLiteral("mcs"),
                 QStringList{QStringLiteral("-langversion:7"), QStringLiteral("-warnaserror"),
                             QStringLiteral("-r:System.Core"), QStringLiteral("-out:") + program} +
                     arguments);
    return finished.exitCode == 0 ? QByteArray() : finished.out + finished.err;
}

Finished runPythonKit(const QStringList& arguments)
{
    return runToEnd(pythonWithOpenCv(),
                    QStringList{pythonKitFolder() + QLatin1String("/shmpix.py")} + arguments);
}

QImage throughProtocol(const QImage& image, const QString& protocol)
{
    if (protocol != QLatin1String("rawsize") && protocol != QLatin1String("bmp")) {
        return image;
    }
    const bool greyBmp = protocol == QLatin1String("bmp") && (image.format() == QImage::Format_Grayscale16 ||
                                                              image.format() == QImage::Format_Grayscale8);
    return image.convertToFormat(greyBmp ? QImage::Format_Grayscale8 : QImage::Format_RGBA8888);
}

QString fileOfPicture(const QString& name)
{
    const QString path = temporaryFolder() + QLatin1String("/picture-") + name + QLatin1String(".png");
    return QFile::exists(path) || picture(name).save(path) ? path : QString();
}

QString newFile(const QString& ending)
{
    return temporaryFolder() + QLatin1Char('/') + uniqueName() + ending;
}

QString newTextFile()
{
    QFile file(newFile(QStringLiteral(".txt")));
    const QByteArray words = QByteArrayLiteral("These are words and no picture. ").repeated(40);
    return file.open(QIODevice::WriteOnly) && file.write(words) == words.size() ? file.fileName() : QString();
}

QByteArray bytesOfFile(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QString pathOfAddress(const QString& address)
{
    const QString posix = QStringLiteral("posix:/");
    return address.startsWith(posix) ? QStringLiteral("/dev/shm/") + address.mid(posix.size())
                                     : address.mid(QStringLiteral("file:").size());
}

} // namespace shmpix::test
