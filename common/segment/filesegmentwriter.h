#pragma once

#include "common/segment/fileroom.h"
#include "common/segment/mappedregion.h"
#include "common/segment/ownerrecord.h"
#include "common/segment/segment.h"

#include <optional>

namespace shmpix {

/// Publishes into a POSIX segment or a mapped file. Two files: one that carries the name, and a hidden spare
/// that is filled and then exchanged with it in one step, so that nobody ever sees a picture half written, or
/// no picture. The spare is kept: the next picture finds its pages in place. It is written again only when
/// nobody has it open or mapped, which a reader may still have from the time when it carried the name; and
/// while it is written nobody gets it open, which a reader may be about to that looked the name up before the
/// exchange. Each file has the mode and the group of the one that carried the name before it.
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
    QByteArray m_sparePath; ///< the hidden name that the second file has, if it has one
    bool m_keep = false;
};

} // namespace shmpix
