#include "common/protocol/decodefile.h"

#include "common/base/goingon.h"
#include "common/image/decodeimage.h"

#include <QIODevice>

#include <algorithm>
#include <cstring>

namespace shmpix {

namespace {

/// A file in memory that ends when its source must stop. This is the only way to stop Qt's readers. A QBuffer
/// does not help: the JPEG reader takes all of its bytes at once.
class CopiedFile final : public QIODevice
{
public:
    CopiedFile(const QByteArray& bytes, ByteSource& source)
        : m_bytes(bytes)
        , m_source(source)
    {
        open(QIODevice::ReadOnly | QIODevice::Unbuffered);
    }

    [[nodiscard]] qint64 size() const override { return m_bytes.size(); }

protected:
    qint64 readData(char* data, qint64 most) override
    {
        if (!mayGoOn(m_source)) {
            return -1;
        }
        const qint64 count = std::clamp<qint64>(m_bytes.size() - pos(), 0, most);
        std::memcpy(data, m_bytes.constData() + pos(), static_cast<std::size_t>(count));
        return count;
    }
    qint64 writeData(const char*, qint64) override { return -1; }

private:
    const QByteArray& m_bytes;
    ByteSource& m_source;
};

} // namespace

Result<QImage> decodeFile(const QByteArray& file, ByteSource& source, const QByteArray& format)
{
    source.finish();
    CopiedFile device(file, source);
    auto image = decodeImage(device, format);
    if (auto goesOn = mayGoOn(source); !goesOn) {
        return goesOn.error(); // regardless of what the reader made of the early end
    }
    return image;
}

} // namespace shmpix
