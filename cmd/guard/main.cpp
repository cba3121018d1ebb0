// gpuaas-guard: what layers.yaml says, held against the tree.
#include <iostream>

#include "cmd/guard/claims.hpp"
#include "cmd/guard/commands.hpp"
#include "cmd/guard/options.hpp"

int main(int argc, char** argv) {
  const std::vector<std::string> arguments{argv + 1, argv + argc};
  if (guard::is_about_claims(arguments)) return guard::perform_claims(arguments);
  const auto options = guard::parse_options(arguments);
  if (!options) {
    std::cerr << "guard: " << options.error().detail << "\n\n" << guard::usage;
    return 2;
  }
  if (options->help) {
    std::cout << guard::usage << "\n" << guard::claims_usage;
    return 0;
  }
  const auto done = guard::perform(*options);
  if (!done) {
    std::cerr << "guard: " << done.error().detail << "\n";
    return 2;
  }
  std::cout << done->printed;
  return done->exit_code;
}
