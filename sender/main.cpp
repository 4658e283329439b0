#include "common/image/decodeimage.h"
#include "common/ui/programstart.h"

#include "common/app/stopsignal.h"
#include "sender/headlesssender.h"
#include "sender/window/senderwindow.h"

namespace {

int runWindow(const shmpix::SenderOptions& options)
{
    shmpix::allowLargeImages();
    const shmpix::StopSignal stop; // a signal removes the shared segment, as closing the window does
    QObject::connect(&stop, &shmpix::StopSignal::received, qApp, &QApplication::closeAllWindows);
    shmpix::SenderWindow window(options);
    window.show();
    return QApplication::exec();
}

} // namespace

int main(int argc, char** argv)
{
    using namespace shmpix;
    return startProgram<SenderOptions>(
        argc, argv, {QStringLiteral("shmpix-sender"), parseSenderOptions, runHeadlessSender, runWindow});
}
