#include "common/segment/segmentaddress.h"

#include "tests/fuzz/oracle.h"
#include "tests/support/codecbytes.h"

namespace shmpix::fuzz {

namespace {

void printAndParse(const SegmentAddress& address)
{
    const auto again = SegmentAddress::parse(address.toString());
    if (!again || !(*again == address)) {
        fail(QStringLiteral("%1 becomes %2")
                 .arg(address.toString(), again ? again->toString() : again.error().text));
    }
    const auto made = SegmentAddress::of(address.scheme(), address.name());
    require(made && *made == address, "another address of the same name");
}

} // namespace

/// print and parse are inverse functions.
void fuzzAddress(Input input)
{
    const QByteArray bytes = bytesOf(input);
    const auto address = SegmentAddress::parse(QString::fromUtf8(bytes));
    if (address) {
        printAndParse(*address);
    } else {
        require(address.error().code == ErrorCode::Usage && address.error().text.size() > 10,
                "no sentence for an address that is refused");
    }
    using Scheme = SegmentAddress::Scheme;
    for (const Scheme scheme : {Scheme::Posix, Scheme::Windows, Scheme::SystemV, Scheme::Qt, Scheme::File}) {
        if (const auto made = SegmentAddress::of(scheme, QString::fromUtf8(bytes))) {
            printAndParse(*made);
        }
    }
}

} // namespace shmpix::fuzz
