#include "tests/ipc/diagnosed.h"

#include "tests/ipc/expect.h"

namespace shmpix::test {

std::optional<Diagnosis> diagnosisOf(const QString& key)
{
    const auto address = SegmentAddress::parse(key);
    if (!address) {
        return diagnoseFailure(key, address.error());
    }
    const auto loaded = load(key);
    return loaded ? Diagnosis{QStringLiteral("It could be loaded."), {}, {}}
                  : diagnoseFailure(key, loaded.error());
}

} // namespace shmpix::test
