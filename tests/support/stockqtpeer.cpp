#include "tests/support/stockqtpeer.h"

#include "tests/support/uniquekey.h"

namespace shmpix::test {

namespace {

const auto program = QStringLiteral(SHMPIX_PEERS "/stockqt");

/// The key with which the program uses an address.
QString keyOf(const QString& address)
{
    return address.startsWith(QLatin1String("qt:")) ? address.mid(3) : address;
}

} // namespace

StockQtPeer::StockQtPeer(const QString& address)
    : PeerProcess(program, {keyOf(address)})
{
}

StockQtPeer::StockQtPeer(const QString& address, int killedAtCall)
    : PeerProcess(program, {QStringLiteral("--kill-at"), QString::number(killedAtCall), keyOf(address)})
{
}

QString StockQtPeer::ask(const QString& verb, const QString& file)
{
    writeLine(file.isEmpty() ? verb : verb + QLatin1Char(' ') + file);
    return readLine().section(QLatin1Char(' '), 1);
}

int StockQtPeer::end()
{
    writeLine(QStringLiteral("end"));
    return exitCode();
}

QString sizeText(const QImage& image)
{
    return QStringLiteral("%1x%2").arg(image.width()).arg(image.height());
}

QString newPictureFile()
{
    return temporaryFolder() + QLatin1Char('/') + uniqueName() + QLatin1String(".png");
}

QImage asSent(const QImage& image, const QString& kind)
{
    if (kind == QLatin1String("pixmap")) {
        const QImage kept = image.convertToFormat(
            image.hasAlphaChannel() ? QImage::Format_ARGB32_Premultiplied : QImage::Format_RGB32);
        return asSent(kept);
    }
    return image.format() == QImage::Format_ARGB32_Premultiplied
               ? image.convertToFormat(QImage::Format_ARGB32)
               : image;
}

} // namespace shmpix::test
