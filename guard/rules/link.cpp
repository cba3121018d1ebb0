#include "guard/rules/rules.hpp"

namespace guard {

void rules::link(const Tree&, const Rule&, Findings&) {}

}  // namespace guard
