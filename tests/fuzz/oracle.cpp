#include "tests/fuzz/oracle.h"

#include "tests/protocol/decodedcomplaint.h"
#include "tests/support/pictures.h"

#include <QColorSpace>
#include <QCoreApplication>
#include <QLoggingCategory>

#include <cstdio>
#include <cstdlib>

namespace shmpix::fuzz {

void prepare()
{
    static int argc = 1;
    static char name[] = "fuzz";
    static char* argv[] = {name, nullptr};
    static const QCoreApplication application(argc, argv);
    QLoggingCategory::setFilterRules(QStringLiteral("qt.gui.imageio*=false"));
}

void fail(const QString& finding)
{
    std::fprintf(stderr, "Found: %s\n", qPrintable(finding));
    std::abort();
}

void requireSound(const Result<Decoded>& result, qint64 sourceBytes)
{
    const QString complaint = test::complaint(result, sourceBytes);
    if (!complaint.isEmpty()) {
        fail(complaint);
    }
}

namespace {

bool hasColorForEach(const QImage& image, qsizetype colors)
{
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            if (image.pixelIndex(x, y) >= colors) {
                return false;
            }
        }
    }
    return true;
}

/// The colour space does not belong to the pixels and does not change how a widget paints them.
QImage withoutColorSpace(QImage image)
{
    image.setColorSpace({});
    return image;
}

} // namespace

void requireSamePixels(const QImage& ours, const QImage& theirs, const char* theirName)
{
    const bool areIndexed = !ours.colorTable().isEmpty() && !theirs.colorTable().isEmpty();
    if (areIndexed && !hasColorForEach(ours, theirs.colorCount())) {
        return;
    }
    if (!test::samePixels(withoutColorSpace(ours), withoutColorSpace(theirs))) {
        fail(QStringLiteral("other pixels than %1: %2")
                 .arg(QLatin1StringView(theirName), test::difference(ours, theirs)));
    }
}

} // namespace shmpix::fuzz
