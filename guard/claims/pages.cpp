#include <fstream>
#include <ostream>

#include "guard/claims/claims.hpp"
#include "guard/claims/template.hpp"
#include "shared/config/config.hpp"

namespace guard::claims {

namespace {

namespace fs = std::filesystem;

// Where two texts first differ: a line, and what each has there.
std::string first_difference(std::string_view now, std::string_view should) {
  int line = 1;
  while (true) {
    const auto one = now.substr(0, now.find('\n')), other = should.substr(0, should.find('\n'));
    if (one != other || one.size() == now.size() || other.size() == should.size())
      return std::to_string(line) + ":\n    is      " + std::string{one} + "\n    should  " + std::string{other};
    now.remove_prefix(one.size() + 1);
    should.remove_prefix(other.size() + 1);
    ++line;
  }
}

}  // namespace

int pages(const PagesOptions& options, std::ostream& out) {
  const auto file = read_claims(options.root, options.file);
  if (!file) {
    out << file.error().detail << "\n";
    return 2;
  }
  Looker looker{*file, options.rules};
  const Known known{*file, looker};
  int stale = 0;
  for (const Page& page : file->pages) {
    const auto should = fill(known, page.from);
    if (!should) {
      out << should.error().detail << "\n";
      return 2;
    }
    const fs::path to = options.root / page.to;
    const auto now = config::read_file(to);
    if (now && *now == *should) continue;
    if (options.only_check) {
      ++stale;
      out << "  stale " << page.to << (now ? ":" + first_difference(*now, *should) : ": it is not there") << "\n";
    } else if (!(std::ofstream{to, std::ios::binary} << *should << std::flush)) {
      out << page.to << " could not be written\n";
      return 2;
    } else {
      out << "  wrote " << page.to << "\n";
    }
  }
  return stale == 0 ? 0 : 1;
}

}  // namespace guard::claims
