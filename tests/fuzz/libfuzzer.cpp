// The entry point of libFuzzer: calls the function of one target, whose name CMake defines.
#include "tests/fuzz/input.h"

#include <cstdint>

namespace shmpix::fuzz {

void SHMPIX_FUZZ_FUNCTION(Input input);

} // namespace shmpix::fuzz

extern "C" int LLVMFuzzerInitialize(int*, char***)
{
    shmpix::fuzz::prepare();
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    shmpix::fuzz::SHMPIX_FUZZ_FUNCTION(std::as_bytes(std::span(data, size)));
    return 0;
}
