// GPUs of one machine: what there is, how busy it is, and what a workload must be given to use some of them. Two
// drivers behind one interface: NVML (found by dlopen, nothing of NVIDIA's is linked) and simulated GPUs, which say so
// everywhere.
//
// Always true
//   - indices are 0..n-1 in the driver's order and do not change while the process runs;
//   - an assignment names only the asked GPUs: their device nodes and no others', and them in CUDA_VISIBLE_DEVICES, in
//   the
//     asked order (by UUID; simulated ones by index, which is all that people can recognise there);
//   - a simulated GPU is marked `simulated` in every answer, and its assignment sets GPUAAS_GPU_SIMULATED=1.
//
// Not here: who gets which GPU (the scheduler's), and the sandbox that binds the nodes (node/runtime).
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "shared/base/result.hpp"
#include "shared/base/time.hpp"

namespace gpu {

inline constexpr base::Reason driver_absent{"gpu_driver_absent", base::Kind::unavailable,
                                            "Install the NVIDIA driver, or use simulated GPUs."};
inline constexpr base::Reason driver_failed{"gpu_driver_failed", base::Kind::unavailable,
                                            "Look at the NVIDIA driver on the node (dmesg, nvidia-smi)."};
inline constexpr base::Reason gpu_unknown{"gpu_unknown", base::Kind::invalid, "Name a GPU index that the node has."};

inline constexpr int gpus_max = 64;  // of one machine

struct Gpu {
  std::int32_t index = 0;
  std::string uuid = {};  // "GPU-…"
  std::string model = {};
  std::int64_t memory_bytes = 0;
  bool simulated = false;

  bool operator==(const Gpu&) const = default;
};
BOOST_DESCRIBE_STRUCT(Gpu, (), (index, uuid, model, memory_bytes, simulated))

struct Sample {
  std::int32_t index = 0;
  std::int32_t utilisation_percent = 0;  // 0..100
  std::int64_t memory_used_bytes = 0;
  std::optional<std::int32_t> power_watts = {};  // absent where the driver does not tell
  bool simulated = false;

  bool operator==(const Sample&) const = default;
};
BOOST_DESCRIBE_STRUCT(Sample, (), (index, utilisation_percent, memory_used_bytes, power_watts, simulated))

/// What a workload gets: variables, and device nodes of the host to bind at the same path.
struct Assignment {
  std::map<std::string, std::string> environment = {};
  std::vector<std::string> device_nodes = {};

  bool operator==(const Assignment&) const = default;
};

/// Thread-safe.
class GpuDriver {
 public:
  virtual ~GpuDriver() = default;
  virtual bool simulated() const = 0;
  virtual const std::vector<Gpu>& list() const = 0;
  /// One sample for each of list(), in its order. `busy`: the indices that a running workload holds; only the
  /// simulation looks at it, a real driver measures. Errors: `gpu_driver_failed`.
  virtual base::Result<std::vector<Sample>> sample(base::Instant now, std::span<const std::int32_t> busy) const = 0;
  /// Errors: `gpu_unknown` (out of range or named twice).
  virtual base::Result<Assignment> assign(std::span<const std::int32_t> indices) const = 0;
};

/// Errors: `gpu_driver_absent` (no such library), `gpu_driver_failed` (it lacks a function, or one failed: the detail
/// names it).
base::Result<std::unique_ptr<GpuDriver>> open_nvml(const std::string& library = "libnvidia-ml.so.1");

struct Simulation {
  std::int32_t count = 8;
  std::string model = "H100 80 GB";
  std::int64_t memory_bytes = std::int64_t{80} << 30;
  std::string node = "local";  // goes into the uuids, so that two nodes' GPUs differ
};
/// Errors: `gpu_unknown` (count not in 0..gpus_max).
base::Result<std::unique_ptr<GpuDriver>> open_simulated(Simulation);

/// NVML where its library is found and answers; simulated only where the library is absent. A driver that is there but
/// fails is an error, never silently a simulation.
base::Result<std::unique_ptr<GpuDriver>> open_any(Simulation, const std::string& library = "libnvidia-ml.so.1");

}  // namespace gpu
