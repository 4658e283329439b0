#include "receiver/segmenttext.h"

#include "common/base/onelinetext.h"
#include "common/base/quantitytext.h"

#include <QCoreApplication>
#include <QDateTime>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(SegmentText)
};

} // namespace

QString addressText(const ListedSegment& segment)
{
    return onOneLine(segment.address ? segment.address->toString() : segment.name);
}

QString contentText(const SurveyedSegment& row)
{
    if (!row.look) {
        return {};
    }
    if (!row.look->protocol) {
        return row.look->wasRead ? Text::tr("no picture") : Text::tr("not previewed");
    }
    const QString title = protocolTitle(*row.look->protocol);
    return row.look->size.isEmpty() ? title : Text::tr("%1, %2").arg(title, sizeText(row.look->size));
}

QString producerText(const ListedSegment& segment)
{
    return onOneLine(segment.producer.isEmpty() ? segment.processName : segment.producer);
}

QString ownerText(const ListedSegment& segment)
{
    QString user = onOneLine(segment.userName);
    switch (segment.maker) {
    case Liveness::Alive:
        return segment.processName.isEmpty() ? Text::tr("%1, alive").arg(user)
                                             : Text::tr("%1, alive: %2 (process %3)")
                                                   .arg(user, onOneLine(segment.processName))
                                                   .arg(segment.process);
    case Liveness::Dead:
        return Text::tr("%1, dead").arg(user);
    case Liveness::Unknown:
        break;
    }
    return user;
}

QString livenessWord(Liveness liveness)
{
    switch (liveness) {
    case Liveness::Alive:
        return QStringLiteral("alive");
    case Liveness::Dead:
        return QStringLiteral("dead");
    case Liveness::Unknown:
        break;
    }
    return QStringLiteral("unknown");
}

qint64 ageOf(const ListedSegment& segment)
{
    return std::max<qint64>(0, QDateTime::currentSecsSinceEpoch() - segment.made);
}

QString nothingListedText()
{
    return Text::tr("No shared memory was found on this machine.") + QLatin1Char(' ') + isolationText();
}

} // namespace shmpix
