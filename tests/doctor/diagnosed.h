#pragma once

#include "common/doctor/keydoctor.h"

#include <QFile>
#include <QTest>

// Stops the test function unless there is a diagnosis in whole sentences that names that address, or none if
// none is wanted.
#define EXPECT_INSTEAD(diagnosis, wanted)                                                                    \
    do {                                                                                                     \
        QVERIFY2((diagnosis).has_value(), "no diagnosis");                                                   \
        QCOMPARE((diagnosis)->instead, QString(wanted));                                                     \
        QVERIFY2((diagnosis)->cause.endsWith(QLatin1Char('.')), qPrintable((diagnosis)->cause));             \
        QVERIFY2((diagnosis)->fix.endsWith(QLatin1Char('.')), qPrintable((diagnosis)->fix));                 \
    } while (false)

namespace shmpix::test {

/// The diagnosis of a key that cannot be loaded.
[[nodiscard]] std::optional<Diagnosis> diagnosisOf(const QString& key);

/// A foreign POSIX segment, removed at the end of the test function.
class Foreign
{
public:
    explicit Foreign(const QString& name, const QByteArray& bytes = "bytes")
        : m_file(QStringLiteral("/dev/shm/") + name)
    {
        if (!m_file.open(QIODevice::WriteOnly) || m_file.write(bytes) != bytes.size()) {
            qFatal("cannot write %s", qPrintable(m_file.fileName()));
        }
        m_file.close();
    }
    ~Foreign() { m_file.remove(); }
    [[nodiscard]] QString path() const { return m_file.fileName(); }

private:
    QFile m_file;
};

} // namespace shmpix::test
