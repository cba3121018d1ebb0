#include "guard/rules/rules.hpp"

namespace guard {

void rules::headers(const Tree&, const Rule&, Findings&) {}

}  // namespace guard
