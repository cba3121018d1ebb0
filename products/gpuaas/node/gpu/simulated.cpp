// Simulated GPUs: a model of utilisation that depends on the GPU, the second and whether a workload holds it, and on
// nothing else, so that a graph and a bill can be shown and tested on a machine without a GPU.
#include <fmt/format.h>

#include "products/gpuaas/node/gpu/assignment.hpp"

namespace gpu {
namespace {

constexpr std::int64_t mebibyte = 1 << 20;
constexpr int idle_watts = 60;
constexpr int watts_at_full = 640;

/// splitmix64 (Steele, Lea, Flood 2014): a spread of the bits, not a source of chance.
std::uint64_t spread(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

/// A slow wave (a phase of training, 90 s) with a fast ripple (a step): 55..99 percent.
int busy_percent(int index, std::int64_t second) {
  const auto phase = (second + index * 13) % 90;
  const int wave = static_cast<int>(phase < 45 ? phase : 90 - phase);  // 0..45
  const int ripple =
      static_cast<int>(spread(static_cast<std::uint64_t>(second) * 64 + static_cast<std::uint64_t>(index)) % 11);
  return std::min(99, 55 + wave * 40 / 45 + ripple - 5 + (wave < 8 ? 5 : 0));
}

class Simulated final : public GpuDriver {
 public:
  explicit Simulated(const Simulation& simulation) {
    std::uint64_t node = 0;
    for (const char c : simulation.node) node = spread(node ^ static_cast<unsigned char>(c));
    for (std::int32_t i = 0; i < simulation.count; ++i) {
      const auto bits = spread(node + static_cast<std::uint64_t>(i));
      gpus_.push_back({.index = i,
                       .uuid = fmt::format("GPU-51a01a7e-{:04x}-{:04x}-{:04x}-{:012x}", bits >> 48,
                                           (bits >> 32) & 0xFFFF, (bits >> 16) & 0xFFFF, i),
                       .model = simulation.model,
                       .memory_bytes = simulation.memory_bytes,
                       .simulated = true});
    }
  }

  bool simulated() const override { return true; }
  const std::vector<Gpu>& list() const override { return gpus_; }

  base::Result<std::vector<Sample>> sample(base::Instant now, std::span<const std::int32_t> busy) const override {
    const auto second = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    std::vector<Sample> samples;
    for (const auto& gpu : gpus_) {
      const bool held = std::ranges::find(busy, gpu.index) != busy.end();
      const int percent = held ? busy_percent(gpu.index, second) : 0;
      const std::int64_t used = held ? gpu.memory_bytes / 100 * (40 + percent / 2) : 0;
      samples.push_back({.index = gpu.index,
                         .utilisation_percent = percent,
                         .memory_used_bytes = used / mebibyte * mebibyte,
                         .power_watts = idle_watts + (watts_at_full - idle_watts) * percent / 100,
                         .simulated = true});
    }
    return samples;
  }

  base::Result<Assignment> assign(std::span<const std::int32_t> indices) const override {
    auto assignment = assignment_of(indices, gpus_);
    if (assignment) assignment->environment["GPUAAS_GPU_SIMULATED"] = "1";
    return assignment;
  }

 private:
  std::vector<Gpu> gpus_;
};

}  // namespace

base::Result<std::unique_ptr<GpuDriver>> open_simulated(Simulation simulation) {
  if (simulation.count < 0 || simulation.count > gpus_max)
    return base::Error{gpu_unknown, fmt::format("{} simulated GPUs; at most {}", simulation.count, gpus_max)};
  return std::make_unique<Simulated>(simulation);
}

base::Result<std::unique_ptr<GpuDriver>> open_any(Simulation simulation, const std::string& library) {
  auto real = open_nvml(library);
  if (real || real.error().reason != driver_absent) return real;
  return open_simulated(std::move(simulation));
}

}  // namespace gpu
