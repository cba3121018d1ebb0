#include "guard/model/sizes.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "guard/source/functions.hpp"

namespace guard {

int lines_of(const File& file) { return static_cast<int>(std::ranges::count(file.text, '\n')); }

std::vector<ModuleSize> sizes(const Tree& tree) {
  std::vector<ModuleSize> all;
  for (const Module& module : tree.modules) {
    ModuleSize size{.module = &module};
    std::set<std::string> exported;
    for (const File* file : module.files) {
      if (!file->was_read || !file->is_cpp() || file->is_test) continue;
      ++size.files;
      size.lines += lines_of(*file);
      size.largest_file = std::max(size.largest_file, lines_of(*file));
      for (const source::Function& each : source::functions(file->lexed())) {
        ++size.functions;
        size.longest_function = std::max(size.longest_function, each.lines);
      }
      if (module.is_public(*file))
        for (std::string& each : source::declared_names(file->lexed())) exported.insert(std::move(each));
    }
    size.exported = static_cast<int>(exported.size());
    if (size.files > 0) all.push_back(size);
  }
  return all;
}

}  // namespace guard
