// Metrics: counters, gauges and histograms in a Registry that main makes and hands to what counts; `/metrics` is its
// text (Prometheus exposition format 0.0.4).
//
// Always true: counting takes no lock and is safe from every thread; a reference given by the Registry is good as long
// as the Registry lives; a family has one kind and one help; past `series_max` label sets of a family, further ones
// are counted together under the value "other", so that a client's words cannot fill the memory.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telemetry {

inline constexpr std::size_t series_max = 1000;

/// From half a millisecond to ten seconds: what a request, a query or a commit takes.
inline constexpr double seconds_buckets[] = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                             0.1,    0.25,  0.5,    1,     2.5,  5,     10};

class Counter final {
 public:
  void add(std::uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_ = 0;
};

class Gauge final {
 public:
  void set(double value) { value_.store(value, std::memory_order_relaxed); }
  void add(double change) { value_.fetch_add(change, std::memory_order_relaxed); }
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_ = 0;
};

class Histogram final {
 public:
  /// Upper bounds, growing; one more bucket takes the rest.
  explicit Histogram(std::span<const double> bounds);
  void observe(double value);

  const std::vector<double>& bounds() const { return bounds_; }
  std::uint64_t count(std::size_t bucket) const { return counts_[bucket].load(std::memory_order_relaxed); }
  double sum() const { return sum_.load(std::memory_order_relaxed); }

 private:
  std::vector<double> bounds_;
  std::vector<std::atomic<std::uint64_t>> counts_;
  std::atomic<double> sum_ = 0;
};

using Labels = std::map<std::string, std::string>;

class Registry final {
 public:
  Registry() = default;
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  /// The same name and labels give the same series. Names: `gpuaas_requests_total`, units last (`_seconds`, `_bytes`).
  /// Asking takes a lock: keep the reference where it is hot.
  Counter& counter(std::string_view name, std::string_view help, const Labels& labels = {});
  Gauge& gauge(std::string_view name, std::string_view help, const Labels& labels = {});
  Histogram& histogram(std::string_view name, std::string_view help, const Labels& labels = {},
                       std::span<const double> bounds = seconds_buckets);
  /// A gauge that is asked for when `/metrics` is; what it reads must outlive the Registry.
  void gauge_from(std::string_view name, std::string_view help, std::function<double()> read);

  static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";
  std::string text() const;

 private:
  enum class Kind { counter, gauge, histogram };
  struct Series {
    std::unique_ptr<Counter> counter = {};
    std::unique_ptr<Gauge> gauge = {};
    std::unique_ptr<Histogram> histogram = {};
    std::function<double()> read = {};
  };
  struct Family {
    Kind kind;
    std::string help;
    std::map<std::string, Series> series = {};  // by the labels' text
  };

  Series& series(Kind, std::string_view name, std::string_view help, const Labels&);
  static void print(std::string& out, const std::string& name, const std::string& labels, const Series&);

  mutable std::mutex mutex_;
  std::map<std::string, Family, std::less<>> families_;
};

}  // namespace telemetry
