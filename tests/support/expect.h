#pragma once

#include "common/channel/loadpicture.h"
#include "common/channel/publisher.h"

#include <QByteArray>
#include <QTest>

// These stop the test function with the error's text if a Result is not as expected.
#define EXPECT_SUCCESS(result)                                                                               \
    do {                                                                                                     \
        const auto& resultOnce = (result);                                                                   \
        QVERIFY2(resultOnce.has_value(), qPrintable(shmpix::test::described(resultOnce)));                   \
    } while (false)
#define EXPECT_FAILURE(result, expected)                                                                     \
    do {                                                                                                     \
        const auto& resultOnce = (result);                                                                   \
        QVERIFY2(!resultOnce.has_value() && resultOnce.error().code == (expected),                           \
                 qPrintable(shmpix::test::described(resultOnce) + QLatin1String(", expected ") +             \
                            shmpix::test::codeName(expected)));                                              \
    } while (false)
#define EXPECT_CONTAINS(text, part)                                                                          \
    QVERIFY2(QString(text).contains(part),                                                                   \
             qPrintable(QStringLiteral("“%1” does not say “%2”").arg(text, part)))

namespace shmpix::test {

[[nodiscard]] QString codeName(ErrorCode code);
[[nodiscard]] QString described(const Error& error);

template <class T>
[[nodiscard]] QString described(const Result<T>& result)
{
    return result ? QStringLiteral("success") : described(result.error());
}

/// Adds rows for the column "scheme".
void addSchemes(const QStringList& schemes = {QStringLiteral("posix"), QStringLiteral("file"),
                                              QStringLiteral("qt"), QStringLiteral("systemv")});

/// Parses an address that is known to be valid.
[[nodiscard]] SegmentAddress parsed(const QString& address);

/// Reserves a segment, copies the bytes and publishes it.
[[nodiscard]] Result<void> write(SegmentWriter& writer, const QByteArray& bytes);

/// Reads the whole segment.
[[nodiscard]] Result<QByteArray> contents(const QString& address, const ReadOptions& options = {});

/// Bytes that differ from place to place and from seed to seed.
[[nodiscard]] QByteArray pattern(qsizetype size, uint seed = 1);

[[nodiscard]] Result<LoadedPicture> load(const QString& address, const ReadOptions& options = {});
[[nodiscard]] Result<ShareReport> share(Publisher& publisher, const QString& address, const QImage& image,
                                        ProtocolId protocol = ProtocolId::Datastream,
                                        Existing existing = Existing::Respect);

/// A PNG file of the picture, which a peer can open; removed when the test ends.
[[nodiscard]] QString fileOf(const QImage& image);

[[nodiscard]] QString channelPeer();

} // namespace shmpix::test
