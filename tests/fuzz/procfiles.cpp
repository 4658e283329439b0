#include "common/listing/linux/mappingtable.h"
#include "common/segment/posix/heldlocks.h"
#include "common/segment/systemv/systemvtable.h"
#include "tests/fuzz/oracle.h"

namespace shmpix::fuzz {

/// The system's files about shared memory, which contain names from other programs. The first byte selects
/// the file.
void fuzzProcfiles(Input input)
{
    const auto file = take<quint8>(input);
    const QByteArray text = bytesOf(input);
    const qsizetype lines = text.count('\n') + 1;
    if (file % 3 == 0) {
        require(qsizetype(parseSystemVTable(text).size()) <= lines, "more segments than lines");
    } else if (file % 3 == 1) {
        const auto mappings = parseMappings(text, 4711, "/dev/shm");
        require(qsizetype(mappings.size()) <= lines, "more mappings than lines");
        for (const Mapping& mapping : mappings) {
            require(mapping.process == 4711 && mapping.start < mapping.end,
                    "a mapping that ends before it begins");
        }
    } else {
        static_cast<void>(HeldLocks::parse(text).holder(take<quint32>(input), take<quint32>(input)));
    }
}

} // namespace shmpix::fuzz
