#include "tests/live/readstream.h"
#include "tests/live/writtenstream.h"
#include "tests/support/runtest.h"

using namespace shmpix;
using namespace shmpix::test;

/// A ring can carry any layout of common/image, and the next frame may have another one.
class TestLiveLayouts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_writer.emplace(m_place.writer());
        m_reader.emplace(m_place.reader());
    }
    void B7_layoutIsReadAsItWasWritten_data();
    void B7_layoutIsReadAsItWasWritten();

private:
    // One stream for all rows: sizes and formats change from frame to frame.
    RingPlace m_place;
    std::optional<FrameWriter> m_writer;
    std::optional<FrameReader> m_reader;
};

void TestLiveLayouts::B7_layoutIsReadAsItWasWritten_data()
{
    QTest::addColumn<PixelLayout>("layout");
    for (const PixelFormat format : allPixelFormats()) {
        for (const QSize size : {QSize(64, 48), QSize(1, 1), QSize(5, 3), QSize(1, 17), QSize(33, 1)}) {
            const PixelLayout tight{size.width(), size.height(), format};
            const qint64 row = tight.step();
            PixelLayout padded = tight;
            padded.stride = row + 13;
            padded.offset = 5;
            PixelLayout bottomUp = padded;
            bottomUp.bottomUp = true;
            PixelLayout negative = tight;
            negative.stride = -row;
            negative.offset = (size.height() - 1) * row + 3;
            PixelLayout both = negative;
            both.stride = -row - 7;
            both.offset = (size.height() - 1) * (row + 7);
            both.bottomUp = true;
            std::vector<PixelLayout> layouts = {tight, padded, bottomUp};
            if (format.order != ChannelOrder::Nv12) { // its second plane would lie before the first
                layouts.insert(layouts.end(), {negative, both});
            }
            for (const PixelLayout& layout : layouts) {
                QTest::addRow("%s", qPrintable(layoutText(layout))) << layout;
            }
        }
    }
}

void TestLiveLayouts::B7_layoutIsReadAsItWasWritten()
{
    QFETCH(PixelLayout, layout);
    const auto room = m_writer->begin(layout);
    QVERIFY_VALUE(room);
    const auto extent = checkedExtent(layout);
    QVERIFY_VALUE(extent);
    QCOMPARE(qint64(room->size()), extent->end);
    const quint64 n = m_writer->published() + 1;
    fillFrame(*room, n);
    m_writer->publish();
    QVERIFY(m_reader->wait(std::chrono::steady_clock::now() + std::chrono::seconds(20)));
    std::vector<std::byte> bytes;
    const auto frame = m_reader->copy(bytes);
    QVERIFY_VALUE(frame);
    QVERIFY(frame->has_value());
    QCOMPARE((*frame)->serial, n);
    QCOMPARE(layoutText((*frame)->entry.layout), layoutText(layout));
    QCOMPARE(qint64(bytes.size()), extent->end);
    QVERIFY(isFrame(bytes, n));
}

int tst_livelayouts(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestLiveLayouts>(argc, argv);
}

#include "tst_livelayouts.moc"
