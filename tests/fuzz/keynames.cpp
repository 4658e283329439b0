#include "common/doctor/keynames.h"

#include "common/doctor/snippets.h"
#include "common/doctor/stringliteral.h"
#include "common/protocol/protocolid.h"
#include "tests/fuzz/literalparser.h"
#include "tests/fuzz/oracle.h"

namespace shmpix::fuzz {

namespace {

void checkPortable(const QString& name)
{
    const QString portable = portableName(name);
    require(!portable.isEmpty() && portable.size() <= 29, "a portable name that is too long");
    const auto address = SegmentAddress::parse(portable);
    require(address && address->name() == portable, "a portable name that is no key");
    require(portableName(portable) == portable, "a portable name that is not portable");
}

void checkName(const PeerName& name, const KeyNames& key)
{
    require(name.reach != Reach::Nothing || (name.code.isEmpty() && !name.note.isEmpty()),
            "a name that a program does not take, without a reason");
    if (name.reach == Reach::Nothing) {
        return;
    }
    require(name.address && !name.name.isEmpty() && !name.code.isEmpty(), "a name without code");
    const bool isCode = name.code.contains(quoted(name.name, Literal::Cpp)) ||
                        name.code.contains(quoted(name.name, Literal::PythonOrCSharp));
    require(isCode, "code that does not have the name");
    require(key.address || name.reach == Reach::Other, "the same memory as that of a key that is none");
    const auto again = SegmentAddress::parse(name.address->toString());
    require(again && *again == *name.address, "an address that is another one when it is typed");
}

} // namespace

/// The names of an arbitrary key in all programs, and the code to paste for the protocol that the first byte
/// selects.
void fuzzKeynames(Input input)
{
    const auto choice = take<quint8>(input);
    const QString text = QString::fromUtf8(bytesOf(input));
    const KeyNames key = keyNames(text);
    require(key.address || !key.problem.isEmpty(), "no sentence for a key that is none");
    checkPortable(text);
    if (!key.proposal.isEmpty()) {
        checkPortable(key.proposal);
    }
    for (const PeerName& name : key.names) {
        checkName(name, key);
    }
    if (choice < allProtocols().size()) { // rarely, because they take long
        for (const Snippet& snippet : snippets(key, {protocolName(allProtocols()[choice]), {}})) {
            require(!snippet.code.isEmpty() || !snippet.note.isEmpty(), "no code and no reason");
        }
    }
}

} // namespace shmpix::fuzz
