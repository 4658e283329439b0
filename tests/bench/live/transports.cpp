#include "tests/bench/live/transports.h"

#include "tests/bench/live/barepair.h"
#include "tests/bench/live/livepair.h"
#include "tests/bench/live/unixsocketpair.h"
#ifdef SHMPIX_BENCH_ZEROMQ
#include "tests/bench/live/zeromqpair.h"
#endif
#ifdef SHMPIX_BENCH_GSTREAMER
#include "tests/bench/live/gstreamerpair.h"
#endif
#ifdef SHMPIX_BENCH_BOOST
#include "tests/bench/live/boostqueue.h"
#endif

namespace shmpix::bench {

std::vector<Transport> transports()
{
    return {
        livePair(),       barePair(),
#ifdef SHMPIX_BENCH_GSTREAMER
        gstreamerPair(),
#endif
#ifdef SHMPIX_BENCH_ZEROMQ
        zeroMqPair(),
#endif
#ifdef SHMPIX_BENCH_BOOST
        boostQueue(),
#endif
        unixSocketPair(),
    };
}

} // namespace shmpix::bench
