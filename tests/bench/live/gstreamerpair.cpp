#include "tests/bench/live/gstreamerpair.h"

#include <chrono>
#include <thread>

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>

namespace shmpix::bench {

namespace {

constexpr std::chrono::milliseconds patience(100);
constexpr std::size_t buffersInMemory = 4;

template <class Object>
struct Unref
{
    void operator()(Object* object) const { gst_object_unref(object); }
};
template <class Object>
using GstOwned = std::unique_ptr<Object, Unref<Object>>;

QString caps(QSize size)
{
    return QStringLiteral("video/x-raw,format=RGBA,width=%1,height=%2,framerate=0/1")
        .arg(size.width())
        .arg(size.height());
}

/// A pipeline that ends with this object.
class Pipeline
{
public:
    explicit Pipeline(const QString& description)
    {
        gst_init(nullptr, nullptr);
        m_pipeline.reset(gst_parse_launch(description.toUtf8().constData(), nullptr));
    }
    ~Pipeline()
    {
        if (m_pipeline) {
            gst_element_set_state(m_pipeline.get(), GST_STATE_NULL);
        }
    }
    Pipeline(const Pipeline&) = delete;
    Pipeline& operator=(const Pipeline&) = delete;

    [[nodiscard]] bool play()
    {
        return m_pipeline &&
               gst_element_set_state(m_pipeline.get(), GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE;
    }
    [[nodiscard]] GstOwned<GstElement> element(const char* name) const
    {
        return GstOwned<GstElement>(gst_bin_get_by_name(GST_BIN(m_pipeline.get()), name));
    }

private:
    GstOwned<GstElement> m_pipeline;
};

class GStreamerOutlet final : public FrameOutlet
{
public:
    GStreamerOutlet(const QString& folder, QSize size)
        : m_bytes(frameBytes(size))
        , m_pipeline(QStringLiteral("appsrc name=in caps=%1 block=false max-bytes=0 ! "
                                    "shmsink name=out socket-path=%2/socket shm-size=%3 sync=false "
                                    "wait-for-connection=true")
                         .arg(caps(size), folder)
                         .arg(buffersInMemory * (m_bytes + 4096)))
        , m_isPlaying(m_pipeline.play())
    {
        if (!m_isPlaying) {
            return;
        }
        m_source = m_pipeline.element("in");
        const GstOwned<GstElement> sink = m_pipeline.element("out");
        const GstOwned<GstPad> pad(gst_element_get_static_pad(sink.get(), "sink"));
        GstCaps* wanted = gst_caps_from_string(caps(size).toUtf8().constData());
        GstQuery* query = gst_query_new_allocation(wanted, FALSE);
        if (gst_pad_query(pad.get(), query) && gst_query_get_n_allocation_params(query) > 0) {
            GstAllocator* allocator = nullptr;
            gst_query_parse_nth_allocation_param(query, 0, &allocator, nullptr);
            m_allocator.reset(allocator);
        }
        gst_query_unref(query);
        gst_caps_unref(wanted);
    }
    bool fill(const Fill& fill) override
    {
        GstBuffer* buffer = allocate();
        if (buffer == nullptr) {
            return false;
        }
        GstMapInfo map;
        gst_buffer_map(buffer, &map, GST_MAP_WRITE);
        fill({reinterpret_cast<std::byte*>(map.data), m_bytes});
        gst_buffer_unmap(buffer, &map);
        return gst_app_src_push_buffer(GST_APP_SRC(m_source.get()), buffer) == GST_FLOW_OK;
    }
    [[nodiscard]] bool isPlaying() const { return m_isPlaying && m_allocator; }

private:
    /// Allocates in the shared memory. If that is full, the allocator returns other memory; then this waits
    /// for the reader.
    GstBuffer* allocate()
    {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        while (std::chrono::steady_clock::now() < deadline) {
            GstBuffer* buffer = gst_buffer_new_allocate(m_allocator.get(), m_bytes, nullptr);
            if (gst_buffer_peek_memory(buffer, 0)->allocator == m_allocator.get()) {
                return buffer;
            }
            gst_buffer_unref(buffer);
            std::this_thread::sleep_for(std::chrono::microseconds(20));
        }
        return nullptr;
    }

    std::size_t m_bytes;
    Pipeline m_pipeline;
    bool m_isPlaying;
    GstOwned<GstElement> m_source;
    GstOwned<GstAllocator> m_allocator;
};

class GStreamerInlet final : public FrameInlet
{
public:
    GStreamerInlet(const QString& folder, QSize size)
        : m_pipeline(QStringLiteral("shmsrc socket-path=%1/socket is-live=true ! %2 ! "
                                    "appsink name=out sync=false max-buffers=2 drop=false")
                         .arg(folder, caps(size)))
        , m_isPlaying(m_pipeline.play())
        , m_sink(m_isPlaying ? m_pipeline.element("out") : nullptr)
    {
    }
    bool look(const Look& look) override
    {
        constexpr GstClockTime longest = std::chrono::nanoseconds(patience).count();
        GstSample* sample = gst_app_sink_try_pull_sample(GST_APP_SINK(m_sink.get()), longest);
        if (sample == nullptr) {
            return false;
        }
        GstBuffer* buffer = gst_sample_get_buffer(sample);
        GstMapInfo map;
        gst_buffer_map(buffer, &map, GST_MAP_READ);
        look({reinterpret_cast<const std::byte*>(map.data), map.size});
        gst_buffer_unmap(buffer, &map);
        gst_sample_unref(sample);
        return true;
    }
    [[nodiscard]] bool isPlaying() const { return m_isPlaying; }

private:
    Pipeline m_pipeline;
    bool m_isPlaying;
    GstOwned<GstElement> m_sink;
};

} // namespace

Transport gstreamerPair()
{
    return {QStringLiteral("gstreamer"), QStringLiteral("GStreamer shmsink"),
            [](const QString& folder, QSize size) -> std::unique_ptr<FrameOutlet> {
                auto outlet = std::make_unique<GStreamerOutlet>(folder, size);
                return outlet->isPlaying() ? std::move(outlet) : nullptr;
            },
            [](const QString& folder, QSize size) -> std::unique_ptr<FrameInlet> {
                auto inlet = std::make_unique<GStreamerInlet>(folder, size);
                return inlet->isPlaying() ? std::move(inlet) : nullptr;
            }};
}

} // namespace shmpix::bench
