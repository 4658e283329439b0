#include "common/protocol/detection.h"

#include "common/base/memorysource.h"
#include "tests/fuzz/oracle.h"
#include "tests/support/codecbytes.h"

namespace shmpix::fuzz {

/// The codec of the detected protocol recognises the bytes. All other bytes are refused with a sentence.
void fuzzDetection(Input input)
{
    MemorySource source(input);
    const auto found = detectProtocol(source);
    if (found) {
        const auto reason = codecFor(*found).recognise(source);
        require(reason && !reason->isEmpty(), "the codec does not recognise what was detected as its own");
        return;
    }
    require(test::isBadData(found), "no sentence for bytes that nothing recognises");
    for (const ProtocolId id : selfDescribingProtocols()) {
        require(!codecFor(id).recognise(source), "a codec recognises what was not detected");
    }
}

} // namespace shmpix::fuzz
