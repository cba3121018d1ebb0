#include "guard/rules/rules.hpp"

namespace guard {

void rules::cycles(const Tree&, const Rule&, Findings&) {}

}  // namespace guard
