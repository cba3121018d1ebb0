// A libnvidia-ml.so.1 with two GPUs that exist nowhere, for gpu_test. FAKE_NVML=init, count or utilization makes that
// call fail. Signatures after NVIDIA's NVML API reference.
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

int devices[2] = {0, 1};
int index_of(void* device) { return *static_cast<int*>(device); }

/// 0, or NVML_ERROR_DRIVER_NOT_LOADED where the test wants a failure here.
int answer(const char* call) {
  const char* fails = std::getenv("FAKE_NVML");
  return fails != nullptr && std::strcmp(fails, call) == 0 ? 9 : 0;
}

}  // namespace

extern "C" {

struct FakeMemory {
  unsigned long long total, free, used;
};
struct FakeUtilization {
  unsigned gpu, memory;
};

int nvmlInit_v2() { return answer("init"); }
int nvmlShutdown() { return 0; }
const char* nvmlErrorString(int code) { return code == 9 ? "Driver Not Loaded" : "Unknown Error"; }

int nvmlDeviceGetCount_v2(unsigned* count) {
  *count = 2;
  return answer("count");
}
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void** device) {
  if (index > 1) return 2;  // NVML_ERROR_INVALID_ARGUMENT
  *device = &devices[index];
  return 0;
}
int nvmlDeviceGetName(void*, char* name, unsigned length) {
  std::snprintf(name, length, "NVIDIA H100 80GB HBM3");
  return 0;
}
#ifndef FAKE_NVML_OLD
int nvmlDeviceGetUUID(void* device, char* uuid, unsigned length) {
  std::snprintf(uuid, length, "GPU-fa4e0000-0000-0000-0000-00000000000%d", index_of(device));
  return 0;
}
#endif
int nvmlDeviceGetMemoryInfo(void* device, FakeMemory* memory) {
  memory->total = 85899345920ULL;
  memory->used = 1073741824ULL * static_cast<unsigned long long>(index_of(device) + 1);
  memory->free = memory->total - memory->used;
  return 0;
}
int nvmlDeviceGetUtilizationRates(void* device, FakeUtilization* rates) {
  *rates = {index_of(device) == 0 ? 37u : 250u, 10};  // the second is out of range, as a broken driver's might be
  return answer("utilization");
}
/// Minor numbers are not indices: another GPU may be hidden from this library.
int nvmlDeviceGetMinorNumber(void* device, unsigned* minor) {
  *minor = static_cast<unsigned>(index_of(device)) + 4;
  return 0;
}
int nvmlDeviceGetPowerUsage(void* device, unsigned* milliwatts) {
  if (index_of(device) == 1) return 3;  // NVML_ERROR_NOT_SUPPORTED
  *milliwatts = 123'999;
  return 0;
}
}
