#include <algorithm>
#include <limits>
#include <utility>

#include "guard/rules/cycles.hpp"

namespace guard {

namespace {

using Edges = std::vector<std::vector<std::size_t>>;
inline constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

/// Tarjan's algorithm with a stack of its own: a chain of includes may be longer than ours is deep.
class Knots {
 public:
  explicit Knots(const Edges& edges)
      : knot(edges.size(), none), edges_(edges), entered_(edges.size(), none), low_(edges.size(), none) {
    for (std::size_t i = 0; i < edges.size(); ++i)
      if (entered_[i] == none) walk(i);
  }

  std::vector<std::size_t> knot;  // of each node
  std::size_t count = 0;

 private:
  struct Frame {
    std::size_t node;
    std::size_t next = 0;
  };

  void enter(std::size_t node) {
    entered_[node] = low_[node] = clock_++;
    open_.push_back(node);
    frames_.push_back({node});
  }

  void walk(std::size_t root) {
    enter(root);
    while (!frames_.empty()) {
      const std::size_t node = frames_.back().node;
      if (frames_.back().next < edges_[node].size()) {
        const std::size_t to = edges_[node][frames_.back().next++];
        if (entered_[to] == none)
          enter(to);
        else if (knot[to] == none)
          low_[node] = std::min(low_[node], entered_[to]);
        continue;
      }
      frames_.pop_back();
      if (!frames_.empty()) low_[frames_.back().node] = std::min(low_[frames_.back().node], low_[node]);
      if (low_[node] == entered_[node]) close(node);
    }
  }

  void close(std::size_t node) {
    std::size_t each = none;
    do {
      each = open_.back();
      open_.pop_back();
      knot[each] = count;
    } while (each != node);
    ++count;
  }

  const Edges& edges_;
  std::vector<std::size_t> entered_, low_, open_;
  std::vector<Frame> frames_;
  std::size_t clock_ = 0;
};

/// The shortest way from `from` back to itself within its knot, shorter than `limit`; else empty.
Ring ring_through(const Edges& edges, const std::vector<std::size_t>& knot, std::size_t from, std::size_t limit) {
  std::vector<std::pair<std::size_t, std::size_t>> reached{{from, none}};  // node, and which of these led there
  std::vector<bool> seen(edges.size(), false);
  std::vector<std::size_t> length{1};
  for (std::size_t i = 0; i < reached.size() && length[i] < limit; ++i)
    for (const std::size_t to : edges[reached[i].first]) {
      if (to == from) {
        Ring ring;
        for (std::size_t at = i; at != none; at = reached[at].second) ring.push_back(reached[at].first);
        std::ranges::reverse(ring);
        return ring;
      }
      if (knot[to] != knot[from] || seen[to]) continue;
      seen[to] = true;
      reached.emplace_back(to, i);
      length.push_back(length[i] + 1);
    }
  return {};
}

}  // namespace

std::vector<Ring> shortest_rings(const Edges& edges) {
  const Knots knots{edges};
  std::vector<std::size_t> size(knots.count, 0);
  for (const std::size_t each : knots.knot) ++size[each];
  std::vector<Ring> best(knots.count);
  for (std::size_t node = 0; node < edges.size(); ++node) {
    const std::size_t knot = knots.knot[node];
    if (size[knot] == 1 && std::ranges::find(edges[node], node) == edges[node].end()) continue;
    const std::size_t limit = best[knot].empty() ? none : best[knot].size();
    if (Ring ring = ring_through(edges, knots.knot, node, limit); !ring.empty()) best[knot] = std::move(ring);
  }
  std::erase_if(best, [](const Ring& each) { return each.empty(); });
  std::ranges::sort(best);
  return best;
}

}  // namespace guard
