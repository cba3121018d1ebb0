#include "shared/telemetry/metrics.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "shared/base/check.hpp"

namespace telemetry {
namespace {

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  std::array<char, 32> out{};
  return {out.data(), std::to_chars(out.data(), out.data() + out.size(), value).ptr};
}

std::string escaped(std::string_view text, bool quote) {
  std::string out;
  for (const char c : text) {
    if (c == '\\')
      out += "\\\\";
    else if (c == '\n')
      out += "\\n";
    else if (c == '"' && quote)
      out += "\\\"";
    else
      out += c;
  }
  return out;
}

std::string text_of(const Labels& labels) {
  std::string out;
  for (const auto& [name, value] : labels) {
    if (!out.empty()) out += ',';
    out += name + "=\"" + escaped(value, true) + "\"";
  }
  return out;
}

bool is_name(std::string_view name) {
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// One sample: `name{labels,more} value`.
void append_sample(std::string& out, const std::string& name, const std::string& labels, const std::string& more,
                   const std::string& value) {
  out += name;
  if (!labels.empty() || !more.empty()) out += "{" + labels + (labels.empty() || more.empty() ? "" : ",") + more + "}";
  out += " " + value + "\n";
}

}  // namespace

Histogram::Histogram(std::span<const double> bounds)
    : bounds_(bounds.begin(), bounds.end()), counts_(bounds.size() + 1) {
  CHECK(std::is_sorted(bounds_.begin(), bounds_.end()));
}

void Histogram::observe(double value) {
  const auto at = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
  counts_[static_cast<std::size_t>(at)].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

Registry::Series& Registry::series(Kind kind, std::string_view name, std::string_view help, const Labels& labels) {
  CHECK(is_name(name));
  auto at = families_.find(name);
  if (at == families_.end()) at = families_.emplace(std::string{name}, Family{kind, std::string{help}}).first;
  Family& family = at->second;
  CHECK(family.kind == kind);  // one name, one kind

  std::string key = text_of(labels);
  if (family.series.size() >= series_max && !family.series.contains(key)) {
    Labels other = labels;
    for (auto& [label, value] : other) value = "other";
    key = text_of(other);
  }
  return family.series[key];
}

Counter& Registry::counter(std::string_view name, std::string_view help, const Labels& labels) {
  const std::lock_guard lock{mutex_};
  auto& found = series(Kind::counter, name, help, labels).counter;
  if (!found) found = std::make_unique<Counter>();
  return *found;
}

Gauge& Registry::gauge(std::string_view name, std::string_view help, const Labels& labels) {
  const std::lock_guard lock{mutex_};
  auto& found = series(Kind::gauge, name, help, labels).gauge;
  if (!found) found = std::make_unique<Gauge>();
  return *found;
}

Histogram& Registry::histogram(std::string_view name, std::string_view help, const Labels& labels,
                               std::span<const double> bounds) {
  const std::lock_guard lock{mutex_};
  auto& found = series(Kind::histogram, name, help, labels).histogram;
  if (!found) found = std::make_unique<Histogram>(bounds);
  return *found;
}

void Registry::gauge_from(std::string_view name, std::string_view help, std::function<double()> read) {
  const std::lock_guard lock{mutex_};
  series(Kind::gauge, name, help, {}).read = std::move(read);
}

void Registry::print(std::string& out, const std::string& name, const std::string& labels, const Series& series) {
  if (series.counter) append_sample(out, name, labels, "", std::to_string(series.counter->value()));
  if (series.read)
    append_sample(out, name, labels, "", number(series.read()));
  else if (series.gauge)
    append_sample(out, name, labels, "", number(series.gauge->value()));
  if (!series.histogram) return;

  const Histogram& histogram = *series.histogram;
  std::uint64_t below = 0;
  for (std::size_t i = 0; i <= histogram.bounds().size(); ++i) {
    below += histogram.count(i);
    const double bound = i < histogram.bounds().size() ? histogram.bounds()[i] : HUGE_VAL;
    append_sample(out, name + "_bucket", labels, "le=\"" + number(bound) + "\"", std::to_string(below));
  }
  append_sample(out, name + "_sum", labels, "", number(histogram.sum()));
  append_sample(out, name + "_count", labels, "", std::to_string(below));
}

std::string Registry::text() const {
  const std::lock_guard lock{mutex_};
  constexpr std::array<std::string_view, 3> kinds{"counter", "gauge", "histogram"};
  std::string out;
  for (const auto& [name, family] : families_) {
    out += "# HELP " + name + " " + escaped(family.help, false) + "\n";
    out += "# TYPE " + name + " " + std::string{kinds[static_cast<std::size_t>(family.kind)]} + "\n";
    for (const auto& [labels, series] : family.series) print(out, name, labels, series);
  }
  return out;
}

}  // namespace telemetry
