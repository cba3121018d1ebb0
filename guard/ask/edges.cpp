#include "guard/ask/ask.hpp"
#include "shared/json/document.hpp"

namespace guard {

std::string edges_as_json(const Tree& tree) {
  std::string out;
  for (const File& from : tree.files)
    for (const Include& each : from.includes) {
      json::Writer line;
      line.object().member("from", from.path).member("line", each.line).key("written").value(each.written);
      line.member("to", each.target == nullptr ? std::string{} : each.target->path);
      line.key("condition").value(each.condition).end();
      out += line.take() + "\n";
    }
  return out;
}

}  // namespace guard
