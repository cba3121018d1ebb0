#include "guard/model/json_file.hpp"

#include <boost/json/parse.hpp>
#include <fstream>
#include <iterator>
#include <string>

namespace guard {

base::Result<std::string> read_bytes(const std::filesystem::path& file) {
  std::ifstream opened{file, std::ios::binary};
  if (!opened) return base::Error{base::invalid, file.string() + ": cannot be read"};
  return std::string{std::istreambuf_iterator<char>{opened}, {}};
}

base::Result<boost::json::value> parse_json(std::string_view text, const std::filesystem::path& file) {
  boost::system::error_code failed;
  boost::json::value value = boost::json::parse(text, failed);
  if (failed) return base::Error{base::invalid, file.string() + ": is no JSON: " + failed.message()};
  return value;
}

base::Result<boost::json::value> read_json(const std::filesystem::path& file) {
  const auto text = read_bytes(file);
  if (!text) return text.error();
  return parse_json(*text, file);
}

}  // namespace guard
