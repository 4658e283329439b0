#include "common/listing/producername.h"

#include <QRegularExpression>

#include <algorithm>
#include <array>

namespace shmpix {

namespace {

struct Habit
{
    const char* beginning;
    const char* producer;
};

/// Prefixes of the names that programs and libraries generate.
constexpr std::array habits = {
    Habit{"qipc_sharedmemory_", "Qt"},
    Habit{"pulse-shm-", "PulseAudio"},
    Habit{".org.chromium.", "Chromium"},
    Habit{"org.chromium.", "Chromium"},
    Habit{".com.google.Chrome.", "Chrome"},
    Habit{"org.mozilla.ipc.", "Firefox"},
    Habit{"mono.", "Mono"},
    Habit{"shmpipe.", "GStreamer"},
    Habit{"torch_", "PyTorch"},
    Habit{"cuda.shm.", "CUDA"},
    Habit{"nccl-", "NCCL"},
    Habit{"PostgreSQL.", "PostgreSQL"},
    Habit{"jack-", "JACK"},
    Habit{"jack_", "JACK"},
    Habit{"fastrtps_", "Fast DDS"},
    Habit{"fastdds_", "Fast DDS"},
    Habit{"iox", "iceoryx"},
    Habit{"lttng-ust-", "LTTng"},
    Habit{"wayland-cursor", "Wayland"},
    Habit{"weston-shared", "Wayland"},
    Habit{"vader_segment.", "Open MPI"},
    Habit{"sm_segment.", "Open MPI"},
    Habit{"psm2_shm.", "Open MPI"},
    Habit{"ValveIPC", "Steam"},
};

} // namespace

QString producerByName(const QString& name)
{
    // Python's SharedMemory generates psm_ and eight digits; older versions use wnsm_ on Windows only.
    static const QRegularExpression python(QStringLiteral("\\Apsm_[0-9a-f]{8}\\z"));
    if (python.match(name).hasMatch()) {
        return QStringLiteral("Python");
    }
    const auto found = std::find_if(habits.begin(), habits.end(), [&name](const Habit& habit) {
        return name.startsWith(QLatin1StringView(habit.beginning));
    });
    return found == habits.end() ? QString() : QString::fromLatin1(found->producer);
}

} // namespace shmpix
