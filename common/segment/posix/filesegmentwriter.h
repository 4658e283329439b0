#pragma once

#include "common/segment/accessrights.h"
#include "common/segment/posix/fileroom.h"
#include "common/segment/posix/mappedregion.h"
#include "common/segment/posix/ownerrecord.h"
#include "common/segment/segmentaddress.h"
#include "common/segment/segmentwriter.h"

#include <optional>

namespace shmpix {

/// Publishes to a POSIX segment or a mapped file. There are two files: one carries the name; the other, a
/// hidden spare, is filled and then exchanged with it in one step, so that nobody ever sees a half-written
/// picture or none. The spare is kept, so that the pages for the next picture already exist. It is rewritten
/// only when nobody has it open or mapped, because a reader may still use it from the time when it carried
/// the name. While it is being written, it cannot be opened, because a reader may have looked up the name
/// before the exchange. Each file gets the mode and the group of its predecessor.
class FileSegmentWriter final : public SegmentWriter
{
public:
    FileSegmentWriter(const SegmentAddress& address, Existing existing, const AccessRights& access);
    ~FileSegmentWriter() override;

    [[nodiscard]] Result<std::span<std::byte>> reserve(qint64 bytes) override;
    [[nodiscard]] Result<std::span<std::byte>> reserveInParts(qint64 bytes) override;
    [[nodiscard]] Result<void> reservePart(std::span<const std::byte> part) override;
    [[nodiscard]] Result<void> publish() override;
    void keep() override { m_keep = true; }
    void trim() override;
    [[nodiscard]] Replacement replacement() const override { return Replacement::Whole; }
    [[nodiscard]] Presence presence() const override;
    [[nodiscard]] bool isCut() const override;

private:
    struct File
    {
        FileDescriptor fd;
        MappedRegion map;
        FileId id;
        bool isInParts = false; ///< there may be no memory behind a part of it

        [[nodiscard]] bool holds(std::span<const std::byte> part) const
        {
            const std::span<std::byte> all = map.bytes();
            return part.data() >= all.data() && part.data() < all.data() + all.size();
        }
    };
    enum class Name { Free, Ours, Replaceable };

    [[nodiscard]] Result<Name> nameState() const;
    [[nodiscard]] bool isOurs(const FileId& file) const;
    [[nodiscard]] AccessRights nextRights(Name state) const;
    void giveUpName();
    void removeLeftovers() const;
    template <class Prepare>
    [[nodiscard]] Result<std::span<std::byte>> takeName(const Prepare& prepare);
    [[nodiscard]] Result<void> prepareSpare(qint64 bytes);
    [[nodiscard]] Result<void> prepareEmptySpare(qint64 bytes);
    [[nodiscard]] Result<File> createSpare();
    [[nodiscard]] Result<void> resize(File& file, qint64 bytes) const;
    [[nodiscard]] static Result<void> map(File& file, qint64 bytes);
    [[nodiscard]] Error rightsNotGiven(int errorNumber) const;
    [[nodiscard]] bool isStillNamed(const File& spare) const;
    [[nodiscard]] static bool closeToOthers(const File& file);
    static void openToOthers(const File& file);
    void dropSpare();

    SegmentAddress m_address;
    SegmentPath m_path;
    Existing m_existing;
    AccessRights m_access; ///< of the first segment
    FileRoom m_room;
    std::optional<OwnerRecord> m_record;
    std::optional<File> m_published;
    std::optional<File> m_spare;
    QByteArray m_sparePath; ///< the hidden name of the spare file, if it has one
    bool m_keep = false;
};

} // namespace shmpix
