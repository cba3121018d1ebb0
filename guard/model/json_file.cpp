#include "guard/model/json_file.hpp"

#include <boost/json/parse.hpp>
#include <fstream>
#include <iterator>
#include <string>

namespace guard {

base::Result<boost::json::value> read_json(const std::filesystem::path& file) {
  std::ifstream opened{file, std::ios::binary};
  if (!opened) return base::Error{base::invalid, file.string() + ": cannot be read"};
  const std::string text{std::istreambuf_iterator<char>{opened}, {}};
  boost::system::error_code failed;
  boost::json::value value = boost::json::parse(text, failed);
  if (failed) return base::Error{base::invalid, file.string() + ": is no JSON: " + failed.message()};
  return value;
}

}  // namespace guard
