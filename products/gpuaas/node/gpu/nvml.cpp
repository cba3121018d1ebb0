// NVML by dlopen. The few functions that we call are declared here by hand, after NVIDIA's NVML API reference (nvml.h,
// stable since driver 418): handles are opaque pointers, a return of 0 is success, memory is bytes.
#include <dlfcn.h>

#include "products/gpuaas/node/gpu/assignment.hpp"

namespace gpu {
namespace {

using Handle = void*;
struct Memory {
  unsigned long long total, free, used;
};
struct Utilization {
  unsigned gpu, memory;
};
constexpr int success = 0;
constexpr unsigned name_bytes = 96;  // NVML_DEVICE_NAME_V2_BUFFER_SIZE
constexpr unsigned uuid_bytes = 96;  // NVML_DEVICE_UUID_V2_BUFFER_SIZE

/// The functions by their exported names; a missing one is told by its name. Power alone may be missing.
struct Nvml {
  int (*init)() = nullptr;
  int (*shutdown)() = nullptr;
  const char* (*error_string)(int) = nullptr;
  int (*count)(unsigned*) = nullptr;
  int (*handle)(unsigned, Handle*) = nullptr;
  int (*name)(Handle, char*, unsigned) = nullptr;
  int (*uuid)(Handle, char*, unsigned) = nullptr;
  int (*memory)(Handle, Memory*) = nullptr;
  int (*utilization)(Handle, Utilization*) = nullptr;
  int (*minor)(Handle, unsigned*) = nullptr;
  int (*power)(Handle, unsigned*) = nullptr;  // milliwatts
};

class Library final {
 public:
  explicit Library(const std::string& name) : handle_(::dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL)) {}
  ~Library() {
    if (handle_ != nullptr) ::dlclose(handle_);
  }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  bool found() const { return handle_ != nullptr; }
  template <class F>
  bool get(const char* name, F& into) {
    into = reinterpret_cast<F>(::dlsym(handle_, name));
    if (into == nullptr && missing_.empty()) missing_ = name;
    return into != nullptr;
  }
  const std::string& missing() const { return missing_; }

 private:
  void* handle_;
  std::string missing_;
};

bool load(Library& library, Nvml& nvml) {
  const bool all =
      library.get("nvmlInit_v2", nvml.init) && library.get("nvmlShutdown", nvml.shutdown) &&
      library.get("nvmlErrorString", nvml.error_string) && library.get("nvmlDeviceGetCount_v2", nvml.count) &&
      library.get("nvmlDeviceGetHandleByIndex_v2", nvml.handle) && library.get("nvmlDeviceGetName", nvml.name) &&
      library.get("nvmlDeviceGetUUID", nvml.uuid) && library.get("nvmlDeviceGetMemoryInfo", nvml.memory) &&
      library.get("nvmlDeviceGetUtilizationRates", nvml.utilization) &&
      library.get("nvmlDeviceGetMinorNumber", nvml.minor);
  if (all) (void)library.get("nvmlDeviceGetPowerUsage", nvml.power);
  return all;
}

class NvmlDriver final : public GpuDriver {
 public:
  NvmlDriver(std::unique_ptr<Library> library, const Nvml& nvml) : library_(std::move(library)), nvml_(nvml) {}
  ~NvmlDriver() override { nvml_.shutdown(); }  // it was initialised before this was made

  base::Result<void> find() {
    unsigned count = 0;
    if (auto ok = check(nvml_.count(&count), "nvmlDeviceGetCount_v2"); !ok) return ok;
    for (unsigned i = 0; i < count && i < gpus_max; ++i)
      if (auto ok = find(i); !ok) return ok;
    return {};
  }

  bool simulated() const override { return false; }
  const std::vector<Gpu>& list() const override { return gpus_; }

  base::Result<std::vector<Sample>> sample(base::Instant, std::span<const std::int32_t>) const override {
    std::vector<Sample> samples;
    for (const auto& gpu : gpus_) {
      const auto device = devices_[static_cast<std::size_t>(gpu.index)].handle;
      Utilization rates{};
      Memory memory{};
      if (auto ok = check(nvml_.utilization(device, &rates), "nvmlDeviceGetUtilizationRates"); !ok) return ok.error();
      if (auto ok = check(nvml_.memory(device, &memory), "nvmlDeviceGetMemoryInfo"); !ok) return ok.error();
      Sample sample{.index = gpu.index,
                    .utilisation_percent = static_cast<std::int32_t>(std::min(rates.gpu, 100u)),
                    .memory_used_bytes = static_cast<std::int64_t>(memory.used)};
      unsigned milliwatts = 0;
      if (nvml_.power != nullptr && nvml_.power(device, &milliwatts) == success)
        sample.power_watts = static_cast<std::int32_t>(milliwatts / 1000);
      samples.push_back(sample);
    }
    return samples;
  }

  /// Inside, only the bound GPUs exist, and CUDA counts those it sees: in UUIDs there is no doubt which is meant.
  base::Result<Assignment> assign(std::span<const std::int32_t> indices) const override {
    auto assignment = assignment_of(indices, gpus_);
    if (!assignment || indices.empty()) return assignment;
    for (const auto index : indices)
      assignment->device_nodes.push_back("/dev/nvidia" +
                                         std::to_string(devices_[static_cast<std::size_t>(index)].minor));
    for (const auto* node : {"/dev/nvidiactl", "/dev/nvidia-uvm"}) assignment->device_nodes.push_back(node);
    std::string visible;
    for (const auto index : indices)
      (visible += visible.empty() ? "" : ",") += gpus_[static_cast<std::size_t>(index)].uuid;
    assignment->environment["CUDA_VISIBLE_DEVICES"] = visible;
    return assignment;
  }

 private:
  struct Device {
    Handle handle = nullptr;
    unsigned minor = 0;
  };

  base::Result<void> check(int code, const char* function) const {
    if (code == success) return {};
    return base::Error{driver_failed, std::string{function} + ": " + nvml_.error_string(code)};
  }

  base::Result<void> find(unsigned index) {
    Device device;
    char name[name_bytes] = {};
    char uuid[uuid_bytes] = {};
    Memory memory{};
    if (auto ok = check(nvml_.handle(index, &device.handle), "nvmlDeviceGetHandleByIndex_v2"); !ok) return ok;
    if (auto ok = check(nvml_.name(device.handle, name, name_bytes), "nvmlDeviceGetName"); !ok) return ok;
    if (auto ok = check(nvml_.uuid(device.handle, uuid, uuid_bytes), "nvmlDeviceGetUUID"); !ok) return ok;
    if (auto ok = check(nvml_.memory(device.handle, &memory), "nvmlDeviceGetMemoryInfo"); !ok) return ok;
    if (auto ok = check(nvml_.minor(device.handle, &device.minor), "nvmlDeviceGetMinorNumber"); !ok) return ok;
    devices_.push_back(device);
    gpus_.push_back({.index = static_cast<std::int32_t>(index),
                     .uuid = uuid,
                     .model = name,
                     .memory_bytes = static_cast<std::int64_t>(memory.total)});
    return {};
  }

  std::unique_ptr<Library> library_;
  Nvml nvml_;
  std::vector<Device> devices_;
  std::vector<Gpu> gpus_;
};

}  // namespace

base::Result<std::unique_ptr<GpuDriver>> open_nvml(const std::string& name) {
  auto library = std::make_unique<Library>(name);
  if (!library->found()) return base::Error{driver_absent, name + " is not there"};
  Nvml nvml;
  if (!load(*library, nvml)) return base::Error{driver_failed, name + " lacks " + library->missing()};
  if (const int code = nvml.init(); code != success)
    return base::Error{driver_failed, std::string{"nvmlInit_v2: "} + nvml.error_string(code)};
  auto driver = std::make_unique<NvmlDriver>(std::move(library), nvml);
  if (auto found = driver->find(); !found) return found.error();
  return driver;
}

}  // namespace gpu
