#include "common/ui/programstart.h"

#include "receiver/headlessreceiver.h"
#include "receiver/window/receiverwindow.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace {

int runWindow(const shmpix::ReceiverOptions& options)
{
#ifdef __GLIBC__
    // Returns the memory of replaced pictures to the system. By default, the C library keeps freed blocks of
    // that size once it has seen one, and the window would hold memory of pictures that are no longer shown.
    constexpr int pictureBytes = 1 << 20;
    ::mallopt(M_MMAP_THRESHOLD, pictureBytes);
#endif
    shmpix::ReceiverWindow window(options);
    window.show();
    return QApplication::exec();
}

} // namespace

int main(int argc, char** argv)
{
    using namespace shmpix;
    return startProgram<ReceiverOptions>(
        argc, argv,
        {QStringLiteral("shmpix-receiver"), parseReceiverOptions, runHeadlessReceiver, runWindow});
}
