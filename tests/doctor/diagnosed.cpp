#include "tests/doctor/diagnosed.h"

#include "tests/support/expect.h"

namespace shmpix::test {

std::optional<Diagnosis> diagnosisOf(const QString& key)
{
    const auto address = SegmentAddress::parse(key);
    if (!address) {
        return diagnose(key, address.error());
    }
    const auto loaded = load(key);
    return loaded ? Diagnosis{QStringLiteral("It could be loaded."), {}, {}} : diagnose(key, loaded.error());
}

} // namespace shmpix::test
