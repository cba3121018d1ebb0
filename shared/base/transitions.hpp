// States are a table, from which the code, the check and the drawing in the docs come.
#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <utility>

#include "shared/base/check.hpp"

namespace base {

template <class State>
class Transitions {
 public:
  static constexpr std::size_t most = 48;

  constexpr Transitions(std::initializer_list<std::pair<State, State>> edges) {
    for (const auto& edge : edges) edges_[count_++] = edge;  // past `most` it does not compile
  }
  constexpr bool may(State from, State to) const {
    for (std::size_t i = 0; i < count_; ++i)
      if (edges_[i].first == from && edges_[i].second == to) return true;
    return false;
  }
  constexpr bool is_final(State state) const {
    for (std::size_t i = 0; i < count_; ++i)
      if (edges_[i].first == state) return false;
    return true;
  }
  constexpr const std::pair<State, State>* begin() const { return edges_.data(); }
  constexpr const std::pair<State, State>* end() const { return edges_.data() + count_; }

 private:
  std::array<std::pair<State, State>, most> edges_{};
  std::size_t count_ = 0;
};

}  // namespace base
