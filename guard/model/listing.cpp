#include "guard/model/listing.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <system_error>

#include "shared/json/json.hpp"

namespace guard {

namespace fs = std::filesystem;

namespace {

class Walk {
 public:
  Walk(const fs::path& root, const std::vector<std::string>& ignore, std::vector<Trouble>& troubles)
      : root_(root), ignore_(ignore), troubles_(troubles) {}

  void folder(const std::string& below, int depth) {
    const std::string here = below.empty() ? "." : below;
    if (depth > folder_depth_max)
      return trouble(here, "lies deeper than " + std::to_string(folder_depth_max) + " folders");
    std::error_code failed;
    fs::directory_iterator each{root_ / below, failed};
    if (failed) return trouble(here, "cannot be read: " + failed.message());
    for (; each != fs::directory_iterator{}; each.increment(failed)) {
      entry(*each, below.empty() ? each->path().filename().string() : below + "/" + each->path().filename().string(),
            depth);
      if (failed) break;
    }
    if (failed) trouble(here, "cannot be read: " + failed.message());
  }

  std::vector<std::string> found;

 private:
  void entry(const fs::directory_entry& at, const std::string& path, int depth) {
    if (path == ".git" || matches_any(ignore_, path)) return;
    std::error_code failed;
    const bool link = at.is_symlink(failed);
    if (link) return linked(at, path);
    if (at.is_directory(failed)) return folder(path, depth + 1);
    if (at.is_regular_file(failed)) return found.push_back(path);
    if (!failed) return trouble(path, "is neither a file nor a folder");
    trouble(path, "cannot be read: " + failed.message());
  }

  void linked(const fs::directory_entry& at, const std::string& path) {
    std::error_code failed;
    const fs::path target = fs::canonical(at.path(), failed);
    if (failed == std::errc::too_many_symbolic_link_levels) return trouble(path, "is a symbolic link to itself");
    if (failed) return trouble(path, "is a symbolic link to nothing");
    if (fs::is_regular_file(target, failed)) return found.push_back(path);
    const fs::path folder = fs::canonical(at.path().parent_path(), failed);
    const auto differ = std::mismatch(target.begin(), target.end(), folder.begin(), folder.end());
    trouble(path, differ.first == target.end() ? "is a symbolic link to a folder that it lies in"
                                               : "is a symbolic link to a folder: what lies there was not read");
  }

  void trouble(const std::string& path, std::string what) {
    troubles_.push_back({.place = {.file = path}, .what = std::move(what)});
  }

  const fs::path& root_;
  const std::vector<std::string>& ignore_;
  std::vector<Trouble>& troubles_;
};

std::optional<std::string> bytes_of(const fs::path& file, std::string& why) {
  const int opened = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status{};
  std::string text;
  if (opened < 0 || ::fstat(opened, &status) != 0) {
    why = std::string{"cannot be read: "} + std::strerror(errno);
  } else if (status.st_size > static_cast<off_t>(text_max)) {
    why = "is larger than " + std::to_string(text_max >> 20) + " MiB";
  } else {
    text.resize(static_cast<std::size_t>(status.st_size));
    std::size_t filled = 0;
    while (filled < text.size()) {
      const ssize_t got = ::read(opened, text.data() + filled, text.size() - filled);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) why = std::string{"cannot be read: "} + std::strerror(errno);
      if (got <= 0) break;
      filled += static_cast<std::size_t>(got);
    }
    text.resize(filled);
  }
  if (opened >= 0) ::close(opened);
  if (!why.empty()) return std::nullopt;
  return text;
}

/// Of the first byte that is no UTF-8: the first line that is not.
int line_of_bad_byte(std::string_view text) {
  int line = 1;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (!json::is_utf8(text.substr(0, end))) return line;
    text.remove_prefix(std::min(end + 1, text.size()));
    ++line;
  }
  return line;
}

}  // namespace

std::vector<std::string> list_files(const fs::path& root, const std::vector<std::string>& ignore,
                                    std::vector<Trouble>& troubles) {
  Walk walk{root, ignore, troubles};
  walk.folder("", 0);
  std::ranges::sort(walk.found);
  return std::move(walk.found);
}

std::optional<std::string> read_text(const fs::path& root, const std::string& path, std::vector<Trouble>& troubles) {
  std::string why;
  auto text = bytes_of(root / path, why);
  if (!text) {
    troubles.push_back({.place = {.file = path}, .what = why});
  } else if (!json::is_utf8(*text)) {
    troubles.push_back({.place = {.file = path, .line = line_of_bad_byte(*text)}, .what = "is not UTF-8"});
    text.reset();
  }
  return text;
}

}  // namespace guard
