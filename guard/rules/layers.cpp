#include "guard/rules/rules.hpp"

namespace guard {

void rules::layers(const Tree&, const Rule&, Findings&) {}

}  // namespace guard
