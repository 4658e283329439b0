#include "tests/interop/kitpeer.h"
#include "tests/interop/peer.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"

#include <QFile>
#include <QMap>
#include <QTest>

using namespace shmpix::test;

/// Tests each pair of writer and reader with every protocol and kind of key that both support. Writes a table
/// of the tested pairs to the build folder, for docs/interoperability.md.
class tst_Peers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void whatOneWritesTheOtherReads_data();
    void whatOneWritesTheOtherReads();

private:
    [[nodiscard]] QString table() const;

    std::vector<std::unique_ptr<Peer>> m_peers;
    QMap<std::pair<int, int>, QStringList> m_passed; ///< protocols by writer and reader numbers
    int m_rows = 0;
    int m_passedRows = 0;
};

void tst_Peers::initTestCase()
{
    const QString failed = startPeers(temporaryFolder(), m_peers);
    QVERIFY2(failed.isEmpty(), qPrintable(failed));
}

void tst_Peers::whatOneWritesTheOtherReads_data()
{
    QTest::addColumn<int>("writer");
    QTest::addColumn<int>("reader");
    QTest::addColumn<QString>("protocol");
    QTest::addColumn<QString>("scheme");
    m_rows = 0;
    for (int w = 0; w < int(m_peers.size()); ++w) {
        for (int r = 0; r < int(m_peers.size()); ++r) {
            const Peer& writer = *m_peers[std::size_t(w)];
            const Peer& reader = *m_peers[std::size_t(r)];
            for (const QString& scheme : writer.schemes()) {
                for (const QString& protocol : writer.protocols()) {
                    const bool needless =
                        scheme == QLatin1String("qt") && protocol != QLatin1String("datastream");
                    if (needless || !reader.schemes().contains(scheme) ||
                        !reader.protocols().contains(protocol)) {
                        continue;
                    }
                    QTest::addRow("%s > %s, %s under %s:", qPrintable(writer.title()),
                                  qPrintable(reader.title()), qPrintable(protocol), qPrintable(scheme))
                        << w << r << protocol << scheme;
                    ++m_rows;
                }
            }
        }
    }
}

void tst_Peers::whatOneWritesTheOtherReads()
{
    QFETCH(int, writer);
    QFETCH(int, reader);
    QFETCH(QString, protocol);
    QFETCH(QString, scheme);
    const QString key = scheme == QLatin1String("qt") ? uniqueAddress(scheme) : uniqueName();
    for (const char* name : {"odd", "grey"}) {
        const QImage image = picture(QString::fromLatin1(name));
        const QString file = newFile(QStringLiteral(".bmp"));
        const QString saved = newFile(QStringLiteral(".bmp"));
        QVERIFY(image.save(file));
        const QString layout =
            protocol != QLatin1String("pixels")
                ? QString()
                : QStringLiteral("%1x%2:").arg(image.width()).arg(image.height()) +
                      (image.isGrayscale() ? QLatin1String("gray8") : QLatin1String("bgr8"));
        QCOMPARE(m_peers[std::size_t(writer)]->write(key, protocol, file, layout), QString());
        QCOMPARE(m_peers[std::size_t(reader)]->read(key, protocol, layout, saved), QString());
        const QImage wanted = protocol == QLatin1String("jpeg")
                                  ? QImage::fromData(bytesOfFile(QStringLiteral("/dev/shm/") + key), "jpeg")
                                  : image;
        COMPARE_PICTURES(QImage(saved), wanted);
        QCOMPARE(m_peers[std::size_t(writer)]->close(key), QString());
    }
    QStringList& passed = m_passed[{writer, reader}];
    if (!passed.contains(protocol)) {
        passed.append(protocol);
    }
    ++m_passedRows;
}

QString tst_Peers::table() const
{
    QString head = QStringLiteral("| writes ↓ reads → |");
    QString line = QStringLiteral("|---|");
    QString body;
    for (const auto& peer : m_peers) {
        head += QLatin1Char(' ') + peer->title() + QStringLiteral(" |");
        line += QStringLiteral("---|");
    }
    for (int w = 0; w < int(m_peers.size()); ++w) {
        body += QStringLiteral("| **%1** |").arg(m_peers[std::size_t(w)]->title());
        for (int r = 0; r < int(m_peers.size()); ++r) {
            const QStringList passed = m_passed.value({w, r});
            body += QLatin1Char(' ') +
                    (passed.isEmpty() ? QStringLiteral("—") : passed.join(QStringLiteral(", "))) +
                    QStringLiteral(" |");
        }
        body += QLatin1Char('\n');
    }
    return head + QLatin1Char('\n') + line + QLatin1Char('\n') + body;
}

void tst_Peers::cleanupTestCase()
{
    if (m_passedRows == m_rows && m_rows > 0) { // only a complete table is written
        QFile file(QStringLiteral(SHMPIX_BIN "/../interop-matrix.md"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(table().toUtf8());
    }
    m_peers.clear();
}

int tst_peers(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, tst_Peers>(argc, argv);
}

#include "tst_peers.moc"
