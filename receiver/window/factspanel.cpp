#include "receiver/window/factspanel.h"

#include "common/base/quantitytext.h"

#include <QUrl>

namespace shmpix {

namespace {

QString section(const QString& title, const QStringList& htmlLines)
{
    return QStringLiteral("<p><b>%1</b><br>%2</p>")
        .arg(title.toHtmlEscaped(), htmlLines.join(QStringLiteral("<br>")));
}

QString escaped(const QString& text)
{
    return text.toHtmlEscaped();
}

QString sizeLink(const QSize& size)
{
    return QStringLiteral("<a href=\"%1x%2\">%3</a>")
        .arg(size.width())
        .arg(size.height())
        .arg(escaped(sizeText(size)));
}

QString memoryText(const LoadedPicture& picture)
{
    const QString bytes = bytesText(picture.bytes);
    const QString all = bytesText(picture.segmentBytes);
    return bytes == all ? all : FactsPanel::tr("%1 of %2").arg(bytes, all);
}

QSize sizeOf(const QUrl& link)
{
    const QStringList sides = link.toString().split(QLatin1Char('x'));
    return {sides.value(0).toInt(), sides.value(1).toInt()};
}

} // namespace

FactsPanel::FactsPanel(QWidget* parent)
    : QTextBrowser(parent)
{
    setObjectName(QStringLiteral("facts"));
    setAccessibleName(tr("Facts"));
    setOpenLinks(false);
    setFrameStyle(QFrame::NoFrame);
    setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    viewport()->setBackgroundRole(QPalette::Window);
    document()->setDocumentMargin(0);
    setFixedWidth(fontMetrics().averageCharWidth() * 32);
    connect(this, &QTextBrowser::anchorClicked, this,
            [this](const QUrl& link) { Q_EMIT sizeChosen(sizeOf(link)); });
}

void FactsPanel::showFacts(const LoadedPicture& picture)
{
    QString html = section(tr("Picture"), {escaped(sizeText(picture.image.size())), escaped(picture.layout)});
    html += section(tr("Source"), {escaped(picture.address.toString()), escaped(memoryText(picture))});
    QStringList reading = {escaped(picture.reason)};
    if (const QString title = protocolTitle(picture.protocol); !picture.reason.startsWith(title)) {
        reading.prepend(escaped(title));
    }
    html += section(tr("Read as"), reading);
    if (picture.milliseconds > 0) {
        html += section(tr("Time"), {escaped(millisecondsText(picture.milliseconds))});
    }
    QStringList links;
    for (const QSize& size : picture.otherSizes) {
        links.append(sizeLink(size));
    }
    if (!links.isEmpty()) {
        html += section(tr("Other sizes that fit"), links);
    }
    if (html != m_html) { // frames arrive sixty times a second, and most facts do not change
        m_html = html;
        setHtml(html);
    }
}

} // namespace shmpix
